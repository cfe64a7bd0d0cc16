"""A cell: one check with one seed. All metrics are computed on the same samples, at every level."""

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from genbench.evidence import Comparison
from genbench.ground.paths import brief
from genbench.ground.randomness import rng_for
from genbench.metric import Metric
from genbench.sanity.check import Check, Response
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import comparison_of


def respond(check: Check, seed: int, metrics: Iterable[Metric]) -> list[Response]:
    """Compute every metric at every level; one that cannot be had is a response with the reason.

    Real samples are the same at all levels, and the model's are drawn anew at each.
    """
    chosen = [metric for metric in metrics if check.asks_of(metric)]
    if check.measures is not None:
        return _own_measures(check, seed, chosen)
    return [
        response
        for repeat in range(check.repeats)
        for level in check.levels
        for response in _at(check, seed, level, repeat, chosen)
    ]


def compare(check: Check, seed: int, level: float, repeat: int = 0) -> Comparison:
    """Make the samples of one level."""
    assert check.make is not None  # noqa: S101  # checks with measures of their own compare nothing
    real = rng_for(seed, "sanity", check.name, "real", str(repeat))
    model = rng_for(seed, "sanity", check.name, "model", str(repeat), str(level))
    inputs = check.make(real, model, level)
    return comparison_of(seed=int(model.integers(2**31)), **inputs)


def _at(
    check: Check, seed: int, level: float, repeat: int, metrics: Iterable[Metric]
) -> Iterable[Response]:
    if check.timed:
        for metric in metrics:
            yield _response(check, seed, level, repeat, metric, compare(check, seed, level, repeat))
        return
    comparison = compare(check, seed, level, repeat)
    for metric in metrics:
        # Of many draws the spread is seen: no single one need say how sure it is.
        plain = replace(metric, standard_error=None)
        yield _response(check, seed, level, repeat, plain, comparison)


def _response(
    check: Check, seed: int, level: float, repeat: int, metric: Metric, comparison: Comparison
) -> Response:
    known: dict[str, Any] = {
        "check": check.name,
        "seed": seed,
        "metric": metric.name,
        "level": level,
        "repeat": repeat,
    }
    start = time.perf_counter()
    try:
        score = evaluate(comparison, [metric])[metric.name]
    except (Exception, SystemExit) as error:  # one metric's mistake must not take others along
        reason = f"{type(error).__name__}: {brief(error)}"
        return Response(**known, reason=reason, seconds=time.perf_counter() - start)
    if score.value is None:
        return Response(**known, reason=score.reason)
    return Response(
        **known,
        value=score.value,
        ideal=score.ideal,
        chance=score.chance,
        seconds=score.seconds,
    )


def _own_measures(check: Check, seed: int, metrics: Iterable[Metric]) -> list[Response]:
    names = {metric.name for metric in metrics}
    return [
        Response(
            check=check.name,
            seed=seed,
            metric=name,
            level=level,
            repeat=repeat,
            value=measure(
                rng_for(seed, "sanity", check.name, "model", str(repeat), str(level)), level
            ),
        )
        for name, measure in (check.measures or {}).items()
        if name in names
        for repeat in range(check.repeats)
        for level in check.levels
    ]

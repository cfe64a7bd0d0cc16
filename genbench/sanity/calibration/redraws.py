"""Running: every case drawn again and again, each draw kept as soon as it is measured."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from genbench.ground.landing import replace_file
from genbench.ground.strict_json import to_json
from genbench.metric import Metric
from genbench.metrics import CATALOG
from genbench.sanity.calibration import samples
from genbench.sanity.calibration.samples import Case, pool, redraw
from genbench.sanity.store import digest
from genbench.sanity.suite import SLOW, do_all
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import comparison_of

FEWEST_DRAWS = 20  # that say anything of a spread
SLOW_DRAWS = 4  # times fewer of the slowest metrics

Pair = tuple[float, float]  # a value and its standard error


def with_errors() -> dict[str, Metric]:
    """Return the metrics that have standard errors, by their names."""
    return {name: metric for name, metric in CATALOG.items() if metric.standard_error is not None}


def run(
    metrics: Sequence[str],
    draws: int,
    folder: Path,
    *,
    jobs: int = 1,
    on_end: Callable[[str], None] = lambda _: None,
) -> None:
    """Measure what is missing in `folder`; call `on_end` with the case after each draw.

    Args:
        metrics: names.
        draws: how often all sets are drawn anew, a quarter as often for the slowest metrics,
            if that is enough; draws that are there already count.
        folder: where draws are kept, in its `work`.
        jobs: draws at a time, each in a process of its own.
        on_end: is told the case.
    """
    fast = [name for name in metrics if name not in SLOW]
    of_slow = max(draws // SLOW_DRAWS, FEWEST_DRAWS)
    cells = (
        (index, seed, metrics if seed < of_slow else fast, folder)
        for seed in range(draws)
        for index in range(len(samples.CASES))
    )
    for name in do_all(_do, cells, jobs=jobs):
        on_end(name)


def found(folder: Path, case: Case, draws: int, metrics: Iterable[Metric]) -> dict[str, list[Pair]]:
    """Return the values and standard errors of the draws that are kept, by metric."""
    pairs: dict[str, list[Pair]] = {}
    for seed in range(draws):
        made_by, kept = _read(_path(folder, case, seed))
        for metric in metrics:
            if metric.name in kept and made_by.get(metric.name) == digest(metric):
                pairs.setdefault(metric.name, []).append(kept[metric.name])
    return pairs


def _do(index: int, seed: int, metrics: Sequence[str], folder: Path) -> str:
    from threadpoolctl import threadpool_limits

    case = samples.CASES[index]
    path = _path(folder, case, seed)
    made_by, kept = _read(path)
    missing = [
        metric
        for metric in (CATALOG[name] for name in metrics)
        if made_by.get(metric.name) != digest(metric) and case.asks_of(metric.inputs)
    ]
    if missing:
        with threadpool_limits(1):
            measured = _measure(case, seed, missing)
        made_by = {**made_by, **{metric.name: digest(metric) for metric in missing}}
        anew = {metric.name for metric in missing}
        kept = {name: pair for name, pair in kept.items() if name not in anew} | measured
        replace_file(path, to_json({"made_by": made_by, "found": kept}).encode())
    return case.name


def _measure(case: Case, seed: int, metrics: Sequence[Metric]) -> dict[str, Pair]:
    """Return values and standard errors; a metric without either on these samples is left out."""
    drawn = redraw(case, seed)
    if any("pool" in metric.inputs for metric in metrics):
        drawn["pool"] = pool(case, seed, drawn)
    scores = evaluate(comparison_of(seed=seed, **drawn), metrics)
    return {
        name: (score.value, score.standard_error)
        for name, score in scores.items()
        if score.value is not None and score.standard_error is not None
    }


def _path(folder: Path, case: Case, seed: int) -> Path:
    return folder / "work" / f"calibration-{re.sub('[^a-z0-9]+', '-', case.name)}-{seed}.json"


def _read(path: Path) -> tuple[Mapping[str, str], dict[str, Pair]]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        pairs = {name: (float(v), float(e)) for name, (v, e) in values["found"].items()}
        return dict(values["made_by"]), pairs
    except (OSError, ValueError, TypeError, KeyError):
        return {}, {}  # it will be measured again

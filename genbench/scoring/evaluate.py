"""From arrays to scores: `score` for everyone, `evaluate` for those who have a Comparison."""

import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields, replace
from html import escape
from typing import Any

import numpy as np

from genbench import presets
from genbench.evidence import Comparison
from genbench.evidence.parts import OverParts
from genbench.ground.devices import PROCESSOR, on
from genbench.ground.errors import BadInput, Unavailable
from genbench.ground.kept_tables import keeping_tables
from genbench.ground.paths import brief
from genbench.ground.strict_json import to_json, with_infinities_as_text
from genbench.metric import ARROWS, Level, Metric, Score
from genbench.metrics import CATALOG, find
from genbench.scoring.inputs import comparison_of, in_place_of_generated
from genbench.scoring.remarks import remarks_on
from genbench.scoring.resolution import remarks_on_size

# What other programs call the two sets.
OTHER_NAMES = {
    "real": "test",
    "reference": "test",
    "fake": "generated",
    "synthetic": "generated",
    "samples": "generated",
}
SHOWN = ("aim", "value", "standard_error", "real", "ideal", "chance", "p_value")


class Scores(Mapping[str, Score]):
    """Scores by the metrics' names; acronyms such as "fid" find them too."""

    def __init__(self, scores: Iterable[Score]) -> None:
        self._scores = {score.metric: score for score in scores}

    def __getitem__(self, name: str) -> Score:
        if name in self._scores:
            return self._scores[name]
        try:
            return self._scores[find(name).name]
        except BadInput as error:
            raise KeyError(str(error)) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def to_json(self) -> str:
        """Return all that is known of each score, by the metrics' names, as strict JSON.

        Infinities are written as text.
        """
        return to_json(
            {name: with_infinities_as_text(asdict(score)) for name, score in self._scores.items()}
        )

    def to_frame(self) -> Any:
        """Return a `pandas.DataFrame` with a row for each metric, in this order, by its name.

        The columns are the fields of `Score`, but for its name.
        """
        import pandas as pd

        rows = [asdict(score) for score in self._scores.values()]
        columns = [field.name for field in fields(Score)]
        return pd.DataFrame(rows, columns=columns).set_index("metric")

    def _repr_html_(self) -> str:
        """Return a table of the numbers for notebooks; what was not scored, and why, below it."""
        cells = "".join(
            f"<tr><td>{escape(name)}</td>{''.join(f'<td>{_cell(score, c)}</td>' for c in SHOWN)}"
            "</tr>"
            for name, score in self._scores.items()
            if score.status == "ok"
        )
        heads = "".join(f"<th>{column.replace('_', ' ')}</th>" for column in ("metric", *SHOWN))
        skipped = "".join(
            f"<li>{escape(name)}: {escape(score.reason or score.status)}</li>"
            for name, score in self._scores.items()
            if score.status != "ok"
        )
        below = f"<details><summary>Not scored</summary><ul>{skipped}</ul></details>"
        return f"<table><tr>{heads}</tr>{cells}</table>{below if skipped else ''}"

    def __repr__(self) -> str:
        lines = (f"  {name}: {_shown(score)}" for name, score in self._scores.items())
        return "Scores(\n" + "\n".join(lines) + "\n)"


def score(
    *,
    metrics: Iterable[str] | str | None = None,
    preset: str | None = None,
    fresh: Any = None,
    k: int | None = None,
    seed: int = 0,
    device: str = PROCESSOR,
    on_score: Callable[[Score], Any] | None = None,
    **inputs: Any,
) -> Scores:
    """Score generated samples, or features of them, by every metric that has what it needs.

    Args:
        metrics: names or acronyms, such as ["fid", "coverage"]; every metric by default.
        preset: "torch-fidelity", "pytorch-fid", "prdc", "torchmetrics" or "sbibm": measure as that
            program does where it differs (see `genbench.presets`), to meet published numbers.
        fresh: more real samples, at least as many as generated ones, that neither `test` nor
            `train` holds: every score then says what they get in place of the generated ones.
        k: which neighbour the balls of precision, recall, density and coverage reach to; 5, unless
            the preset says otherwise.
        seed: for the metrics that draw at random; the same seed gives the same number.
        device: where large matrix products are done, as torch names it, such as "cuda".
        on_score: called with each score as soon as it is there: all of them may take long.
        inputs: what is known, as arrays (see `genbench.scoring.inputs`); usually
            test: real samples to compare with, (n_test, ...); used as they are, without scaling;
            generated: the model's samples, (n_generated, ...);
            train: what the model learned from, (n_train, ...): shows copying;
            test_labels, train_labels, generated_labels: classes, (n,);
            test_probabilities, train_probabilities, generated_probabilities: of the classes,
            (n, n_classes);
            test_log_prob, test_reconstruction, ...: what the model says of the test samples.

    Returns:
        A mapping from metric names to scores. A metric that lacks something it needs is there
        too, with status "skipped" and the reason.

    Raises:
        BadInput: nothing to score, arrays that are not samples or do not fit each other, or an
            unknown metric or input.
    """
    if not isinstance(seed, int | np.integer) or isinstance(seed, bool) or seed < 0:
        raise BadInput(f"seed must be a whole number from 0 up, not {brief(repr(seed))}.")
    for name, ours in OTHER_NAMES.items():
        if name in inputs:
            raise BadInput(f"No input named {name!r}. Did you mean {ours!r}?")
    chosen = [find(name) for name in _names(metrics)]
    if preset is not None:
        other = presets.find(preset)
        chosen = [other.by_name.get(metric.name, metric) for metric in chosen]
        k = other.k if k is None else k
    comparison = comparison_of(seed=int(seed), k=k, **inputs)
    real = None if fresh is None else in_place_of_generated(fresh, comparison, inputs)
    remarks = remarks_on(comparison, inputs, fresh=None if real is None else real.generated)
    scores = []
    with on(device), keeping_tables():
        for metric in chosen:
            found = _with_remarks(_judge(metric, comparison), remarks)
            if real is not None:
                found = replace(found, real=_judge(metric, real).value)
            found = replace(found, warnings=(*found.warnings, *remarks_on_size(metric, found)))
            if on_score is not None:
                on_score(found)
            scores.append(found)
    return Scores(scores)


def with_remarks(scores: Scores, remarks: Iterable[str]) -> Scores:
    """Return the scores, each that is a number with remarks on the samples among its warnings."""
    remarks = tuple(remarks)
    return Scores(_with_remarks(score, remarks) for score in scores.values())


def _with_remarks(score: Score, remarks: Iterable[str]) -> Score:
    return replace(score, warnings=(*remarks, *score.warnings)) if score.status == "ok" else score


def evaluate(comparison: Comparison, metrics: Iterable[Metric] = tuple(CATALOG.values())) -> Scores:
    """Score one comparison; a metric that is unavailable is a score with the reason."""
    with keeping_tables():
        return Scores(_judge(metric, comparison) for metric in metrics)


def _judge(metric: Metric, comparison: Comparison) -> Score:
    start = time.perf_counter()
    known: dict[str, Any] = {
        "metric": metric.name,
        "aim": metric.aim,
        "bounds": metric.bounds,
        "revision": metric.revision,
    }
    try:
        evidence = comparison.get(metric.needs.of)
        value = float(metric.compute(evidence))
        if math.isnan(value):
            raise Unavailable("it is not defined on these samples")
    except Unavailable as unavailable:
        return Score(**known, status="skipped", reason=_sentence(unavailable))
    uncertainty, find_error = _error_of(metric, comparison, value)
    error = _level(find_error, evidence)
    ideal = _level(metric.ideal, evidence)
    # What a perfect model scores and what is there by chance are often the same, and may be dear.
    chance = ideal if metric.chance is metric.ideal else _level(metric.chance, evidence)
    return Score(
        **known,
        status="ok",
        value=value,
        ideal=ideal,
        chance=chance,
        standard_error=error,
        uncertainty=None if error is None else uncertainty,
        p_value=_level(metric.p_value, evidence),
        parameters=_known(evidence.parameters),
        warnings=evidence.warnings,
        seconds=time.perf_counter() - start,
    )


def _error_of(metric: Metric, comparison: Comparison, value: float) -> tuple[str, Level]:
    """Return how the standard error of a value is found, and what finds it, from evidence."""
    error = metric.standard_error
    if not isinstance(error, OverParts):
        return metric.uncertainty, error
    return error.means, lambda _: error.error(metric.compute, metric.needs, comparison, value)


def _known(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain Python values, without those that are not defined on these samples."""
    plain = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in parameters.items()
    }
    return {
        name: value
        for name, value in plain.items()
        if not (isinstance(value, float) and math.isnan(value))
    }


def _level(level: Level, evidence: Any) -> float | None:
    if not callable(level):
        return level
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of one sample's spread, for instance
        try:
            found = level(evidence)
        except Unavailable:
            return None
    return float(found) if found is not None and math.isfinite(found) else None


def _sentence(unavailable: Unavailable) -> str:
    text = str(unavailable)
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _cell(score: Score, column: str) -> str:
    value = getattr(score, column)
    if value is None or column == "aim":
        return ARROWS[value] if value else ""
    return f"{value:.4g}"


def _names(metrics: Iterable[str] | str | None) -> Iterable[str]:
    if metrics is None:
        return CATALOG
    try:
        return [metrics] if isinstance(metrics, str) else list(metrics)
    except TypeError as error:
        raise BadInput(f"metrics must be names of metrics, not {brief(repr(metrics))}.") from error


def _shown(score: Score) -> str:
    if score.value is None:
        return f"{score.status} ({score.reason})"
    error = "" if score.standard_error is None else f" ± {score.standard_error:.2g}"
    return f"{score.value:.6g}{error}"

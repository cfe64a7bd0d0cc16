"""From arrays to scores: `score` for everyone, `evaluate` for those who have a Comparison."""

import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from genbench.arrays import Array, Labels, as_labels, as_probabilities, as_samples
from genbench.errors import BadInput, Unavailable
from genbench.evidence import Comparison, Reference
from genbench.metric import Level, Metric, Score
from genbench.metrics import CATALOG, find


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

    def __repr__(self) -> str:
        lines = (f"  {name}: {_shown(score)}" for name, score in self._scores.items())
        return "Scores(\n" + "\n".join(lines) + "\n)"


def score(
    *,
    test: Any = None,
    generated: Any = None,
    train: Any = None,
    test_labels: Any = None,
    generated_labels: Any = None,
    test_probabilities: Any = None,
    generated_probabilities: Any = None,
    train_probabilities: Any = None,
    metrics: Iterable[str] | str | None = None,
    seed: int = 0,
) -> Scores:
    """Score generated samples, or features of them, by every metric that has what it needs.

    Args:
        test: real samples to compare with, (n_test, ...); used as they are, without scaling.
        generated: the model's samples, (n_generated, ...).
        train: what the model learned from, (n_train, ...): shows copying.
        test_labels: class of each test sample, (n_test,): gives the law of the classes.
        generated_labels: class each sample was made for, (n_generated,); m-IS is taken in these,
            or else in the likeliest classes.
        test_probabilities: class probabilities of the test samples, (n_test, n_classes).
        generated_probabilities: class probabilities of the samples, (n_generated, n_classes).
        train_probabilities: class probabilities of the training samples; they come first in
            giving the law of the classes.
        metrics: names or acronyms, such as ["fid", "coverage"]; every metric by default.
        seed: for the metrics that draw at random; the same seed gives the same number.

    Returns:
        A mapping from metric names to scores. A metric that lacks something it needs is there
        too, with status "skipped" and the reason.

    Raises:
        BadInput: nothing to score, arrays that are not samples or do not fit each other, or an
            unknown metric.
    """
    if generated is None and generated_probabilities is None:
        raise BadInput("Nothing to score: give generated samples or generated_probabilities.")
    chosen = [find(name) for name in _names(metrics)]
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise BadInput(f"seed must be a whole number from 0 up, not {seed!r}.")
    parts = _alike(as_samples, test=test, generated=generated, train=train)
    tables = _alike(
        as_probabilities,
        generated_probabilities=generated_probabilities,
        test_probabilities=test_probabilities,
        train_probabilities=train_probabilities,
    )
    for name, samples in parts.items():
        _same_length(name, samples, tables[f"{name}_probabilities"])
    n_classes = next((table.shape[1] for table in tables.values() if table is not None), None)
    labels: dict[str, Labels | None] = {"test": None, "generated": None}
    for name, values in (("test", test_labels), ("generated", generated_labels)):
        if values is None:
            continue
        n = _length(name, parts[name], tables[f"{name}_probabilities"])
        labels[name] = found = as_labels(values, name=f"{name}_labels", n=n)
        if n_classes is not None and found.max() >= n_classes:
            raise BadInput(f"{name}_labels holds {found.max()}, but there are {n_classes} classes.")
    reference = Reference(
        test=parts["test"],
        train=parts["train"],
        test_probabilities=tables["test_probabilities"],
        prior=_prior(
            tables["train_probabilities"],
            tables["test_probabilities"],
            labels["test"],
            n_classes,
        ),
    )
    comparison = Comparison(
        reference=reference,
        generated=parts["generated"],
        generated_probabilities=tables["generated_probabilities"],
        generated_labels=labels["generated"],
        seed=int(seed),
    )
    return evaluate(comparison, chosen)


def evaluate(comparison: Comparison, metrics: Iterable[Metric] = tuple(CATALOG.values())) -> Scores:
    """Score one comparison; a metric that is unavailable is a score with the reason."""
    return Scores(_judge(metric, comparison) for metric in metrics)


def _judge(metric: Metric, comparison: Comparison) -> Score:
    start = time.perf_counter()
    known: dict[str, Any] = {"metric": metric.name, "aim": metric.aim, "bounds": metric.bounds}
    try:
        evidence = getattr(comparison, metric.needs)
        value = float(metric.compute(evidence))
        if math.isnan(value):
            raise Unavailable("it is not defined on these samples")
    except Unavailable as unavailable:
        return Score(**known, status="skipped", reason=_sentence(unavailable))
    return Score(
        **known,
        status="ok",
        value=value,
        ideal=_level(metric.ideal, evidence),
        chance=_level(metric.chance, evidence),
        standard_error=_level(metric.standard_error, evidence),
        seconds=time.perf_counter() - start,
    )


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


def _alike(check: Callable[..., Array], **arrays: Any) -> dict[str, Array | None]:
    """Check the arrays that are given, each to be like the first of them."""
    checked: dict[str, Array | None] = {}
    first: Array | None = None
    for name, values in arrays.items():
        checked[name] = None if values is None else check(values, name=name, like=first)
        first = checked[name] if first is None else first
    return checked


def _names(metrics: Iterable[str] | str | None) -> Iterable[str]:
    if metrics is None:
        return CATALOG
    return [metrics] if isinstance(metrics, str) else metrics


def _same_length(name: str, samples: Array | None, table: Array | None) -> None:
    if samples is not None and table is not None and len(samples) != len(table):
        raise BadInput(
            f"{name}_probabilities has {len(table)} rows, but there are {len(samples)} {name} "
            "samples."
        )


def _length(name: str, samples: Array | None, table: Array | None) -> int:
    found = samples if samples is not None else table
    if found is None:
        raise BadInput(f"{name}_labels need the samples or probabilities they belong to.")
    return len(found)


def _prior(
    train_table: Array | None, test_table: Array | None, labels: Any, n_classes: int | None
) -> Array | None:
    for table in (train_table, test_table):
        if table is not None:
            return np.asarray(table.mean(axis=0))
    if labels is not None and n_classes is not None:
        return np.asarray(np.bincount(labels, minlength=n_classes) / len(labels))
    return None


def _shown(score: Score) -> str:
    if score.value is None:
        return f"{score.status} ({score.reason})"
    error = "" if score.standard_error is None else f" ± {score.standard_error:.2g}"
    return f"{score.value:.6g}{error}"

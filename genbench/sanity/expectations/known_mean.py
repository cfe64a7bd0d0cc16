"""The expectation that a metric's mean is a known number: a t test, level by level."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import stdtr

from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Responses, sound_name
from genbench.sanity.expectations.common import (
    FEWEST_SEEDS,
    ROUNDING,
    THREE_STANDARD_ERRORS,
    too_few,
    untested,
)


@dataclass(frozen=True)
class Equals:
    """The metric's mean is a known number, by level: claimed by those that are named."""

    truths: Mapping[str, Callable[[float], float]]
    transform: Callable[[Array], Array] | None = None  # under which the estimator has no bias

    @property
    def says(self) -> str:
        return "equals its known value"

    def claimed_by(self, metric: Metric) -> bool:
        return sound_name(metric.name) in self.truths

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """The mean over seeds and repeats within three standard errors of the truth, each level."""
        name = sound_name(metric.name)
        if name not in self.truths:
            return untested(check, metric, claimed=False, note="not claimed")
        truths = np.array([self.truths[name](level) for level in responses.levels])
        return _agreement(check, metric, responses, truths[None, :, None], self.transform)


@dataclass(frozen=True)
class AsDeclared:
    """The metric is what it declares of a perfect model, its ideal, or of one that knows nothing.

    Claimed by all that declare it.
    """

    of: Literal["a perfect model", "one that knows nothing"] = "a perfect model"

    @property
    def says(self) -> str:
        return "is as declared"

    def claimed_by(self, metric: Metric) -> bool:
        return (metric.ideal if self._of_perfect else metric.chance) is not None

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """The mean of value minus declaration, within three standard errors of zero."""
        if not self.claimed_by(metric):
            return untested(check, metric, claimed=False, note="not declared")
        declared = responses.ideals if self._of_perfect else responses.chances
        return _agreement(check, metric, responses, declared, None)

    @property
    def _of_perfect(self) -> bool:
        return self.of == "a perfect model"


def _agreement(
    check: Check,
    metric: Metric,
    responses: Responses,
    truths: Array,
    transform: Callable[[Array], Array] | None,
) -> Finding:
    """Compare each level's mean with its truth; the level that agrees least decides."""
    values = responses.values
    if transform is not None:
        values, truths = transform(values), transform(truths)
    gaps = np.moveaxis(values - truths, 1, 0).reshape(values.shape[1], -1)
    truths = np.moveaxis(np.broadcast_to(truths, values.shape), 1, 0).reshape(gaps.shape)
    worst, least = None, -1.0
    for level, gap, truth in zip(responses.levels, gaps, truths, strict=True):
        kept = np.isfinite(gap)
        if kept.sum() < FEWEST_SEEDS:
            return untested(check, metric, note=too_few(responses))
        n, known_value, mean = int(kept.sum()), float(truth[kept].mean()), float(gap[kept].mean())
        error = float(gap[kept].std(ddof=1) / np.sqrt(n))
        error = max(error, ROUNDING * abs(known_value), np.finfo(float).tiny)
        if abs(mean) / error > least:
            least = abs(mean) / error
            worst = level, mean, error, known_value, n
    assert worst is not None  # noqa: S101  # checks have levels
    level, mean, error, truth, n = worst
    # One of several levels is the worst by chance: Bonferroni.
    p = min(1.0, _two_sided(mean / error, n - 1) * len(responses.levels))
    where = f" at {check.knob} {level:g}" if len(responses.levels) > 1 else ""
    return replace(
        untested(check, metric),
        p=p,
        wrong=True,
        holds=p >= THREE_STANDARD_ERRORS,
        strength=1.0 if p >= THREE_STANDARD_ERRORS else -1.0,
        note=f"{truth + mean:.5g} ± {error:.2g}, known {truth:.5g}{where} ({n} draws)",
    )


def _two_sided(t: float, degrees: int) -> float:
    return float(2 * stdtr(degrees, -abs(t)))

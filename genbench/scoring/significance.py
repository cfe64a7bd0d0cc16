"""Achieved significance level: how often chance alone makes a metric as bad as it is.

Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 15, on permutation tests.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from genbench.evidence import Comparison
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput, Unavailable
from genbench.ground.paths import brief
from genbench.ground.randomness import rng_for
from genbench.metric import Aim, Metric
from genbench.metrics import find
from genbench.scoring.inputs import comparison_of

TIE = 1e-9  # of the largest value: sums in another order differ by rounding


@dataclass(frozen=True, kw_only=True)
class Significance:
    """A metric's value, and what it is where test and generated samples are mixed at random."""

    metric: str
    aim: Aim
    value: float
    p_value: float  # share of permutations, the given order among them, that are as bad or worse
    permutations: int
    mean: float  # of the metric over the permutations
    spread: float  # standard deviation over them


def significance(
    metric: str | Metric, *, test: Any, generated: Any, permutations: int = 99, seed: int = 0
) -> Significance:
    """Test by any two-sample metric whether both sets are of one distribution.

    The sets are pooled and dealt out anew, each keeping its size. If they are of one distribution,
    every deal is as likely as the one that was given, and the p-value is valid for any metric
    and any size. Worse is higher or lower, as the metric aims; for one that aims to match, farther
    from the mean of all deals.

    Args:
        metric: its name, acronym, or itself; one that needs no more than these two sets.
        test: real samples (n_test, ...).
        generated: the model's samples (n_generated, ...).
        permutations: deals beside the given one; the least p-value is 1 / (permutations + 1).
        seed: of the deals and of metrics that draw at random.

    Raises:
        BadInput: arrays that are not samples, no such metric, or one that needs other inputs.
        Unavailable: the metric cannot be computed on these samples.
    """
    chosen = find(metric) if isinstance(metric, str) else metric
    if set(chosen.inputs) != {"test", "generated"}:
        raise BadInput(
            f"{chosen.name} compares more than test and generated samples: it needs "
            f"{', '.join(chosen.inputs)}."
        )
    if not isinstance(permutations, int | np.integer) or permutations < 1:
        found = brief(repr(permutations))
        raise BadInput(f"permutations must be a whole number from 1 up, not {found}.")
    given = comparison_of(test=test, generated=generated, seed=seed)
    value = _value(chosen, given)
    pool = np.concatenate([_samples(given.reference.test), _samples(given.generated)])
    n = len(_samples(given.reference.test))
    rng = rng_for(seed, "significance", chosen.name)
    others = np.empty(permutations)
    for index in range(permutations):
        dealt = pool[rng.permutation(len(pool))]
        others[index] = _value(
            chosen, comparison_of(test=dealt[:n], generated=dealt[n:], seed=seed)
        )
    return Significance(
        metric=chosen.name,
        aim=chosen.aim,
        value=value,
        p_value=_p_value(chosen.aim, value, others),
        permutations=permutations,
        mean=float(others.mean()),
        spread=float(others.std(ddof=1)) if permutations > 1 else 0.0,
    )


def _p_value(aim: Aim, value: float, others: Array) -> float:
    """Count the given order among the deals, in their mean as well: all are then on one footing."""
    every = np.append(others, value)
    badness = {"low": every, "high": -every, "match": np.abs(every - every.mean())}[aim]
    slack = TIE * np.abs(every).max()
    return float((badness >= badness[-1] - slack).mean())


def _value(metric: Metric, comparison: Comparison) -> float:
    value = float(metric.compute(comparison.get(metric.needs.of)))
    if not np.isfinite(value):
        raise Unavailable(f"{metric.name} is not finite on these samples")
    return value


def _samples(samples: Array | None) -> Array:
    assert samples is not None  # noqa: S101  # `comparison_of` was given both
    return samples

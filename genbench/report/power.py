"""How many seeds would tell two models apart, if they differ and vary as it was found.

Verdicts are drawn: with few seeds a closed form, which takes the degrees of freedom of Welch's test
for known, promises too much (that three seeds are enough where five are needed).
"""

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.report.intervals import ENOUGH, Estimate, Interval, Pooled
from genbench.report.standing import TOLD_APART, welch

POWER = 0.8  # how often two models are to be told apart
MOST_SEEDS = 1_000  # nobody runs more
DRAWS = 20_000  # verdicts that are drawn: the power is then known to .003


def seeds_needed(one: Interval, other: Interval) -> int | None:
    """Return the fewest seeds a model and data set with which two models would be told apart.

    That is with probability `POWER`, by the verdict of a board; None if `MOST_SEEDS` are too few.

    Raises:
        ValueError: one has no variance: there are fewer than three seeds.
    """
    apart = abs(one.mean - other.mean)
    variances = np.array(sorted([*_of_one_seed(one), *_of_one_seed(other)]))
    if power(apart, variances, MOST_SEEDS) < POWER:
        return None
    few, many = ENOUGH - 1, MOST_SEEDS  # too few, and enough
    while many - few > 1:
        n = (few + many) // 2
        few, many = (few, n) if power(apart, variances, n) >= POWER else (n, many)
    return many


def power(apart: float, variances: Array, n: int) -> float:
    """Return how often means that lie so far apart are told apart.

    `variances` (k,) are those of one seed, of each model and data set, of whose `n` seeds the mean
    is taken: as they weigh in the difference.
    """
    rng = rng_for(n, "power")
    means = apart + np.sqrt(variances.sum() / n) * rng.normal(size=DRAWS)
    parts = variances / n * rng.chisquare(n - 1, size=(DRAWS, len(variances))) / (n - 1)
    shares = (parts**2).sum(axis=1) / (n - 1)
    none = np.zeros(1)
    p = welch((means, none), (parts.sum(axis=1), none), (shares, none))
    return float((p < TOLD_APART).mean())


def _of_one_seed(interval: Interval) -> list[float]:
    """Return the variance of one seed in each part of a mean, as it weighs there."""
    match interval:
        case Estimate(values=values):
            if interval.variance is None:
                raise ValueError(
                    "Nothing is known of the spread: there are fewer than three seeds."
                )
            return [interval.variance * len(values)]
        case Pooled(parts=parts):
            return [each / len(parts) ** 2 for part in parts for each in _of_one_seed(part)]
    raise TypeError(f"{type(interval).__name__} is no mean over seeds.")

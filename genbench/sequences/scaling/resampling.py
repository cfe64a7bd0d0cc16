"""How sure a fitted law of losses is: residuals are dealt anew, and the law is fitted again.

Efron, "Bootstrap methods: another look at the jackknife", 1979,
https://doi.org/10.1214/aos/1176344552. Cells are what is resampled: each takes the relative error of
the mean of some cell's seeds, which share its misfit. (To draw seeds anew within cells as well would
count their scatter twice: with two seeds intervals were a quarter wider and held the truth in 60 of
60 runs.) Errors are widened by the root of n / (n - 5), for n cells and 5 parameters, as least
squares leave too small ones, and an interval reaches Student's t of n - 5 degrees of freedom to
either side.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.sequences.scaling.log_sum_exp import fit_by_log_sum_exp
from genbench.sequences.scaling.loss_law import (
    LossLaw,
    akaike,
    fit_loss_law,
    relative_errors,
)
from genbench.sequences.scaling.power_law import student
from genbench.sequences.scaling.trials import N_PARAMETERS, Trials

TIMES = 200
LEAST = 0.01  # share of what is expected that a loss is at least

# What is known of a law with an interval.
QUANTITIES: Mapping[str, Callable[[LossLaw], float]] = MappingProxyType(
    {
        "floor": lambda law: law.floor,
        "size_factor": lambda law: law.size_factor,
        "size_exponent": lambda law: law.size_exponent,
        "data_factor": lambda law: law.data_factor,
        "data_exponent": lambda law: law.data_exponent,
        "ratio": lambda law: law.ratio,
        "optimal_size_exponent": lambda law: law.optimal_size_exponent,
    }
)


@dataclass(frozen=True, eq=False, kw_only=True)
class LawFit:
    """A law of losses with how sure it is, and what else fits."""

    trials: Trials
    law: LossLaw
    again: tuple[LossLaw, ...]  # fitted to losses whose errors were dealt anew
    floorless: LossLaw  # the best without a floor
    other_way: LossLaw  # by Huber's loss of logarithms

    def estimate(self, quantity: str) -> float:
        """Return the value of one of `QUANTITIES`."""
        return QUANTITIES[quantity](self.law)

    def interval(self, quantity: str) -> tuple[float, float]:
        """Return the ends of the 95 % interval of one of `QUANTITIES`."""
        spread = float(np.std([QUANTITIES[quantity](law) for law in self.again], ddof=1))
        middle, half = self.estimate(quantity), student(self._degrees) * spread
        return middle - half, middle + half

    def may_be(self, quantity: str, value: float) -> bool:
        """Say whether a value lies inside the 95 % interval of a quantity."""
        low, high = self.interval(quantity)
        return low <= value <= high

    @property
    def ways_agree(self) -> bool:
        """Whether the exponents that are found the other way lie inside the intervals."""
        names = ("size_exponent", "data_exponent")
        return all(self.may_be(name, QUANTITIES[name](self.other_way)) for name in names)

    @property
    def floor_gain(self) -> float:
        """By how much Akaike's criterion prefers the law with a floor to that without."""
        points = self.trials.sizes, self.trials.amounts, self.trials.means
        return akaike(self.floorless, *points) - akaike(self.law, *points)

    @cached_property
    def errors(self) -> Array:
        """Relative errors of the cells' mean losses (n,): by which share they lie below the law."""
        points = self.trials.sizes, self.trials.amounts, self.trials.means
        return relative_errors(self.law, *points)

    @property
    def _degrees(self) -> int:
        return len(self.trials.losses) - N_PARAMETERS


def fit_with_intervals(trials: Trials, *, rng: np.random.Generator, times: int = TIMES) -> LawFit:
    """Fit the law of losses, with and without a floor, and how sure it is.

    Raises:
        BadInput: the cells are too few, or of too few sizes or amounts of data.
    """
    if reason := trials.why_no_law():
        raise BadInput(reason)
    points = trials.sizes, trials.amounts
    law = fit_loss_law(*points, trials.means)
    start = (law.size_exponent, law.data_exponent)
    expected = law(*points)
    dealt = _dealt_anew(trials.means / expected - 1, expected, rng, times)
    return LawFit(
        trials=trials,
        law=law,
        again=tuple(fit_loss_law(*points, means, starts=(start,)) for means in dealt),
        floorless=fit_loss_law(*points, trials.means, floor=False),
        other_way=fit_by_log_sum_exp(*points, trials.means),
    )


def _dealt_anew(fit_errors: Array, expected: Array, rng: np.random.Generator, times: int) -> Array:
    """Return mean losses (times, n) of cells that took the errors (n,) of others."""
    n = len(expected)
    wider = math.sqrt(n / (n - N_PARAMETERS)) * (fit_errors - fit_errors.mean())
    taken = wider[rng.integers(n, size=(times, n))]
    return expected * np.maximum(1 + taken, LEAST)

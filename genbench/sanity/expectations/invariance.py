"""The expectation that a metric does not move: an equivalence test beside the spread of draws."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtrc, chdtri, stdtrit

from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Responses
from genbench.sanity.expectations.common import FEWEST_SEEDS, ROUNDING, too_few, untested


@dataclass(frozen=True)
class Stays:
    """The metric hardly moves: less than it does between two draws of real samples.

    Claimed by all. Levels are ways to look at the same two sets; the first is the plain one.
    """

    @property
    def says(self) -> str:
        return "stays"

    def claimed_by(self, metric: Metric) -> bool:
        return True

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Changes against the 95 % range of values between seeds, which is known with an error.

        It stays if the 95 % interval of the mean change is within the least that the range may be.
        It moves if more changes are beyond the most that the range may be than the one in twenty
        that draws are: a binomial test, which neither heavy tails nor changes of sign deceive.
        """
        values = whole_rows(responses)
        if len(values) < FEWEST_SEEDS:
            return untested(check, metric, note=too_few(responses))
        n = len(values)
        changes, natural = changes_of(values)
        means, errors = changes.mean(axis=0), changes.std(axis=0, ddof=1) / np.sqrt(n)
        worst = int(np.argmax(np.abs(means) + errors))
        largest, reach = abs(means[worst]), stdtrit(n - 1, 0.975) * errors[worst]
        slacks = ROUNDING * np.abs(values).max(axis=1, keepdims=True)
        slack = float(np.median(slacks))
        least_natural, most_natural = natural * np.sqrt((n - 1) / chdtri(n - 1, [0.025, 0.975]))
        beyond = int((np.abs(changes) > most_natural + slacks).sum(axis=0).max())
        by_chance = float(bdtrc(beyond - 1, n, 0.05)) if beyond else 1.0
        return replace(
            untested(check, metric),
            p=min(1.0, by_chance * changes.shape[1]),  # one of several levels is the worst
            wrong=True,
            holds=bool(largest + reach <= least_natural + slack),
            strength=1 - 2 * float(min(1.0, largest / (natural + slack))) if largest else 1.0,
            note=f"moves by {largest:.3g}; draws differ by {natural:.3g}",
        )


def whole_rows(responses: Responses) -> Array:
    """Return the values (n, n_levels) of seeds that have a finite one at every level."""
    values = responses.values[:, :, 0]
    return np.asarray(values[np.isfinite(values).all(axis=1)])


def changes_of(values: Array) -> tuple[Array, float]:
    """Return changes (n, n_levels - 1) from the first level, and how far two draws of it differ.

    The latter is half of the 95 % range of what seeds get at the first level.
    """
    natural = stdtrit(len(values) - 1, 0.975) * values[:, 0].std(ddof=1)
    return values[:, 1:] - values[:, :1], float(natural)

"""The expectation that a small change moves a metric little beside what fakes do."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Responses
from genbench.sanity.expectations.common import FEWEST_SEEDS
from genbench.sanity.expectations.invariance import Stays, changes_of, whole_rows


@dataclass(frozen=True)
class Flat:
    """The metric hardly moves: less than between two draws of real samples, as for `Stays`.

    The last level is no small change but fakes, which tell how far the metric can move at all: the
    strength is in shares of that. One that fakes do not move is not judged by standing still.
    Claimed by measures of pictures: to all others these are points, and which points are near to
    each other is for an embedding to say.
    """

    @property
    def says(self) -> str:
        return "stays, beside fakes"

    def claimed_by(self, metric: Metric) -> bool:
        return "picture" in metric.inputs

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """The test of `Stays` on all levels but the last, if the last is beyond two draws."""
        small = replace(responses, levels=responses.levels[:-1], values=responses.values[:, :-1])
        found = replace(Stays().judge(check, metric, small), claimed=self.claimed_by(metric))
        values = whole_rows(responses)
        n = len(values)
        if found.p is None or n < FEWEST_SEEDS:
            return replace(found, p=None, holds=False, strength=None)
        changes, natural = changes_of(values)
        moved = np.abs(changes.mean(axis=0))
        reach = stdtrit(n - 1, 0.975) * changes[:, -1].std(ddof=1) / np.sqrt(n)
        if not moved[-1] - reach > natural:
            note = f"{found.note}; fakes move it by no more than {moved[-1] + reach:.3g}"
            return replace(found, p=1.0, holds=False, strength=None, note=note)
        share = float(moved[:-1].max() / moved[-1])
        note = f"{found.note}; fakes move it by {moved[-1]:.3g}"
        return replace(found, strength=1 - 2 * min(1.0, share), note=note)

"""The expectation that a test of equality rejects equal pairs no more often than it says."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtrc

from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Responses
from genbench.sanity.expectations.common import (
    FEWEST_SEEDS,
    THREE_STANDARD_ERRORS,
    untested,
)


@dataclass(frozen=True)
class KeepsSize:
    """The metric's p-values, which are the responses, are below this level no more often than it.

    Claimed by all that a check asks for. A test that rejects more seldom is valid: counts, of which
    there are few, can keep to no level exactly.
    """

    level: float = 0.05

    @property
    def says(self) -> str:
        return f"rejects {self.level:.0%} of equal pairs at most"

    def claimed_by(self, metric: Metric) -> bool:
        return True

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """The binomial test of so many rejections or more."""
        found = responses.values[np.isfinite(responses.values)]
        n, rejected = len(found), int((found <= self.level).sum())
        if n < FEWEST_SEEDS:
            return untested(check, metric, note="too few numbers.")
        p = float(bdtrc(rejected - 1, n, self.level)) if rejected else 1.0
        holds = p >= THREE_STANDARD_ERRORS
        return replace(
            untested(check, metric),
            p=p,
            wrong=True,
            holds=holds,
            strength=1.0 if holds else -1.0,
            note=f"rejects {rejected} of {n} equal pairs, known {self.level:g}",
        )

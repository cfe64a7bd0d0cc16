"""The expectation that no response lies beyond the bounds that a metric declares."""

from dataclasses import dataclass, replace

import numpy as np

from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Responses
from genbench.sanity.expectations.common import ROUNDING, untested


@dataclass(frozen=True)
class WithinBounds:
    """No response in any check lies beyond the declared bounds; claimed where one is finite."""

    @property
    def says(self) -> str:
        return "stays within its bounds"

    def claimed_by(self, metric: Metric) -> bool:
        return bool(np.isfinite(metric.bounds).any())

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """A single value beyond the bounds refutes them."""
        if not self.claimed_by(metric):
            return untested(check, metric, claimed=False, note="not declared")
        values, (low, high) = responses.values[~np.isnan(responses.values)], metric.bounds
        slack = ROUNDING * max(abs(bound) for bound in (*metric.bounds, 1.0) if np.isfinite(bound))
        beyond = int(((values < low - slack) | (values > high + slack)).sum())
        return replace(
            untested(check, metric),
            p=0.0 if beyond else 1.0,
            wrong=True,
            holds=not beyond,
            strength=-1.0 if beyond else 1.0,
            note=(
                f"{beyond} of {len(values)} values lie beyond [{low:g}, {high:g}]; "
                f"they reach from {values.min():.4g} to {values.max():.4g}"
            ),
        )

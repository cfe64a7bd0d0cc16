"""The expectation that a metric falls in a known proportion, whatever it starts from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Responses, sound_name
from genbench.sanity.expectations.common import untested
from genbench.sanity.expectations.known_mean import Equals


@dataclass(frozen=True)
class Proportional:
    """The metric's mean is a known share of the one at the first level: claimed by the named.

    For measures whose value without fault has no closed form, though what a fault does to it has.
    """

    shares: Mapping[str, Callable[[float], float]]

    @property
    def says(self) -> str:
        return "changes in a known proportion"

    def claimed_by(self, metric: Metric) -> bool:
        return sound_name(metric.name) in self.shares

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Each draw's gap from its share of its own first level: in the mean it is zero.

        Gaps are in units of the mean at the first level.
        """
        if not self.claimed_by(metric):
            return untested(check, metric, claimed=False, note="not claimed")
        name = sound_name(metric.name)
        shares = np.array([self.shares[name](level) for level in responses.levels])
        first = responses.values[:, :1]
        known = first[np.isfinite(first)]
        unit = np.abs(known).mean() if known.any() else 1.0
        gaps = (responses.values - shares[None, :, None] * first) / unit
        # A gap of nothing has no scale of its own to be compared with: hence one is added.
        judged = replace(responses, values=1 + gaps)
        return Equals({name: lambda _: 1.0}).judge(check, metric, judged)

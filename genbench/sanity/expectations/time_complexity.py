"""The expectation that a metric's time grows at most with the square of the number of samples."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtr, stdtrit

from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Responses
from genbench.sanity.expectations.common import FEWEST_SEEDS, too_few, untested


@dataclass(frozen=True)
class Scales:
    """The time it takes grows at most with the square of the level; claimed by all."""

    most: float = 2.0

    @property
    def says(self) -> str:
        return "takes time within the square"

    def claimed_by(self, metric: Metric) -> bool:
        return True

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Fit the exponent to each seed's times; a t test over seeds against the square."""
        seconds = np.log(np.maximum(responses.seconds.min(axis=2), 1e-6))
        seconds = seconds[np.isfinite(seconds).all(axis=1)]
        if len(seconds) < FEWEST_SEEDS:
            return untested(check, metric, note=too_few(responses))
        slopes = np.polyfit(np.log(responses.levels), seconds.T, 1)[0]
        mean, error = slopes.mean(), max(slopes.std(ddof=1), 1e-9) / np.sqrt(len(slopes))
        reach = stdtrit(len(slopes) - 1, 0.975) * error
        last = np.exp(np.median(seconds[:, -1]))
        return replace(
            untested(check, metric),
            p=float(stdtr(len(slopes) - 1, -(mean - self.most) / error)),
            wrong=True,
            holds=bool(mean <= self.most),
            note=f"exponent {mean:.2f} ± {reach:.2f}; {last:.2g} s at {responses.levels[-1]:g}",
        )

"""The expectation that a metric tells a fault from none with few samples."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtr, betaincinv

from genbench.ground.arrays import Array
from genbench.metric import Failure, Metric
from genbench.sanity.check import Check, Finding, Responses
from genbench.sanity.expectations.common import too_few, untested


@dataclass(frozen=True)
class Separates:
    """The metric tells a fault from none with few samples: claimed by those that claim one.

    A level is a number of samples, below zero where they are real. The number that is enough is the
    least at which the metric is right in nine draws of ten or more, by the lower end of the 95 %
    interval (Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case
    of the binomial", Biometrika 1934, https://doi.org/10.1093/biomet/26.4.404).
    """

    failures: tuple[Failure, ...]
    right: float = 0.9

    @property
    def says(self) -> str:
        return "needs few samples"

    def claimed_by(self, metric: Metric) -> bool:
        return bool(set(metric.catches) & set(self.failures))

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Count, at each number of samples, how often the fault has the larger loss."""
        claimed = self.claimed_by(metric)
        sizes = sorted(level for level in responses.levels if level > 0)
        wins = {size: _wins(metric, responses, size) for size in sizes}
        if np.isnan(responses.values).all():
            return untested(check, metric, claimed=claimed, note=too_few(responses))
        share = float(wins[sizes[-1]].mean())
        enough = [size for size in sizes if _least_share(wins[size]) >= self.right]
        least = f"{enough[0]:g}" if enough else f"more than {sizes[-1]:g}"
        n = len(wins[sizes[-1]])
        return replace(
            untested(check, metric, claimed=claimed),
            p=float(min(1.0, 2 * bdtr(int(min(share, 1 - share) * n + 0.5), n, 0.5))),
            wrong=share < 0.5,
            strength=2 * share - 1,
            note=f"{least} samples are enough; right in {share:.0%} of draws of {sizes[-1]:g}",
        )


def _wins(metric: Metric, responses: Responses, size: float) -> Array:
    """Return, of each draw of two sets of this size, whether the fault has the larger loss.

    Ties count one half.
    """
    good, bad = (responses.levels.index(level) for level in (-size, size))
    pair = responses.values[:, [good, bad]], responses.ideals[:, [good, bad]]
    values, ideals = (np.moveaxis(table, 1, 2).reshape(-1, 2) for table in pair)
    kept = ~np.isnan(values).any(axis=1)
    n_missing = int((~kept).sum())  # where there is no number, nothing is told
    values, ideals = values[kept], ideals[kept]
    if metric.aim == "match":
        rest = values[:, 0].sum() - values[:, 0]  # of the real draws but for its own
        others = rest / max(len(values) - 1, 1)
        values = np.abs(values - np.where(np.isfinite(ideals), ideals, others[:, None]))
    good_losses, bad_losses = (values if metric.aim != "high" else -values).T
    worse = (bad_losses > good_losses).astype(float) - (bad_losses < good_losses)
    return np.concatenate([(worse + 1) / 2, np.zeros(n_missing)])


def _least_share(wins: Array) -> float:
    """Return the lower end of the one-sided 95 % interval of a share."""
    n, right = len(wins), np.floor(wins.sum())
    return float(betaincinv(right, n - right + 1, 0.05)) if right else 0.0

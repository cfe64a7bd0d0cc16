"""The expectation that a metric's loss rises with the level: Page's test over seeds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from genbench.ground.arrays import Array
from genbench.metric import Failure, Metric
from genbench.sanity.check import Check, Finding, Responses
from genbench.sanity.expectations.common import FEWEST_SEEDS, too_few, untested
from genbench.sanity.trend import interval_of_mean, page_p_value, rank_correlations


@dataclass(frozen=True)
class Worsens:
    """The metric gets worse with the level: claimed by those that claim one of the failures."""

    failures: tuple[Failure, ...] = ()
    inputs: tuple[str, ...] = ()  # or, where no failure fits: by those that need one of these
    role: Callable[[Metric], bool] | None = None  # or by those of a role

    @property
    def says(self) -> str:
        return "gets worse"

    def claimed_by(self, metric: Metric) -> bool:
        if self.role is not None:
            return self.role(metric)
        return bool(
            set(metric.catches) & set(self.failures) or set(metric.inputs) & set(self.inputs)
        )

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Page's test of the losses over the seeds that have a number at every level."""
        claimed = self.claimed_by(metric)
        losses = losses_of(metric, responses)
        levels = np.asarray(responses.levels)
        if len(losses) < FEWEST_SEEDS:
            return untested(check, metric, claimed=claimed, note=too_few(responses))
        p, down = page_p_value(losses)
        correlations = rank_correlations(losses, levels)
        low, high = interval_of_mean(correlations)
        means = np.nanmean(responses.values, axis=(0, 2))
        return replace(
            untested(check, metric, claimed=claimed),
            p=p,
            wrong=down,
            strength=float(correlations.mean()),
            by_seed=tuple(map(float, correlations)),
            low=low,
            high=high,
            note=f"from {means[0]:.4g} to {means[-1]:.4g}",
        )


def losses_of(metric: Metric, responses: Responses) -> Array:
    """Return how far from ideal each response is, (n_seeds, n_levels), whole rows only.

    Where real samples only tell what is to be matched, they are those of the other seeds: a row
    that helped to set its own target would lie nearer to it by chance.
    """
    values, ideals = responses.values.mean(axis=2), responses.ideals.mean(axis=2)
    if metric.aim != "match":
        losses = values if metric.aim == "low" else -values
    elif np.isfinite(ideals).all():
        losses = np.abs(values - ideals)
    else:
        real = values[:, 0]
        whole = np.isfinite(real)
        others = [real[whole & (np.arange(len(real)) != row)] for row in range(len(real))]
        target = np.array([part.mean() if len(part) else np.nan for part in others])
        losses = np.abs(values - target[:, None])
    return np.asarray(losses[~np.isnan(losses).any(axis=1)])


def overall(metric: Metric) -> bool:
    """Whether it is a measure of all that two distributions can differ in."""
    return {"noise", "shift", "collapse", "dropped mode"} <= set(metric.catches)

"""How far apart real samples and noise stand on a metric, in spreads of one draw.

Every number is put between these two. Where they are too near to each other for one draw, what
lies between them is chance, and what the metric says of models is not counted.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import Any, Literal

from genbench.report.intervals import ENOUGH, Estimate, joined, number
from genbench.report.losses import NOISE, BySeed, losses, standard_errors
from genbench.runs.records import REAL, Record

CONTROLS = (REAL, NOISE, "copycat", "noisy_bootstrap")  # whose spread no competitor can change
ENOUGH_APART = 10.0  # spreads: one draw then moves a share by a tenth at most

Verdict = Literal["counts", "unchecked", "too near", "out of order", "missing"]


@dataclass(frozen=True, kw_only=True)
class Anchors:
    """What real samples and noise lose on one metric, and how much one draw of a control varies."""

    verdict: Verdict
    problem: str | None = None  # why the metric does not count, or was not checked
    real: float = math.nan
    noise: float = math.nan
    gap: float | None = None  # between them, in spreads

    @property
    def counts(self) -> bool:
        """Whether a share between the anchors means something."""
        return self.verdict in ("counts", "unchecked")

    def share(self, loss: float) -> float:
        """Return how far a loss has come from noise (0) to real samples (1), or beyond either."""
        return (self.noise - loss) / (self.noise - self.real)


def anchors_of(cells: Sequence[Record], metric: str) -> Anchors:
    """Look at the controls among the cells of one data set."""
    found = losses(cells, metric)
    missing = {REAL, NOISE} - set(found)
    if missing:
        what = f"{joined(missing)} has no value" if found else "nothing has a value"
        return Anchors(verdict="missing", problem=what)
    real, noise = (Estimate(tuple(found[name].values())).mean for name in (REAL, NOISE))
    if not (math.isfinite(real) and math.isfinite(noise)):
        return Anchors(verdict="missing", problem="an anchor is infinite")
    spread = _spread(found, standard_errors(cells, metric))
    gap = None if spread is None else _gap(noise - real, spread)
    known: dict[str, Any] = {"real": real, "noise": noise, "gap": gap}
    if noise <= real:
        why = (
            f"noise does not score worse than real samples (loss {number(noise)}"
            f" against {number(real)})"
        )
        return Anchors(verdict="out of order", problem=why, **known)
    if gap is None:
        why = "whether noise is far from real samples could not be checked with one seed"
        return Anchors(verdict="unchecked", problem=why, **known)
    if gap < ENOUGH_APART:
        why = (
            f"noise is only {gap:.1f} spreads of one draw from real samples;"
            f" {ENOUGH_APART:.0f} are needed"
        )
        return Anchors(verdict="too near", problem=why, **known)
    return Anchors(verdict="counts", **known)


def _gap(apart: float, spread: float) -> float:
    if spread == 0:
        return math.copysign(math.inf, apart) if apart else 0.0
    return apart / spread


def _spread(found: BySeed, errors: Mapping[str, float]) -> float | None:
    """Return the deviation of one draw of a control: over seeds, else as scores have it."""
    variances = [
        variance(values)
        for name in CONTROLS
        if len(values := list(found.get(name, {}).values())) >= ENOUGH
        and all(map(math.isfinite, values))
    ]
    if not variances:
        variances = [errors[name] ** 2 for name in CONTROLS if name in errors]
    return math.sqrt(fmean(variances)) if variances else None

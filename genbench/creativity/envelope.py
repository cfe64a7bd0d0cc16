"""The frontier S(Q) at any quality, from its points at some levels and what they certify.

Mutual information of a law of mean quality q is at most novelty + gap + multiplier x (level - q) of
any point: its certificate bounds all laws, not only those that are as good as the level. So the
least of these lines is never below S, touches it at the levels, and is concave, as S is.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from genbench.creativity.frontier import capacity, frontier
from genbench.ground.arrays import Array

N_LEVELS = 24
TOLERANCE = 1e-5  # nats


@dataclass(frozen=True, eq=False, kw_only=True)
class Envelope:
    """Points of the frontier, in rising order of their levels, (n_levels,) each."""

    level: Array  # mean quality
    novelty: Array  # mutual information, in nats
    multiplier: Array  # nats that one more unit of quality costs
    gap: Array  # nats: no law of such quality has more than this above `novelty`

    @classmethod
    def of(cls, channel: Array, quality: Array, n_levels: int = N_LEVELS) -> Self:
        """Find points from where quality begins to cost novelty to the best quality there is."""
        free = capacity(channel, tolerance=TOLERANCE)
        start, best = float(free.law @ quality), float(quality.max())
        levels = np.linspace(min(start, best), best, n_levels)
        points = [free, *frontier(channel, quality, levels[1:], tolerance=TOLERANCE)]
        found = {f.name: np.array([getattr(p, f.name) for p in points]) for f in fields(cls)}
        return cls(**found | {"level": levels})

    @property
    def best(self) -> float:
        """The most mean quality that a law can have."""
        return float(self.level[-1])

    def at(self, quality: Array) -> Array:
        """Return the least upper bound on S at these qualities, in nats, of their shape."""
        quality = np.asarray(quality)
        finite = np.isfinite(self.multiplier)
        most = (self.novelty + self.gap)[finite]
        spare = self.level[finite] - quality[..., None]
        lines = most + self.multiplier[finite] * spare
        return np.asarray(lines.min(axis=-1))

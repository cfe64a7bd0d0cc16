"""Where a known density is high."""

from dataclasses import dataclass

import numpy as np

from genbench.arrays import Array
from genbench.datasets import Density
from genbench.randomness import rng_for

SHARE = 0.95  # of real samples lie where the density is that high
N_DRAWS = 20_000  # which fixes the share to 0.0015


@dataclass(frozen=True, eq=False)
class LevelSet:
    """Log-density of generated samples, and the level that most real samples reach."""

    level: float  # nats
    log_densities: Array  # (n_generated,) under the true density, in nats

    @staticmethod
    def level_of(density: Density) -> float:
        """Return the log-density that a share `SHARE` of real samples reaches."""
        draws, _ = density.sample(N_DRAWS, rng=rng_for(0, "level set"))
        return float(np.quantile(density.log_prob(draws), 1 - SHARE))

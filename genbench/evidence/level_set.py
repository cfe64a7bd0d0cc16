"""Where a known density is high."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.arrays import Array, flat
from genbench.datasets import Density
from genbench.errors import Unavailable
from genbench.evidence.comparison import Comparison, Evidence, Reference, given
from genbench.randomness import rng_for

SHARE = 0.95  # of real samples lie where the density is that high
N_DRAWS = 20_000  # which fixes the share to 0.0015


@dataclass(frozen=True, eq=False)
class LevelSet(Evidence):
    """Log-density of generated samples, and the level that most real samples reach."""

    inputs: ClassVar = ("density", "generated")

    level: float  # nats
    log_densities: Array  # (n_generated,) under the true density, in nats

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Evaluate the true density at generated samples."""
        level = comparison.reference.get(_level)
        density = _density(comparison.reference)
        return cls(level, density.log_prob(flat(given(comparison.generated, "generated samples"))))

    @staticmethod
    def level_of(density: Density) -> float:
        """Return the log-density that a share `SHARE` of real samples reaches."""
        draws, _ = density.sample(N_DRAWS, rng=rng_for(0, "level set"))
        return float(np.quantile(density.log_prob(draws), 1 - SHARE))


def _density(reference: Reference) -> Density:
    if reference.density is None:
        raise Unavailable("the true density is not known")
    return reference.density


def _level(reference: Reference) -> float:
    return LevelSet.level_of(_density(reference))

"""Where a known density is high."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.datasets import Density
from genbench.evidence.comparison import Comparison, Evidence, Reference, given
from genbench.ground.arrays import Array, flat
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for

SHARE = 0.95  # of real samples lie where the density is that high
N_DRAWS = 20_000  # which fixes the share to 0.0015
BLOCK_ENTRIES = 5_000_000  # of draws: 40 MB


@dataclass(frozen=True, eq=False)
class LevelSet(Evidence):
    """Log-density of generated samples, and the level that most real samples reach."""

    inputs: ClassVar = ("density", "generated")

    level: float  # nats
    share: float  # of real samples that reach the level: more than SHARE where many are level
    log_densities: Array  # (n_generated,) under the true density, in nats

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Evaluate the true density at generated samples."""
        density = _density(comparison.reference)
        generated = flat(given(comparison.generated, "generated samples"))
        level, share = comparison.reference.get(_Level(generated.shape[1]))
        return cls(level, share, density.log_prob(generated))

    @staticmethod
    def level_of(density: Density, d: int = 1) -> tuple[float, float]:
        """Return the log-density that a share `SHARE` of real samples reaches, and who reach it.

        They are more than that share where the density has steps, as on a checkerboard.
        """
        reached = log_densities_of_draws(density, d)
        level = float(np.quantile(reached, 1 - SHARE))
        return level, float((reached >= level).mean())


def log_densities_of_draws(density: Density, d: int) -> Array:
    """Return the log-densities (N_DRAWS,) of draws in `d` dimensions, in nats.

    Draws are made at once up to 250 dimensions, above in blocks that memory holds.
    """
    rng = rng_for(0, "level set")
    most = min(N_DRAWS, max(1, BLOCK_ENTRIES // d))
    sizes = [min(most, N_DRAWS - start) for start in range(0, N_DRAWS, most)]
    return np.concatenate([density.log_prob(density.sample(size, rng=rng)[0]) for size in sizes])


def _density(reference: Reference) -> Density:
    if reference.density is None:
        raise Unavailable("the true density is not known")
    return reference.density


@dataclass(frozen=True)
class _Level:
    """The level in so many dimensions; `reference.get(_Level(d))` finds it once."""

    d: int

    def __call__(self, reference: Reference) -> tuple[float, float]:
        return LevelSet.level_of(_density(reference), self.d)

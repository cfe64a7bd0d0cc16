"""The samples themselves, each coordinate with mean 0 and variance 1 over the training set."""

from dataclasses import dataclass

import numpy as np

from genbench.datasets import Dataset, Density
from genbench.datasets.densities import HasModes
from genbench.ground.arrays import Array, flat


@dataclass(frozen=True, eq=False)
class Standardised:
    """Points on a common scale; the exact posterior over modes, if known, is the classifier."""

    mean: Array  # (d,)
    deviation: Array  # (d,)
    density: Density | None

    @classmethod
    def of(cls, dataset: Dataset) -> "Standardised":
        """Take mean and deviation from the training set; constant coordinates are left as wide."""
        return cls.of_points(flat(dataset.train), dataset.density)

    @classmethod
    def of_points(cls, points: Array, density: Density | None = None) -> "Standardised":
        """Take mean and deviation from points (n, d)."""
        deviation = points.std(axis=0)
        return cls(points.mean(axis=0), np.where(deviation > 0, deviation, 1.0), density)

    def embed(self, samples: Array) -> Array:
        return np.asarray((flat(samples) - self.mean) / self.deviation)

    def classify(self, samples: Array) -> Array | None:
        if not isinstance(self.density, HasModes):
            return None
        return self.density.posterior(flat(samples))

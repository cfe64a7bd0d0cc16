"""Uniform noise over the range of each coordinate: novelty without quality.

A control: whatever a board says of it, it says of a model that has learned nothing but units.

Whole-number samples stand for cells one unit wide, so their range reaches half a unit beyond the
least and the greatest; then every cell is equally likely and the density is that of dequantized
samples.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class UniformNoise:
    """Draws every coordinate evenly from the range that training samples span."""

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.lowest, self.highest = train.min(axis=0), train.max(axis=0)
        if np.array_equal(train, np.rint(train)):
            self.lowest, self.highest = self.lowest - 0.5, self.highest + 0.5
        # A coordinate that never varies would have an infinite density: it gets a hair's width.
        least_width = 1e-6 * np.maximum(1.0, np.abs(self.lowest))
        self.highest = np.where(self.highest > self.lowest, self.highest, self.lowest + least_width)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return rng.uniform(self.lowest, self.highest, size=(n, len(self.lowest)))

    def log_prob(self, samples: Array) -> Array:
        """Log-density: minus the log-volume of the box, and minus infinity outside of it.

        Minus infinity is the truth: the model never draws such a sample.
        """
        inside = ((samples >= self.lowest) & (samples <= self.highest)).all(axis=1)
        return np.where(inside, -np.log(self.highest - self.lowest).sum(), -np.inf)

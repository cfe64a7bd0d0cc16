"""Returns training samples: perfect quality, no novelty. Every board needs one, as a warning."""

from typing import Self

import numpy as np


class Copycat:
    """Draws training samples with replacement."""

    def fit(self, train: np.ndarray, *, rng: np.random.Generator) -> Self:
        self.train = train
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> np.ndarray:
        return self.train[rng.integers(len(self.train), size=n)]

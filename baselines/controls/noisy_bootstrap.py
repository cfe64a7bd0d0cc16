"""Training samples with a little noise: copies that are no exact copies.

The bootstrap of Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics,
1979, https://doi.org/10.1214/aos/1176344552, with noise that is small beside the distance from a
training sample to the nearest other. A control: whoever counts only exact copies takes it for new.

The spacing is the median distance from a training sample to the nearest different one, in units of
each coordinate's standard deviation. The noise of a sample is as long as `noise` spacings, in the
root mean square, and is spread evenly over the coordinates that vary.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

Array = NDArray[np.float64]


class NoisyBootstrap:
    """Draws training samples with replacement and moves each a little."""

    def __init__(self, noise: float = 0.1) -> None:
        self.noise = noise  # in spacings of the training samples

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.train = train.copy()
        varies = np.ptp(train, axis=0) > 0
        scale = np.where(varies, train.std(axis=0), 1.0)
        distinct = np.unique((train - train.mean(axis=0)) / scale, axis=0)
        if len(distinct) < 2:
            raise ValueError("A spacing needs at least two distinct training samples.")
        to_nearest, _ = NearestNeighbors(n_neighbors=1).fit(distinct).kneighbors()
        spacing = float(np.median(to_nearest))
        self.deviation = np.where(varies, self.noise * spacing * scale / np.sqrt(varies.sum()), 0.0)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        copies = self.train[rng.integers(len(self.train), size=n)]
        return rng.normal(copies, self.deviation)

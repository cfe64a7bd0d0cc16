"""Box-Muller: two uniform numbers become two independent normal ones, and an affine map the rest.

Box and Muller, "A note on the generation of random normal deviates", Annals of Mathematical
Statistics, 1958, https://doi.org/10.1214/aoms/1177706645. A point of the plane with independent
normal coordinates has an even angle and a squared length that is exponential, twice the mean; both
are had from uniform numbers in closed form.

The affine map gives this noise the mean and covariance of the training samples. Its axes are the
principal ones, each stretched by its standard deviation: a density changes by one over the product
of all stretches. Axes along which training samples vary by less than `least` standard deviations
(copies, sums, or fewer samples than coordinates) are stretched by that much, and a density remains.

All in units of each coordinate's standard deviation. Whole-number samples stand for cells one unit
wide: noise that is even over the cell adds 1/12 to each variance. `gaussian` has the same family
with a better estimate of the covariance; here it is the empirical one.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class BoxMuller:
    """Draws uniform numbers, makes them normal, and stretches and turns them."""

    def __init__(self, least: float = 1e-3) -> None:
        self.least = least  # stretch along any axis, in standard deviations

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("A covariance needs at least two training samples.")
        self.mean = train.mean(axis=0)
        # A coordinate that never varies would have an infinite density: it gets a hair's width.
        hair = 1e-6 * np.maximum(1.0, np.abs(self.mean))
        deviations = np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), hair)
        cell = 1 / 12 if np.array_equal(train, np.rint(train)) else 0.0
        self.scale = np.hypot(deviations, np.sqrt(cell))
        standardised = (train - self.mean) / self.scale
        covariance = standardised.T @ standardised / len(train) + np.diag(cell / self.scale**2)
        variances, self.axes = np.linalg.eigh(covariance)
        self.stretches = np.sqrt(np.maximum(variances, self.least**2))
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        d = len(self.mean)
        noise = box_muller(rng.random((2, n * d // 2 + 1)))[: n * d].reshape(n, d)
        return np.asarray(self.mean + (noise * self.stretches) @ self.axes.T * self.scale)

    def log_prob(self, samples: Array) -> Array:
        """Log-density in nats, exact."""
        noise = (samples - self.mean) / self.scale @ self.axes / self.stretches
        of_noise = -(noise**2).sum(axis=1) / 2 - np.log(2 * np.pi) * len(self.mean) / 2
        return np.asarray(of_noise - np.log(self.stretches).sum() - np.log(self.scale).sum())


def box_muller(uniform: Array) -> Array:
    """Turn uniform numbers (2, n) from [0, 1) into independent normal ones (2n,)."""
    length = np.sqrt(-2 * np.log1p(-uniform[0]))  # of 1 - u, which is never zero
    angle = 2 * np.pi * uniform[1]
    return np.concatenate([length * np.cos(angle), length * np.sin(angle)])

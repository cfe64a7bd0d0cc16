"""What samplers share: units, whole numbers as cells, a Gaussian's density, and an affine map.

Whole-number samples stand for cells one unit wide. Noise that is even over the cell gives them a
density, and adds 1/12 to each variance.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def is_whole(train: Array) -> bool:
    """Return whether all values are whole numbers."""
    return np.array_equal(train, np.rint(train))


def dequantize(train: Array, rng: np.random.Generator) -> Array:
    """Return the samples, with even noise over the cells of whole numbers."""
    return train + rng.uniform(-0.5, 0.5, size=train.shape) if is_whole(train) else train


def standard_deviations(train: Array, level: Array) -> Array:
    """Return each coordinate's; a hair's width, for the density's sake, if it keeps its level."""
    least = 1e-6 * np.maximum(1.0, np.abs(level))
    return np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), least)


def log_normal(points: Array, mean: Array, factor: Array) -> Array:
    """Return the log-density of a Gaussian with this Cholesky factor of its covariance."""
    from scipy.linalg import solve_triangular  # here, as some that use this file need no scipy

    noise = solve_triangular(factor, (points - mean).T, lower=True)
    log_volume = np.log(2 * np.pi) * len(mean) / 2 + np.log(np.diag(factor)).sum()
    return np.asarray(-(noise**2).sum(axis=0) / 2 - log_volume)


class PrincipalMap:
    """The affine map that gives uncorrelated noise a mean and, in units of `scale`, a covariance.

    Its axes are the principal ones, each stretched by its standard deviation: a density changes by
    one over the product of all stretches. Axes along which samples vary by less than `least` units
    (copies, sums, or fewer samples than coordinates) are stretched by that much, and a density
    remains.
    """

    def __init__(self, mean: Array, scale: Array, covariance: Array, least: float) -> None:
        self.mean, self.scale = mean, scale
        variances, self.axes = np.linalg.eigh(covariance)
        self.stretches = np.sqrt(np.maximum(variances, least**2))

    def forward(self, noise: Array) -> Array:
        return np.asarray(self.mean + (noise * self.stretches) @ self.axes.T * self.scale)

    def inverse(self, samples: Array) -> Array:
        return np.asarray((samples - self.mean) / self.scale @ self.axes / self.stretches)

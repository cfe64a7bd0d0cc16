"""One Gaussian with a full covariance: the best that means and correlations can do.

The covariance is shrunk towards independent coordinates just as much as the data ask for: Ledoit
and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", Journal of
Multivariate Analysis, 2004, https://doi.org/10.1016/S0047-259X(03)00096-4. It is what keeps the
matrix regular when there are more coordinates than samples, or copies of a coordinate; with many
samples it vanishes.

Shrinkage happens in standardised units, so that no coordinate's unit matters. Whole-number
samples stand for cells one unit wide: noise that is even over the cell adds 1/12 to each
variance, which is added rather than drawn.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from sklearn.covariance import ledoit_wolf

Array = NDArray[np.float64]


class Gaussian:
    """Draws an affine map of standard normal noise."""

    def __init__(self, jitter: float = 1e-6) -> None:
        self.jitter = jitter  # share of each variance that is independent of the rest, at least

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("A covariance needs at least two training samples.")
        self.mean = train.mean(axis=0)
        # A coordinate that never varies would have an infinite density: it gets a hair's width.
        hair = 1e-6 * np.maximum(1.0, np.abs(self.mean))
        scale = np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), hair)
        standardised = (train - self.mean) / scale
        correlation = ledoit_wolf(standardised, assume_centered=True)[0]
        correlation += self.jitter * np.eye(len(scale))
        covariance = correlation * np.outer(scale, scale)
        if np.array_equal(train, np.rint(train)):
            covariance += np.eye(len(scale)) / 12
        # The factor is taken in units of the standard deviations, where it is well conditioned.
        deviations = np.sqrt(np.diag(covariance))
        factor = np.linalg.cholesky(covariance / np.outer(deviations, deviations))
        self.factor = deviations[:, None] * factor
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        noise = rng.normal(size=(n, len(self.mean)))
        return np.asarray(self.mean + noise @ self.factor.T)

    def log_prob(self, samples: Array) -> Array:
        """Log-density in nats, exact."""
        noise = solve_triangular(self.factor, (samples - self.mean).T, lower=True)
        log_volume = np.log(2 * np.pi) * len(self.mean) / 2 + np.log(np.diag(self.factor)).sum()
        return np.asarray(-0.5 * (noise**2).sum(axis=0) - log_volume)

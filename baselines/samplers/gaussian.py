"""One Gaussian with a full covariance: the best that means and correlations can do.

The covariance is shrunk towards independent coordinates just as much as the data ask for: Ledoit
and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", Journal of
Multivariate Analysis, 2004, https://doi.org/10.1016/S0047-259X(03)00096-4. It is what keeps the
matrix regular when there are more coordinates than samples, or copies of a coordinate; with many
samples it vanishes.

Shrinkage happens in standardised units, so that no coordinate's unit matters. The noise over the
cells of whole numbers is not drawn: its variance is added.
"""

from typing import Self

import numpy as np
from sklearn.covariance import ledoit_wolf

from .affine import Array, is_whole, log_normal, standard_deviations


class Gaussian:
    """Draws an affine map of standard normal noise."""

    def __init__(self, jitter: float = 1e-6) -> None:
        self.jitter = jitter  # share of each variance that is independent of the rest, at least

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("A covariance needs at least two training samples.")
        self.mean = train.mean(axis=0)
        scale = standard_deviations(train, self.mean)
        standardised = (train - self.mean) / scale
        correlation = ledoit_wolf(standardised, assume_centered=True)[0]
        correlation += self.jitter * np.eye(len(scale))
        covariance = correlation * np.outer(scale, scale)
        if is_whole(train):
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
        return log_normal(samples, self.mean, self.factor)

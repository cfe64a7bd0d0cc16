"""A mixture of Gaussians with full covariances, fitted by expectation maximisation.

Dempster, Laird and Rubin, "Maximum likelihood from incomplete data via the EM algorithm", Journal
of the Royal Statistical Society B, 1977, https://doi.org/10.1111/j.2517-6161.1977.tb01600.x.

How many components, and the least variance of each, are chosen together by the likelihood of
samples that were held out. Criteria that count parameters, such as BIC, know nothing of the least
variance: with 64 coordinates they allow a component or two where held-out samples ask for ten.

Fitted in units of each coordinate's range, where a pixel that seldom holds ink stays quiet.
Whole-number samples stand for cells one unit wide and get even noise over them.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import logsumexp

from ..training import Array, Trained, best_mixture


@dataclass(kw_only=True, eq=False)
class Mixture(Trained):
    """Draws a component by its weight, then a sample from its Gaussian.

    Args:
        sizes: numbers of components to choose from.
        least_variances: to choose from; added to every variance, where a coordinate's range is one.
        compared: most samples by which they are chosen.
        restarts: of the final fit, which takes all samples.
    """

    sizes: tuple[int, ...] = (1, 2, 4, 8, 12, 16, 25, 30)
    least_variances: tuple[float, ...] = (1e-6, 1e-3, 6e-3)
    compared: int = 8000
    restarts: int = 8

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 3:
            raise ValueError("A mixture needs at least three training samples.")
        # A coordinate that never varies would have an infinite density: it gets a hair's width.
        least_width = 1e-6 * np.maximum(1.0, np.abs(train[0]))
        if np.array_equal(train, np.rint(train)):
            train = train + rng.uniform(-0.5, 0.5, size=train.shape)
        self.origin, span = train.mean(axis=0), np.ptp(train, axis=0)
        self.scale = np.where(span > 0, span, least_width)
        scaled = (train - self.origin) / self.scale
        fitted, self.size, self.least_variance = best_mixture(
            scaled,
            self.sizes,
            self.least_variances,
            rng,
            restarts=self.scaled(self.restarts),
            most=max(3, self.scaled(self.compared)),
        )
        self.weights = fitted.weights_ / fitted.weights_.sum()
        self.means = np.asarray(fitted.means_)
        self.factors = np.linalg.cholesky(fitted.covariances_)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        # By hand: scikit-learn groups samples by component and repeats itself with its seed.
        component = rng.choice(len(self.weights), size=n, p=self.weights)
        noise = rng.normal(size=(n, len(self.scale)))
        drawn = self.means[component] + np.einsum("nij,nj->ni", self.factors[component], noise)
        return np.asarray(self.origin + drawn * self.scale)

    def log_prob(self, samples: Array) -> Array:
        """Log-density in nats, exact."""
        scaled = (samples - self.origin) / self.scale
        parts = []
        for weight, mean, factor in zip(self.weights, self.means, self.factors, strict=True):
            noise = solve_triangular(factor, (scaled - mean).T, lower=True)
            log_weight = np.log(weight) - np.log(np.diag(factor)).sum()
            parts.append(log_weight - (noise**2).sum(axis=0) / 2)
        log_volume = np.log(2 * np.pi) * len(self.scale) / 2 + np.log(self.scale).sum()
        return np.asarray(logsumexp(np.stack(parts, axis=1), axis=1) - log_volume)

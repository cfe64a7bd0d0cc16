"""A mixture of Gaussians with full covariances, fitted by expectation maximisation.

Dempster, Laird and Rubin, "Maximum likelihood from incomplete data via the EM algorithm", Journal
of the Royal Statistical Society B, 1977, https://doi.org/10.1111/j.2517-6161.1977.tb01600.x.

How many components, and the least variance of each, are chosen together by the likelihood of
samples that were held out. Criteria that count parameters, such as BIC, know nothing of the least
variance: with 64 coordinates they allow a component or two where held-out samples ask for ten.

Fitted in units of each coordinate's range, where a pixel that seldom holds ink stays quiet.
Whole-number samples stand for cells one unit wide and get even noise over them.
"""

import warnings
from itertools import product
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

Array = NDArray[np.float64]


class Mixture:
    """Draws a component by its weight, then a sample from its Gaussian."""

    def __init__(
        self,
        sizes: tuple[int, ...] = (1, 2, 4, 8, 12, 16, 25, 30),
        least_variances: tuple[float, ...] = (1e-6, 1e-3, 6e-3),
        restarts: int = 8,
    ) -> None:
        self.sizes = sizes
        self.least_variances = least_variances  # added to every variance; the range is one
        self.restarts = restarts

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
        self.size, self.least_variance = self._choose(scaled, rng)
        fitted = _expectation_maximisation(
            scaled, self.size, self.least_variance, rng, restarts=self.restarts
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

    def _choose(self, scaled: Array, rng: np.random.Generator) -> tuple[int, float]:
        """Return the number of components and the least variance that held-out samples prefer."""
        n_held_out = max(1, len(scaled) // 10)
        order = rng.permutation(len(scaled))
        total: dict[tuple[int, float], float] = {}
        for fold in np.split(order[: 3 * n_held_out], 3):
            held_out, rest = scaled[fold], np.delete(scaled, fold, axis=0)
            sizes = [size for size in self.sizes if size == 1 or 2 * size <= len(rest)]
            for size, least in product(sizes, self.least_variances):
                fitted = _expectation_maximisation(rest, size, least, rng, restarts=1)
                log_density = float(fitted.score(held_out))
                total[size, least] = total.get((size, least), 0.0) + log_density
        return max(total, key=total.__getitem__)


def _expectation_maximisation(
    scaled: Array, size: int, least_variance: float, rng: np.random.Generator, *, restarts: int
) -> GaussianMixture:
    mixture = GaussianMixture(
        size, reg_covar=least_variance, n_init=restarts, random_state=int(rng.integers(2**31))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # few distinct samples, or slow ends
        return mixture.fit(scaled)

"""Principal components as an autoencoder: a linear code with a mixture density on it.

Tipping and Bishop, "Probabilistic principal component analysis", Journal of the Royal Statistical
Society B, 1999, https://doi.org/10.1111/1467-9868.00196, makes a density of the linear code and
Gaussian noise across it. Here the code's Gaussian is replaced by a mixture, since codes of
clustered data are clustered, and each remaining axis keeps a variance of its own. The axes are
orthogonal, so the density is a product, and exact.

The code is as short as holds the wanted share of the variance, in units of each coordinate's
range. The mixture's size is chosen by the likelihood of held-out codes. Without the noise samples
look cleaner, but would lie on a plane, where there is no density. Whole-number samples stand for
cells one unit wide and get even noise over them.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import logsumexp

from ..training import Trained, best_mixture
from .frame import Array, CodeMixture


@dataclass(kw_only=True, eq=False)
class PrincipalComponents(Trained):
    """Draws a code from a mixture, decodes it, and adds the noise that the code leaves out.

    Args:
        kept_variance: share of the variance that the code must hold.
        sizes: numbers of components to choose from.
        least_variances: of a component, to choose from, in units of the weakest kept axis's
            variance.
        compared: most samples by which the mixture is chosen.
        restarts: of its fit to all of them, once it is.
    """

    kept_variance: float = 0.9
    sizes: tuple[int, ...] = (1, 2, 4, 8, 12, 16, 25, 30)
    least_variances: tuple[float, ...] = (1e-5, 1e-2, 2e-1)
    compared: int = 8000
    restarts: int = 8

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 3:
            raise ValueError("A mixture needs at least three training samples.")
        # A coordinate that never varies would have an infinite density: it gets a hair's width.
        hair = 1e-6 * np.maximum(1.0, np.abs(train[0]))
        if np.array_equal(train, np.rint(train)):
            train = train + rng.uniform(-0.5, 0.5, size=train.shape)
        self.mean, span = train.mean(axis=0), np.ptp(train, axis=0)
        self.scale = np.where(span > 0, span, hair)
        scaled = (train - self.mean) / self.scale
        variances, axes = np.linalg.eigh(scaled.T @ scaled / len(scaled))
        variances, self.axes = np.maximum(variances[::-1], 1e-9), axes[:, ::-1]
        reached = np.cumsum(variances) / variances.sum() >= self.kept_variance
        self.code_length = int(np.argmax(reached)) + 1 if reached.any() else len(reached)
        self.noise = np.sqrt(variances[self.code_length :])
        code = (scaled @ self.axes)[:, : self.code_length]
        weakest = float(variances[self.code_length - 1])
        floors = tuple(share * weakest for share in self.least_variances)
        fitted, self.size, self.least_variance = best_mixture(
            code,
            self.sizes,
            floors,
            rng,
            restarts=self.scaled(self.restarts),
            most=max(3, self.scaled(self.compared)),
        )
        self.mixture = CodeMixture(
            fitted.weights_ / fitted.weights_.sum(), fitted.means_, fitted.covariances_
        )
        return self

    def encode(self, samples: Array) -> Array:
        """Return the code (n, code_length) of each sample."""
        return np.asarray(((samples - self.mean) / self.scale @ self.axes)[:, : self.code_length])

    def decode(self, latents: Array) -> Array:
        """Return the sample (n, d) that each code stands for, without noise across it."""
        return np.asarray(self.mean + latents @ self.axes[:, : self.code_length].T * self.scale)

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw codes (n, code_length) from the mixture."""
        return self.mixture.sample(n, rng=rng)

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        code = self.sample_latents(n, rng=rng)
        noise = rng.normal(size=(n, len(self.noise))) * self.noise
        return np.asarray(self.mean + np.hstack([code, noise]) @ self.axes.T * self.scale)

    def log_prob(self, samples: Array) -> Array:
        """Log-density in nats, exact: of the code, of the noise, and of the change of units."""
        rotated = (samples - self.mean) / self.scale @ self.axes
        code, noise = rotated[:, : self.code_length], rotated[:, self.code_length :] / self.noise
        mixture = self.mixture
        joint = np.empty((len(samples), len(mixture.weights)))
        for j, (mean, factor) in enumerate(zip(mixture.means, mixture.factors, strict=True)):
            normal = solve_triangular(factor, (code - mean).T, lower=True)
            joint[:, j] = -np.log(np.diag(factor)).sum() - (normal**2).sum(axis=0) / 2
        log_code = logsumexp(joint + np.log(mixture.weights), axis=1)
        log_noise = -(noise**2).sum(axis=1) / 2 - np.log(self.noise).sum()
        log_volume = np.log(2 * np.pi) * len(self.scale) / 2 + np.log(self.scale).sum()
        return np.asarray(log_code + log_noise - log_volume)

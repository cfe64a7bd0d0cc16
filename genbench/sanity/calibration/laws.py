"""Laws to draw real and generated samples from, again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from genbench.datasets.densities import OfModes
from genbench.ground.arrays import Array, Labels

DIMENSIONS = 8


@dataclass(frozen=True, eq=False)
class Mixture(OfModes):
    """Gaussians of any covariance; the density, its slope and the modes are exact."""

    weights: Array  # (n_modes,)
    means: Array  # (n_modes, d)
    roots: Array  # (n_modes, d, d) of the covariances: points are mean + root @ noise

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, d) and the mode each came from (n,)."""
        modes = rng.choice(len(self.weights), size=n, p=self.weights)
        noise = rng.normal(size=(n, self.means.shape[1]))
        return self.means[modes] + np.einsum("nij,nj->ni", self.roots[modes], noise), modes

    def slope(self, points: Array) -> Array:
        """Gradient of the log-density at each point, (n, d)."""
        whitened = np.linalg.solve(self.roots, self._from_means(points))
        pulls = -np.linalg.solve(np.swapaxes(self.roots, 1, 2), whitened)
        return np.asarray(np.einsum("nk,kdn->nd", self.posterior(points), pulls))

    def _from_means(self, points: Array) -> Array:
        return np.swapaxes(points - self.means[:, None], 1, 2)  # (n_modes, d, n)

    def log_joint(self, points: Array) -> Array:
        """Log-density of each point and mode together (n, n_modes), in nats."""
        d = points.shape[1]
        whitened = np.linalg.solve(self.roots, self._from_means(points))
        volumes = np.linalg.slogdet(self.roots)[1] + d / 2 * np.log(2 * np.pi)
        return np.asarray(np.log(self.weights) - volumes - (whitened**2).sum(axis=1).T / 2)


@dataclass(frozen=True, eq=False)
class Law:
    """What real samples are drawn from, and a model that differs."""

    truth: Mixture
    model: Mixture
    pixels: Array  # (d, n_pixels) that points become pictures by
    middle: Array  # (n_pixels,) the picture of the origin


@cache
def gaussian() -> Law:
    """A unit Gaussian; the model is shifted by 0.3 along an axis, and 0.8 as wide. No pictures."""
    one, unit = np.ones(1), np.eye(DIMENSIONS)[None]
    return Law(
        Mixture(one, np.zeros((1, DIMENSIONS)), unit),
        Mixture(one, 0.3 * unit[0, :1], 0.8 * unit),
        np.empty((DIMENSIONS, 0)),
        np.empty(0),
    )


@cache
def digits() -> Law:
    """Ten Gaussians fitted to the classes of handwritten digits, in eight principal components.

    The model never draws two of them, and all others twice as widely.
    """
    from sklearn.datasets import load_digits

    pictures, classes = load_digits(return_X_y=True)
    middle = pictures.mean(axis=0)
    _, _, axes = np.linalg.svd(pictures - middle, full_matrices=False)
    axes *= np.sign(axes.sum(axis=1, keepdims=True))
    axes = axes[:DIMENSIONS]
    points = (pictures - middle) @ axes.T
    of_class = [points[classes == digit] for digit in range(10)]
    means = np.array([part.mean(axis=0) for part in of_class])
    roots = np.array([np.linalg.cholesky(np.cov(part.T)) for part in of_class])
    return Law(
        Mixture(np.full(10, 1 / 10), means, roots),
        Mixture(np.full(8, 1 / 8), means[:8], np.sqrt(2) * roots[:8]),
        axes,
        middle,
    )


LAWS: dict[str, Callable[[], Law]] = {"gaussian": gaussian, "digits": digits}

"""Digits as a known law: a flow fitted to real ones, whose classes overlap by a known amount.

A flow is a map f that can be inverted, with a known volume. Where f(x) is normal in each class,
with a mean of the class's own and one covariance, classes and densities are exact: p(x | class) is
the normal density of f(x) times |det df/dx|. No classifier can be right more often than the
likeliest class is, and since a map that can be inverted loses nothing, that is the share for these
normals.
Theisen, Wang, Varshney, Xiong, Socher, "Evaluating state-of-the-art classification models against
Bayes optimality", NeurIPS 2021, https://arxiv.org/abs/2106.03357.

Differs from the paper: the flow is fitted in closed form, layer by layer, to the leading principal
coordinates of the digits. Each layer turns the points and carries every coordinate on its own to a
normal one: the iterative Gaussianization of Laparra, Camps-Valls, Malo, IEEE Transactions on Neural
Networks, 2011, https://arxiv.org/abs/1602.00229. Its curves are straight between quantiles, and
straight beyond them.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import ndtri

from genbench.datasets.dataset import Dataset
from genbench.datasets.densities import OfModes
from genbench.datasets.parts import drawn_from
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for

N_COORDINATES = 10
N_LAYERS, N_QUANTILES = 3, 15
N_JUDGED = 100_000  # points by which the Bayes error is known: to .001


@dataclass(frozen=True, eq=False)
class Layer:
    """Turns points, then carries each coordinate along a rising line with bends."""

    rotation: Array  # (d, d)
    before: Array  # (bends, d): where the lines bend
    after: Array  # (bends,): what they are there

    @classmethod
    def of(cls, points: Array, rotation: Array) -> Self:
        """Carry quantiles of turned points (n, d) to those of the normal law."""
        levels = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
        before = np.quantile(points @ rotation, levels, axis=0)
        return cls(rotation, before, ndtri(levels))

    @cached_property
    def slopes(self) -> Array:
        """Slope of each piece (bends - 1, d)."""
        return np.asarray(np.diff(self.after)[:, None] / np.diff(self.before, axis=0))

    def forward(self, points: Array) -> tuple[Array, Array]:
        """Return the images (n, d) and log |det Jacobian| (n,)."""
        turned = points @ self.rotation
        images, log_slopes = np.empty_like(turned), np.zeros(len(points))
        for i, column in enumerate(turned.T):
            piece = _piece(self.before[:, i], column)
            slope = self.slopes[piece, i]
            images[:, i] = self.after[piece] + slope * (column - self.before[piece, i])
            log_slopes += np.log(slope)
        return images, log_slopes

    def inverse(self, images: Array) -> Array:
        """Return the points (n, d) that have these images."""
        turned = np.empty_like(images)
        for i, column in enumerate(images.T):
            piece = _piece(self.after, column)
            turned[:, i] = (
                self.before[piece, i] + (column - self.after[piece]) / self.slopes[piece, i]
            )
        return np.asarray(turned @ self.rotation.T)


def _piece(bends: Array, values: Array) -> Labels:
    """Return which piece each value (n,) is on; the first and the last go on for ever."""
    return np.clip(np.searchsorted(bends, values, side="right") - 1, 0, len(bends) - 2)


@dataclass(frozen=True, eq=False)
class ClassFlow(OfModes):
    """Equally likely classes that are normal, with one covariance, once a flow has mapped them."""

    layers: tuple[Layer, ...]
    means: Array  # (n_classes, d) of the classes' images
    covariance: Array  # (d, d)

    @classmethod
    def fitted(cls, points: Array, labels: Labels, *, n_layers: int = N_LAYERS) -> Self:
        """Fit to points (n, d) of known classes (n,), which count from 0."""
        d = points.shape[1]
        rng = rng_for(0, "class_flow")
        layers, images = [], points
        for number in range(n_layers):
            axes = np.eye(d) if number == 0 else np.linalg.qr(rng.normal(size=(d, d)))[0]
            layers.append(Layer.of(images, axes))
            images, _ = layers[-1].forward(images)
        means = np.stack([images[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
        within = images - means[labels]
        return cls(tuple(layers), means, within.T @ within / len(points))

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, d) and their classes (n,)."""
        classes = rng.integers(len(self.means), size=n)
        noise = rng.standard_normal((n, len(self.covariance)))
        points = self.means[classes] + noise @ np.linalg.cholesky(self.covariance).T
        for layer in reversed(self.layers):
            points = layer.inverse(points)
        return points, classes

    def log_joint(self, points: Array) -> Array:
        """Log-density of each point and class together (n, n_classes), in nats."""
        log_det = np.zeros(len(points))
        for layer in self.layers:
            points, log_slopes = layer.forward(points)
            log_det += log_slopes
        factor = cho_factor(self.covariance, lower=True)
        squared = np.stack(
            [
                ((points - mean) * cho_solve(factor, (points - mean).T).T).sum(axis=1)
                for mean in self.means
            ],
            axis=1,
        )
        log_volume = 2 * np.log(np.diag(factor[0])).sum()
        constant = len(self.covariance) * np.log(2 * np.pi) + log_volume
        return np.asarray(log_det[:, None] - (squared + constant) / 2 - np.log(len(self.means)))

    def bayes_error(self) -> tuple[float, float]:
        """Return how often the likeliest class is wrong, and the standard error of that share.

        It is the mean, over many points drawn once and for all, of what is left to other classes.
        """
        points, _ = self.sample(N_JUDGED, rng=rng_for(0, "bayes_error"))
        left = 1 - self.posterior(points).max(axis=1)
        return float(left.mean()), float(left.std() / np.sqrt(N_JUDGED))


def load() -> Dataset:
    """Ten numbers of a digit, from a flow fitted to 1,797 real ones; exact density and classes."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    centred = bunch.data - bunch.data.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:N_COORDINATES]
    axes = axes * np.sign(axes[np.arange(N_COORDINATES), np.abs(axes).argmax(axis=1)])[:, None]
    density = ClassFlow.fitted(centred @ axes.T, bunch.target.astype(np.int64))
    return drawn_from("class_flow", density)

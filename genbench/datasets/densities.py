"""Distributions whose density, modes and samples are all exact."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import logsumexp, softmax

from genbench.arrays import Array, Labels


class Density(Protocol):
    """A known distribution over points of d coordinates, made of modes."""

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, d) and the mode each came from (n,)."""
        ...

    def log_prob(self, points: Array) -> Array:
        """Log-density of each point (n,), in nats, per unit of volume."""
        ...

    def posterior(self, points: Array) -> Array:
        """Probability of each mode given the point (n, n_modes)."""
        ...


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """Equally likely round Gaussians of one width."""

    centres: Array  # (n_modes, d)
    width: float

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        modes = rng.integers(len(self.centres), size=n)
        noise = rng.normal(scale=self.width, size=(n, self.centres.shape[1]))
        return self.centres[modes] + noise, modes

    def log_prob(self, points: Array) -> Array:
        joint = self._log_joint(points)
        return np.asarray(logsumexp(joint, axis=1))

    def posterior(self, points: Array) -> Array:
        return np.asarray(softmax(self._log_joint(points), axis=1))

    def _log_joint(self, points: Array) -> Array:
        n_modes, d = self.centres.shape
        squared = cdist(points, self.centres, "sqeuclidean")
        normaliser = d / 2 * np.log(2 * np.pi * self.width**2) + np.log(n_modes)
        return np.asarray(-squared / (2 * self.width**2) - normaliser)


@dataclass(frozen=True, eq=False)
class NoisyCurves:
    """Equally likely curves, walked at an even pace and blurred by round Gaussian noise.

    The density is the integral of the noise along the curves, by a quadrature rule whose nodes
    lie closer together than the noise is wide: exact to rounding.
    """

    curves: Array  # (n_curves, n_nodes, d): the quadrature's nodes on each curve
    weights: Array  # (n_nodes,): what each node counts, summing to one
    walk: "Walk"
    width: float

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        modes = rng.integers(len(self.curves), size=n)
        points = self.walk(modes, rng.random(n))
        return points + rng.normal(scale=self.width, size=points.shape), modes

    def log_prob(self, points: Array) -> Array:
        return np.asarray(logsumexp(self._log_joint(points), axis=1))

    def posterior(self, points: Array) -> Array:
        return np.asarray(softmax(self._log_joint(points), axis=1))

    def _log_joint(self, points: Array) -> Array:
        n_curves, _, d = self.curves.shape
        normaliser = d / 2 * np.log(2 * np.pi * self.width**2) + np.log(n_curves)
        columns = []
        for curve in self.curves:
            squared = cdist(points, curve, "sqeuclidean")
            columns.append(logsumexp(-squared / (2 * self.width**2), b=self.weights, axis=1))
        return np.asarray(np.stack(columns, axis=1) - normaliser)


class Walk(Protocol):
    """Where one is on a curve after a share of its length."""

    def __call__(self, curve: Labels, share: Array) -> Array:
        """Return the points (n, d) on curves `curve` (n,) at shares (n,) from 0 to 1."""
        ...

"""Distributions whose density, modes and samples are all exact."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import scipy

from genbench.ground.arrays import Array, Labels


class Density(Protocol):
    """A known distribution over points of d coordinates."""

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, d) and what each came from (n,): its mode; 0, where there are none."""
        ...

    def log_prob(self, points: Array) -> Array:
        """Log-density of each point (n,), in nats, per unit of volume."""
        ...


@runtime_checkable
class HasModes(Protocol):
    """A distribution made of modes, which are the classes of its points."""

    def posterior(self, points: Array) -> Array:
        """Probability of each mode given the point (n, n_modes)."""
        ...


@runtime_checkable
class SequenceLaw(Protocol):
    """A distribution over sequences of symbols that tells what comes next."""

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, n_symbols), in nats, after prefixes (n, t)."""
        ...


class OfModes(ABC):
    """A density that is a sum over modes."""

    @abstractmethod
    def log_joint(self, points: Array) -> Array:
        """Log-density of each point and mode together (n, n_modes), in nats."""

    def log_prob(self, points: Array) -> Array:
        """Log-density of each point (n,), in nats, per unit of volume."""
        return np.asarray(scipy.special.logsumexp(self.log_joint(points), axis=1))

    def posterior(self, points: Array) -> Array:
        """Probability of each mode given the point (n, n_modes)."""
        return np.asarray(scipy.special.softmax(self.log_joint(points), axis=1))


@dataclass(frozen=True, eq=False)
class GaussianMixture(OfModes):
    """Equally likely round Gaussians of one width."""

    centres: Array  # (n_modes, d)
    width: float

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        modes = rng.integers(len(self.centres), size=n)
        noise = rng.normal(scale=self.width, size=(n, self.centres.shape[1]))
        return self.centres[modes] + noise, modes

    def log_joint(self, points: Array) -> Array:
        from scipy.spatial.distance import cdist

        n_modes, d = self.centres.shape
        squared = cdist(points, self.centres, "sqeuclidean")
        normaliser = d / 2 * np.log(2 * np.pi * self.width**2) + np.log(n_modes)
        return np.asarray(-squared / (2 * self.width**2) - normaliser)


@dataclass(frozen=True, eq=False)
class NoisyCurves(OfModes):
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

    def log_joint(self, points: Array) -> Array:
        from scipy.spatial.distance import cdist

        n_curves, _, d = self.curves.shape
        normaliser = d / 2 * np.log(2 * np.pi * self.width**2) + np.log(n_curves)
        columns = []
        for curve in self.curves:
            squared = cdist(points, curve, "sqeuclidean")
            columns.append(
                scipy.special.logsumexp(-squared / (2 * self.width**2), b=self.weights, axis=1)
            )
        return np.asarray(np.stack(columns, axis=1) - normaliser)


class Walk(Protocol):
    """Where one is on a curve after a share of its length."""

    def __call__(self, curve: Labels, share: Array) -> Array:
        """Return the points (n, d) on curves `curve` (n,) at shares (n,) from 0 to 1."""
        ...


@dataclass(frozen=True, eq=False)
class Checkerboard:
    """Even over the dark squares of a board in the plane about the origin; nothing elsewhere."""

    n: int  # squares along each edge
    side: float  # of a square

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        modes = rng.integers(len(self._corners), size=n)
        return np.asarray(self._corners[modes] + self.side * rng.random((n, 2))), modes

    def log_prob(self, points: Array) -> Array:
        area = len(self._corners) * self.side**2
        inside = self._outside(points).min(axis=1) == 0
        return np.asarray(np.where(inside, -np.log(area), -np.inf))

    def posterior(self, points: Array) -> Array:
        """Probability of each square: of the nearest, for points on none."""
        nearest = self._outside(points).argmin(axis=1)
        return np.asarray(np.eye(len(self._corners))[nearest])

    @property
    def _corners(self) -> Array:
        """Lower left corners of the dark squares (n_modes, 2); the lowest left one is dark."""
        squares = np.indices((self.n, self.n)).reshape(2, -1).T
        return np.asarray((squares[squares.sum(axis=1) % 2 == 0] - self.n / 2) * self.side)

    def _outside(self, points: Array) -> Array:
        """Return how far points are from each dark square (n, n_modes)."""
        from_corner = points[:, None] - self._corners
        beyond = np.clip(np.maximum(-from_corner, from_corner - self.side), 0, None)
        return np.asarray(np.linalg.norm(beyond, axis=2))


@dataclass(frozen=True, eq=False)
class Pinwheel(OfModes):
    """Equally likely Gaussians round the origin, their long sides to it, bent by a rotation.

    Each point is turned by an angle in proportion to its distance from the origin. Such a map is
    undone by turning back, since distances stay, and areas stay, too: in polar coordinates it
    shifts the angle only. So a point's density is what it was before.
    """

    arms: int
    radius: float  # of the Gaussians' centres
    widths: tuple[float, float]  # along the ray from the origin, and across it
    twist: float  # radians per unit of distance

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        modes = rng.integers(self.arms, size=n)
        straight = rng.normal((self.radius, 0), self.widths, size=(n, 2))
        return _turned(straight, self._angle(straight, modes)), modes

    def _angle(self, points: Array, arm: Labels | int) -> Array:
        away = np.hypot(points[:, 0], points[:, 1])
        return np.asarray(2 * np.pi * arm / self.arms + self.twist * away)

    def log_joint(self, points: Array) -> Array:
        columns = []
        for arm in range(self.arms):
            straight = _turned(points, -self._angle(points, arm))
            standard = (straight - (self.radius, 0)) / self.widths
            columns.append(-(standard**2).sum(axis=1) / 2)
        normaliser = np.log(2 * np.pi * np.prod(self.widths) * self.arms)
        return np.asarray(np.stack(columns, axis=1) - normaliser)


def _turned(points: Array, angle: Array) -> Array:
    """Turn points in the plane about the origin, each by its own angle."""
    x, y = points.T
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([cos * x - sin * y, sin * x + cos * y], axis=1)

"""Models of known distance from a law: a knob is turned, and densities stay exact."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from genbench.datasets.class_flow import ClassFlow
from genbench.datasets.context_free import ContextFree
from genbench.datasets.densities import Density, GaussianMixture, OfModes
from genbench.datasets.markov import PairChain
from genbench.ground.arrays import Array, Labels
from genbench.sanity.truth.features import LowRankMixture


@dataclass(frozen=True, eq=False)
class Blend:
    """A share of one law, and the rest of another; densities of both are of one kind."""

    law: Density
    other: Density
    share: float  # of the other

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, ...) and which law each came from: 0, or 1 for the other (n,)."""
        from_other = rng.random(n) < self.share
        one, other = self.law.sample(n, rng=rng)[0], self.other.sample(n, rng=rng)[0]
        return np.where(from_other[:, None], other, one), from_other.astype(np.int64)

    def log_prob(self, points: Array) -> Array:
        """Log-density of each point (n,), in nats."""
        with np.errstate(divide="ignore"):
            shares = np.log1p(-self.share), np.log(self.share)
        return np.asarray(
            np.logaddexp(
                shares[0] + self.law.log_prob(points), shares[1] + self.other.log_prob(points)
            )
        )


@dataclass(frozen=True, eq=False)
class Copies:
    """A law, and a share of copies of training samples: those have no density."""

    law: Density
    train: Array  # (n_train, ...)
    share: float  # of copies

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, ...) and whether each is a copy (n,)."""
        copied = rng.random(n) < self.share
        drawn, _ = self.law.sample(n, rng=rng)
        drawn[copied] = self.train[rng.integers(len(self.train), size=copied.sum())]
        return drawn, copied.astype(np.int64)


@dataclass(frozen=True, eq=False)
class Gaussian:
    """One Gaussian."""

    mean: Array  # (d,)
    covariance: Array  # (d, d)

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        root = np.linalg.cholesky(self.covariance)
        return self.mean + rng.normal(size=(n, len(root))) @ root.T, np.zeros(n, dtype=np.int64)

    def log_prob(self, points: Array) -> Array:
        """Log-density of each point (n,), in nats."""
        root = np.linalg.cholesky(self.covariance)
        white = np.linalg.solve(root, (points - self.mean).T)
        volume = np.log(np.diag(root)).sum() + len(root) / 2 * np.log(2 * np.pi)
        return np.asarray(-(white**2).sum(axis=0) / 2 - volume)


@dataclass(frozen=True, eq=False)
class SomeClasses(OfModes):
    """A law of equally likely classes, of which some are never drawn."""

    law: OfModes  # with `sample`, whose classes count from 0
    kept: Labels  # (n_kept,) classes

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, d) and their classes (n,), again and again until there are enough."""
        found: list[tuple[Array, Labels]] = []
        while sum(len(labels) for _, labels in found) < n:
            points, labels = self.law.sample(n, rng=rng)  # type: ignore[attr-defined]
            kept = np.isin(labels, self.kept)
            found.append((points[kept], labels[kept]))
        points, labels = (np.concatenate(part) for part in zip(*found, strict=True))
        return points[:n], labels[:n]

    def log_joint(self, points: Array) -> Array:
        joint = self.law.log_joint(points)
        joint = joint + np.log(joint.shape[1] / len(self.kept))
        left_out = np.setdiff1d(np.arange(joint.shape[1]), self.kept)
        joint[:, left_out] = -np.inf
        return np.asarray(joint)


def hotter(law: Density, heat: float) -> Density:
    """Return the law with a temperature: its noise so many times as wide, or its choices flatter.

    Raises:
        TypeError: a law of a kind that has none.
    """
    match law:
        case ClassFlow():
            return replace(law, covariance=law.covariance * heat**2)
        case LowRankMixture():
            return replace(law, factors=law.factors * heat, widths=law.widths * heat)
        case GaussianMixture():
            return replace(law, width=law.width * heat)
        case Gaussian():
            return replace(law, covariance=law.covariance * heat**2)
        case PairChain():
            return replace(law, transitions=_flatter(law.transitions, heat))
        case ContextFree():
            both = np.concatenate([law.rules.reshape(len(law.rules), -1), law.words], axis=1)
            flat = _flatter(both, heat)
            cut = law.rules[0].size
            return replace(law, rules=flat[:, :cut].reshape(law.rules.shape), words=flat[:, cut:])
    raise TypeError(f"{type(law).__name__} has no temperature.")


def _flatter(shares: Array, heat: float) -> Array:
    powered = np.where(shares > 0, np.maximum(shares, 1e-300) ** (1 / heat), 0.0)
    return np.asarray(powered / powered.sum(axis=-1, keepdims=True))


def noise_about(law: Density, *, rng: np.random.Generator, n: int = 20_000) -> Gaussian:
    """Return one wide Gaussian about a law of points: twice as wide as it is."""
    points, _ = law.sample(n, rng=rng)
    return Gaussian(points.mean(axis=0), 4 * np.cov(points.T) + 1e-9 * np.eye(points.shape[1]))


def fitted_gaussian(law: Density, *, rng: np.random.Generator, n: int = 100_000) -> Gaussian:
    """Return the Gaussian with the mean and covariance of a law of points: its coarsest fit."""
    points, _ = law.sample(n, rng=rng)
    return Gaussian(points.mean(axis=0), np.cov(points.T))


@dataclass(frozen=True, eq=False)
class SymbolByItself:
    """Rows whose every place is drawn by itself, as often as a law has each symbol there."""

    shares: Array  # (length, k)

    @classmethod
    def fitted(
        cls, law: Density, k: int, *, rng: np.random.Generator, n: int = 20_000
    ) -> "SymbolByItself":
        """Fit to rows of a law of k symbols; one more of each is counted, so that none is lost."""
        rows, _ = law.sample(n, rng=rng)
        return cls(
            np.stack([(rows == each).sum(axis=0) + 1 for each in range(k)], axis=1) / (n + k)
        )

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        below = self.shares.cumsum(axis=1)[None, :, :-1]
        rows = (rng.random((n, len(self.shares), 1)) > below).sum(axis=2)
        return rows.astype(float), np.zeros(n, dtype=np.int64)

    def log_prob(self, points: Array) -> Array:
        """Log-probability of each row (n,), in nats."""
        rows = points.astype(np.int64)
        return np.asarray(np.log(self.shares)[np.arange(rows.shape[1]), rows].sum(axis=1))


Maker = Callable[[np.random.Generator], Density]

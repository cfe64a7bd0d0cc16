"""Means and covariances, the latter as thin factors: no covariance matrix, no matrix root."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.arrays import Array
from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least


@dataclass(frozen=True, eq=False)
class Gaussian:
    """First two moments of n points; the covariance (ddof 1) is `factor.T @ factor`."""

    n: int
    mean: Array  # (d,)
    factor: Array  # (min(n, d), d)

    @classmethod
    def of(cls, points: Array) -> "Gaussian":
        """Measure points (n, d)."""
        n, d = points.shape
        mean = points.mean(axis=0)
        centred = (points - mean) / np.sqrt(n - 1)
        # R of a QR decomposition keeps the digits that forming X'X would square away.
        factor = centred if n <= d else np.linalg.qr(centred, mode="r")
        return cls(n, mean, np.asarray(factor))

    @classmethod
    def from_covariance(cls, n: int, mean: Array, covariance: Array) -> "Gaussian":
        """Take moments that were measured elsewhere: a mean (d,) and a covariance (d, d)."""
        variances, axes = np.linalg.eigh(covariance)
        kept = variances > variances.max(initial=0) * len(mean) * np.finfo(float).eps
        return cls(n, mean, np.sqrt(variances[kept])[:, None] * axes.T[kept])

    @property
    def total_variance(self) -> float:
        """Trace of the covariance."""
        return float((self.factor**2).sum())

    def variances(self) -> Array:
        """Eigenvalues of the covariance that can differ from zero, (min(n, d),)."""
        return np.asarray(np.linalg.svd(self.factor, compute_uv=False) ** 2)


@dataclass(frozen=True, eq=False)
class Moments(Evidence):
    """Moments of test and generated points."""

    inputs: ClassVar = ("test", "generated")

    test: Gaussian
    generated: Gaussian

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Measure either set."""
        generated = comparison.generated_moments
        if generated is None:
            generated = Gaussian.of(at_least(2, comparison.generated_set, "generated"))
        return cls(comparison.reference.get(test_moments), generated)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which covariances have no full rank."""
        d = len(self.test.mean)
        return tuple(
            f"{found.n} {name} points have no full covariance in {d} dimensions"
            for name, found in (("test", self.test), ("generated", self.generated))
            if found.n <= d
        )


def test_moments(reference: Reference) -> Gaussian:
    """Measure the test set, unless its moments are given."""
    known: Gaussian | None = reference.test_moments
    if known is not None:
        return known
    return Gaussian.of(at_least(2, reference.test_set, "test"))

"""Means and covariances, the latter as thin factors: no covariance matrix, no matrix root."""

from dataclasses import dataclass

import numpy as np

from genbench.arrays import Array


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

    @property
    def total_variance(self) -> float:
        """Trace of the covariance."""
        return float((self.factor**2).sum())

    def variances(self) -> Array:
        """Eigenvalues of the covariance that can differ from zero, (min(n, d),)."""
        return np.asarray(np.linalg.svd(self.factor, compute_uv=False) ** 2)


@dataclass(frozen=True, eq=False)
class Moments:
    """Moments of test and generated points."""

    test: Gaussian
    generated: Gaussian

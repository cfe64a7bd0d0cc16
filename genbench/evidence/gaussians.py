"""Means and covariances, the latter as thin factors: no covariance matrix, no matrix root."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from genbench.distances import row_slices
from genbench.evidence.comparison import given
from genbench.evidence.inverse_sums import InverseSums
from genbench.evidence.roots import MANY, NONE, SAFE, Root
from genbench.evidence.scatter import Scatter, scatter_of
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for

MOST_SHOWN = 2000  # points that a standard error is estimated from: its own is 2 % of it ...
MOST_FOLLOWED = 500  # ... or 3 %, where to follow more would take longer than the distance
WIDE = 1000  # dimensions
FEW_OPERATIONS = 1e9  # of a covariance: in double precision they take no time either
SAFE_IN_SINGLE = 1e-4  # of the largest pivot: single precision keeps smaller ones badly
PRECISE = 1e-6  # of a squared distance
PROBES = 8  # vectors


@dataclass(frozen=True, eq=False)
class Gaussian:
    """First two moments of n points; the covariance (ddof 1) is `factor.T @ factor`."""

    n: int
    mean: Array  # (d,)
    factor: Array  # (min(n, d), d)
    some: Array | None = None  # (n_some, d) points that show how fluctuations are spread
    rows: Labels | None = None  # (n_some,) of the factor, that are those points, if it has any
    off: float = 0.0  # Wasserstein-2 distance to the Gaussian of the exact moments, at most

    @classmethod
    def of(cls, points: Array) -> "Gaussian":
        """Measure points (n, d)."""
        n, d = points.shape
        mean = points.mean(axis=0)
        rows = _shown(n)
        some = _some(points, rows)
        if n <= d:
            factor = points - mean
            factor /= np.sqrt(n - 1)
            return cls(n, mean, factor, some, rows)
        return cls(n, mean, _triangular(points, mean), some)

    @classmethod
    def fast(cls, points: Array) -> "Gaussian":
        """Measure points (n, d) in single precision, where that saves time, and say how well."""
        n, d = points.shape
        if n <= d or n * d**2 < FEW_OPERATIONS:
            return cls.of(points)
        found = scatter_of(points)
        factor = _cholesky(found.scaled, SAFE_IN_SINGLE) if np.isfinite(found.off) else None
        if factor is None:
            return cls.of(points)
        off = _distance_off(found, factor)
        return cls(n, found.mean, factor * found.scales, _some(points, _shown(n)), off=off)

    @classmethod
    def from_covariance(cls, n: int, mean: Array, covariance: Array) -> "Gaussian":
        """Take moments that were measured elsewhere: a mean (d,) and a covariance (d, d)."""
        variances, axes = np.linalg.eigh(covariance)
        kept = variances > variances.max(initial=0) * len(mean) * np.finfo(float).eps
        kept[-1] = True  # of points that are all the same, too: a factor has a row at least
        roots = np.sqrt(np.maximum(variances[kept], 0))
        return cls(n, mean, roots[:, None] * axes.T[kept])

    @property
    def followed(self) -> Array | None:
        """Points of which it is known how they move a distance, (n_followed, d)."""
        if self.some is None or self.some.shape[1] <= WIDE:
            return self.some
        return self.some[:MOST_FOLLOWED]

    @cached_property
    def total_variance(self) -> float:
        """Trace of the covariance."""
        entries = self.factor.ravel(order="K")  # in whichever order they lie: none is moved
        return float(entries @ entries)

    @cached_property
    def variances(self) -> Array:
        """Eigenvalues of the covariance that can differ from zero, (min(n, d),).

        Of many only sums are asked for, to three digits: single precision knows them to six.
        """
        if len(self.factor) <= MANY or not self.total_variance:
            return np.asarray(np.maximum(np.linalg.eigvalsh(self.factor @ self.factor.T), 0))
        total = self.total_variance
        scaled = (self.factor / np.sqrt(total)).astype(np.float32)
        found = scipy.linalg.eigvalsh(scaled @ scaled.T, check_finite=False, driver="evd").astype(
            float
        )
        found[found < found.max() * np.sqrt(len(found)) * np.finfo(np.float32).eps] = 0
        return np.asarray(total * found)

    @cached_property
    def shares(self) -> Array:
        """Shares in the total variance of the variances that differ from zero, (r,)."""
        kept = self.variances[self.variances > self.variances.max(initial=0) * NONE]
        return np.asarray(kept / kept.sum())

    @cached_property
    def inverse_sums(self) -> InverseSums:
        """Sums of powers of 1 / (s_i + s_j) over those shares."""
        return InverseSums(self.shares)


def _shown(n: int) -> Labels:
    """Return the rows of the points that show how fluctuations are spread."""
    if n <= MOST_SHOWN:
        return np.arange(n)
    return rng_for(0, "shown").choice(n, size=MOST_SHOWN, replace=False)


def _some(points: Array, rows: Labels) -> Array:
    """Return those rows of points; all of them are not held twice."""
    return points if len(rows) == len(points) else points[rows]


def _triangular(points: Array, mean: Array) -> Array:
    """Return R with R'R = S, by Cholesky where products of points keep the digits, else by QR."""
    n, d = points.shape
    covariance = np.zeros((d, d))
    for rows in row_slices(points):
        centred = points[rows] - mean
        covariance += centred.T @ centred
    factor = _cholesky(covariance / (n - 1), SAFE)
    if factor is not None:
        return factor
    return np.asarray(np.linalg.qr((points - mean) / np.sqrt(n - 1), mode="r"))


def _cholesky(covariance: Array, safe: float) -> Array | None:
    """Return the upper factor, unless a pivot is less than that share of the largest."""
    with suppress(np.linalg.LinAlgError):
        factor = scipy.linalg.cholesky(covariance, check_finite=False)
        pivots = np.diag(factor) ** 2
        if pivots.min() > safe * pivots.max():
            return np.asarray(factor)
    return None


def _distance_off(found: Scatter, factor: Array) -> float:
    """Return how far the Gaussian may be from that of the exact covariance.

    With S + E in place of S, that is sum_ij E_ij^2 / (2 (s_i + s_j)) in the axes of S, squared: at
    most tr(E S^-1 E) / 4. Errors are as large in all entries of the scaled covariance C, so that
    this is off^2 / d^2 times the squared scales' sum times tr C^-1, which is estimated by solving
    for random vectors; what is measured at random is taken twice.
    """
    d = len(factor)
    probes = rng_for(0, "distance_off").choice([-1.0, 1.0], size=(d, PROBES))
    inverse = (scipy.linalg.solve_triangular(factor, probes, trans=1) ** 2).sum() / PROBES
    return float(found.off / d * np.sqrt((found.scales**2).sum() * inverse))


def squared_distance(one: Gaussian, other: Gaussian) -> float:
    """Return the squared Wasserstein-2 distance between two Gaussians.

    |mu1 - mu2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2), where the last trace is the sum of the
    singular values of F1 F2' for any factors S = F'F: no matrix root, no complex numbers, exact
    for fewer points than dimensions.
    """
    return Between(one, other).squared_distance


def rough_squared_distance(one: Gaussian, other: Gaussian) -> float:
    """Return the squared distance to about three digits, of many rows in single precision."""
    if min(len(one.factor), len(other.factor)) <= MANY:
        return squared_distance(one, other)
    scale = np.sqrt(max(one.total_variance, other.total_variance)) or 1.0
    left, right = ((part.factor / scale).astype(np.float32) for part in (one, other))
    table = left @ right.T
    squares = scipy.linalg.eigvalsh(table @ table.T, check_finite=False, driver="evd")
    overlap = scale**2 * np.sqrt(np.maximum(squares, 0)).sum(dtype=float)
    return float(_spread(one, other) - 2 * overlap)


def _spread(one: Gaussian, other: Gaussian) -> float:
    """Return the squared distance of Gaussians that have nothing in common but their means."""
    shift = ((one.mean - other.mean) ** 2).sum()
    return float(shift + one.total_variance + other.total_variance)


class Between:
    """What two Gaussians have in common: the root of their covariances' product, taken once."""

    def __init__(self, one: Gaussian, other: Gaussian) -> None:
        self.one, self.other = one, other
        self.root = Root(one.factor @ other.factor.T)

    @cached_property
    def squared_distance(self) -> float:
        """Of Wasserstein, of order two; rounding can leave -1e-15."""
        spread = _spread(self.one, self.other)
        # Half of what it may be off by goes to the root; the trace counts twice.
        rough = spread - 2 * np.sqrt(np.maximum(self.root.squares, 0)).sum()
        return float(spread - 2 * self.root.trace(max(rough, 0) * PRECISE / 4))

    @cached_property
    def influences(self) -> tuple[Array, Array]:
        """How the squared distance would move with more weight on each of either's `followed`.

        For a point x of the first Gaussian, with the map T that takes it to the other:
        2 (mu1 - mu2).(x - mu1) + (x - mu1)'(I - T)(x - mu1), here without its constant. With
        M = F1 F2' and x = F1'z, x'T x is z'(M M')^(1/2) z; for a point y of the other one,
        and the way back, it is u'(M M')^(-1/2) u with u = F1 y: no covariance matrix is inverted.

        Raises:
            Unavailable: the moments are known without points.
        """
        one, other = self.one, self.other
        points, others = (
            given(part.followed, "points behind the moments") - part.mean for part in (one, other)
        )
        shift = one.mean - other.mean
        of_one = self.root.lengths(_weights(one, points))
        of_other = self.root.lengths_under_inverse(others @ one.factor.T)
        return (
            2 * points @ shift + (points**2).sum(axis=1) - of_one,
            -2 * others @ shift + (others**2).sum(axis=1) - of_other,
        )


def _weights(gaussian: Gaussian, some: Array) -> Array:
    """Return weights (n_some, n_rows) that make points of the factor's rows."""
    factor = gaussian.factor
    if gaussian.rows is not None:
        weights = np.zeros((len(some), len(factor)))
        weights[np.arange(len(some)), gaussian.rows[: len(some)]] = np.sqrt(gaussian.n - 1)
        return weights
    scales = np.abs(np.diag(factor))
    triangular = factor.shape[0] == factor.shape[1] and not scipy.linalg.bandwidth(factor)[0]
    if triangular and scales.min() ** 2 > SAFE * scales.max() ** 2:
        return np.asarray(scipy.linalg.solve_triangular(factor, some.T, trans=1).T)
    return np.asarray(np.linalg.lstsq(factor.T, some.T, rcond=1e-10)[0].T)

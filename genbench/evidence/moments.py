"""Means and covariances, the latter as thin factors: no covariance matrix, no matrix root."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from scipy.linalg import solve_triangular

from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least, given
from genbench.evidence.subsets import some_of
from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.ground.rounding import ROUNDING, is_lost

BLOCK_ENTRIES = 1_000_000  # of the points: 8 MB, which stay in the cache
MOST_SHOWN = 2000  # points that a standard error is estimated from: its own is 2 % of it
ENOUGH = 10  # samples a dimension: what chance makes of covariances is then known to a percent
SAFE = 1e-8  # of the largest eigenvalue: a product of a matrix with itself keeps smaller ones badly


@dataclass(frozen=True, eq=False)
class Gaussian:
    """First two moments of n points; the covariance (ddof 1) is `factor.T @ factor`."""

    n: int
    mean: Array  # (d,)
    factor: Array  # (min(n, d), d)
    some: Array | None = None  # (n_some, d) points that show how fluctuations are spread

    @classmethod
    def of(cls, points: Array) -> "Gaussian":
        """Measure points (n, d)."""
        n, d = points.shape
        mean = points.mean(axis=0)
        factor = (points - mean) / np.sqrt(n - 1) if n <= d else _triangular(points, mean)
        some = some_of(points, MOST_SHOWN, rng=rng_for(0, "shown"))
        return cls(n, mean, factor, some)

    @classmethod
    def from_covariance(cls, n: int, mean: Array, covariance: Array) -> "Gaussian":
        """Take moments that were measured elsewhere: a mean (d,) and a covariance (d, d)."""
        variances, axes = np.linalg.eigh(covariance)
        kept = variances > variances.max(initial=0) * len(mean) * np.finfo(float).eps
        kept[-1] = True  # of points that are all the same, too: a factor has a row at least
        roots = np.sqrt(np.maximum(variances[kept], 0))
        return cls(n, mean, roots[:, None] * axes.T[kept])

    @property
    def total_variance(self) -> float:
        """Trace of the covariance."""
        return float((self.factor**2).sum())

    @cached_property
    def variances(self) -> Array:
        """Eigenvalues of the covariance that can differ from zero, (min(n, d),)."""
        return np.asarray(np.maximum(np.linalg.eigvalsh(self.factor @ self.factor.T), 0))


def _triangular(points: Array, mean: Array) -> Array:
    """Return R with R'R = S, by Cholesky where products of points keep the digits, else by QR."""
    n, d = points.shape
    covariance = np.zeros((d, d))
    rows_per_block = max(1, BLOCK_ENTRIES // d)
    for start in range(0, n, rows_per_block):
        centred = points[start : start + rows_per_block] - mean
        covariance += centred.T @ centred
    covariance /= n - 1
    with suppress(np.linalg.LinAlgError):
        factor = np.linalg.cholesky(covariance).T
        scales = np.diag(factor) ** 2
        if scales.min() > SAFE * scales.max():
            return np.asarray(factor)
    return np.asarray(np.linalg.qr((points - mean) / np.sqrt(n - 1), mode="r"))


def singular_values(table: Array) -> Array:
    """Return them from the eigenvalues of table table', at half the price, where those are safe."""
    squares = np.linalg.eigvalsh(table @ table.T)
    if len(table) <= table.shape[1] and squares.min() > SAFE * squares.max():
        return np.asarray(np.sqrt(squares))
    return np.asarray(np.linalg.svd(table, compute_uv=False))


def squared_distance(one: Gaussian, other: Gaussian) -> float:
    """Return the squared Wasserstein-2 distance between two Gaussians.

    |mu1 - mu2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2), where the last trace is the sum of the
    singular values of F1 F2' for any factors S = F'F: no matrix root, no complex numbers, exact
    for fewer points than dimensions.
    """
    shift = ((one.mean - other.mean) ** 2).sum()
    overlap = singular_values(one.factor @ other.factor.T).sum()
    return float(shift + one.total_variance + other.total_variance - 2 * overlap)


def influences(one: Gaussian, other: Gaussian) -> tuple[Array, Array]:
    """Return how the squared distance would move with more weight on each of either's `some`.

    For a point x of the first Gaussian, with the map T that takes it to the other:
    2 (mu1 - mu2).(x - mu1) + (x - mu1)'(I - T)(x - mu1), here without its constant. T = F1^+ O F2,
    where the rotation O is the polar factor of F1 F2': no covariance matrix is inverted.

    Raises:
        Unavailable: the moments are known without points.
    """
    mixed = one.factor @ other.factor.T
    values, vectors = np.linalg.eigh(mixed @ mixed.T)
    kept = values > values.max(initial=0) * 1e-12
    vectors = vectors[:, kept]
    rotation = (vectors / np.sqrt(values[kept])) @ (vectors.T @ mixed)
    shift = one.mean - other.mean
    return (
        _influence(one, shift, rotation @ other.factor),
        _influence(other, -shift, rotation.T @ one.factor),
    )


def _influence(one: Gaussian, shift: Array, moved: Array) -> Array:
    """Return the influence of the points; `moved` is what the map makes of the factor's rows."""
    some = given(one.some, "points behind the moments") - one.mean
    if len(one.factor) == one.n == len(some):
        carried = moved * np.sqrt(one.n - 1)  # the factor's rows are the points
    else:
        carried = _in_terms_of(one.factor, some) @ moved
    return np.asarray(2 * some @ shift + (some * (some - carried)).sum(axis=1))


def _in_terms_of(factor: Array, some: Array) -> Array:
    """Return weights (n_some, n_rows) that make points of the factor's rows."""
    scales = np.abs(np.diag(factor))
    triangular = factor.shape[0] == factor.shape[1] and not np.tril(factor, -1).any()
    if triangular and scales.min() ** 2 > SAFE * scales.max() ** 2:
        return np.asarray(solve_triangular(factor, some.T, trans=1).T)
    return np.asarray(np.linalg.lstsq(factor.T, some.T, rcond=1e-10)[0].T)


@dataclass(frozen=True, eq=False)
class Moments(Evidence):
    """Moments of test and generated points, and points to see by what chance makes of them."""

    inputs: ClassVar = ("test", "generated")

    test: Gaussian
    generated: Gaussian
    pool: tuple[Array, Array] | None = None  # test points, and train or generated ones
    pool_is_real: bool = False

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Measure either set."""
        reference, known = comparison.reference, comparison.generated_moments
        generated = _generated_moments(comparison) if known is None else known
        test = reference.get(test_moments)
        if known is not None or reference.test_moments is not None:
            return cls(test, generated)
        if reference.has_train and len(reference.train_set) >= generated.n:
            return cls(test, generated, (reference.test_set, reference.train_set), True)
        return cls(test, generated, (reference.test_set, comparison.generated_set))

    @property
    def few(self) -> bool:
        """Whether a set is too small for how covariances fluctuate to be written down."""
        return min(self.test.n, self.generated.n) < ENOUGH * len(self.test.mean)

    @cached_property
    def squared_distance(self) -> float:
        """Of Frechet, between Gaussians of these moments."""
        return max(squared_distance(self.test, self.generated), 0.0)  # rounding can leave -1e-15

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which covariances have no full rank, and where a distance may be all rounding."""
        d = len(self.test.mean)
        lacking = tuple(
            f"{found.n} {name} points have no full covariance in {d} dimensions"
            for name, found in (("test", self.test), ("generated", self.generated))
            if found.n <= d
        )
        if self.few and self.pool is None:
            lacking += ("of moments alone, the ideal is a lower bound where samples are so few",)
        rounding = ROUNDING * (self.test.total_variance + self.generated.total_variance)
        if not is_lost(self.squared_distance, rounding):
            return lacking
        lost = f"the distance is lost in rounding beside the variances, give or take {rounding:.1g}"
        return (*lacking, lost)


def _generated_moments(comparison: Comparison) -> Gaussian:
    return Gaussian.of(at_least(2, comparison.generated_set, "generated"))


def test_moments(reference: Reference) -> Gaussian:
    """Measure the test set, unless its moments are given."""
    known: Gaussian | None = reference.test_moments
    if known is not None:
        return known
    return Gaussian.of(at_least(2, reference.test_set, "test"))

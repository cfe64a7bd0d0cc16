"""Eigenvalues of kernel matrices: how many kinds of points a set holds."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.arrays import Array
from genbench.distances import BLOCK_ENTRIES, squared_distance_blocks
from genbench.errors import Unavailable
from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.kernel_means import kernel_width
from genbench.evidence.subsets import some_of
from genbench.evidence.unit_kernel import unit
from genbench.randomness import rng_for

MOST_POINTS = 1500  # of each set, where a kernel matrix has to be taken apart
RIDGE = 1e-3  # of the test set's kernel, so that what it never saw costs much and not everything


@dataclass(frozen=True, eq=False)
class CosineSpectrum(Evidence):
    """Shares (eigenvalues that sum to one) of the directions that generated points lie in."""

    inputs: ClassVar = ("generated",)

    shares: Array

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take the smaller of the two matrices that have the same eigenvalues.

        Raises:
            Unavailable: a point at the origin has no direction.
        """
        points = unit(comparison.generated_set, "generated")
        if len(points) > points.shape[1]:
            table = sum(
                block.T @ block
                for block in np.array_split(points, -(-points.size // BLOCK_ENTRIES))
            )
        else:
            table = points @ points.T
        shares = np.linalg.eigvalsh(np.asarray(table) / len(points))
        return cls(np.maximum(shares, 0))


@dataclass(frozen=True, eq=False)
class CollisionModes(Evidence):
    """How alike two generated points are on average, as the test set's spread judges it."""

    inputs: ClassVar = ("test", "generated")

    mean_square: float  # of the kernel, over all pairs, those of a point with itself included
    n: int
    width: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Go over all pairs of generated points under a Gaussian kernel.

        Raises:
            Unavailable: test points have no median distance.
        """
        width = _width(comparison.reference)
        points = comparison.generated_set
        total = sum(
            float(np.exp(block / -(width**2)).sum())
            for _, block in squared_distance_blocks(points, points)
        )
        return cls(total / len(points) ** 2, len(points), width)

    @property
    def parameters(self) -> dict[str, float]:
        """The width of the kernel; the number of points limits how many modes can be counted."""
        return {"width": self.width, "n": self.n}


@dataclass(frozen=True, eq=False)
class KernelOperators(Evidence):
    """Overlap of the two sets' covariance operators under a Gaussian kernel."""

    inputs: ClassVar = ("test", "generated")

    overlap: Array  # singular values of (test x generated kernel) / sqrt(n m)
    code_length: float  # -tr(test operator x log(generated operator + ridge)), in nats
    entropy: float  # of the test operator, -tr(S log S)
    width: float
    n: int
    m: int

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take a kernel matrix between, and one within the generated set, apart.

        Raises:
            Unavailable: test points have no median distance.
        """
        reference = comparison.reference
        width = _width(reference)
        test, entropy = reference.get(_test_side)
        rng = comparison.rng("kernel_operators")
        generated = some_of(comparison.generated_set, MOST_POINTS, rng=rng)
        between = gaussian(test, generated, width)
        overlap = np.linalg.svd(between / np.sqrt(between.size), compute_uv=False)
        length = _code_length(between, gaussian(generated, generated, width))
        return cls(overlap, length, entropy, width, *between.shape)

    @property
    def parameters(self) -> dict[str, float]:
        """The kernel's width, the ridge, and how many points were used."""
        return {"width": self.width, "ridge": RIDGE, "n_test": self.n, "n_generated": self.m}


def gaussian(points: Array, others: Array, width: float) -> Array:
    """Return the Gaussian kernel's whole matrix: for capped sets only."""
    table = np.empty((len(points), len(others)))
    for rows, squared in squared_distance_blocks(points, others):
        np.exp(squared * (-0.5 / width**2), out=table[rows])
    return table


def entropy_of(shares: Array) -> float:
    """Return the entropy of shares that sum to one, in nats."""
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum())


def _width(reference: Reference) -> float:
    width = reference.get(kernel_width)
    if not width > 0:
        raise Unavailable("all test points are one and the same")
    return width


def _test_side(reference: Reference) -> tuple[Array, float]:
    rng = rng_for(0, "kernel_operators")
    test = some_of(at_least(2, reference.test_set, "test"), MOST_POINTS, rng=rng)
    within = gaussian(test, test, _width(reference))
    return test, entropy_of(np.asarray(np.linalg.eigvalsh(within / len(test))))


def _code_length(between: Array, within: Array) -> float:
    """Return -tr(S_test log(S_generated + ridge)).

    An eigenvector v of the generated matrix with eigenvalue m s is the operator's with s; test
    points' squared shares in it are (between v)^2 / (m s). What they have outside of all of them
    meets the bare ridge. Exact where eigenvalues vanish: they are left to the ridge.
    """
    m = len(within)
    values, vectors = np.linalg.eigh(within)
    kept = values > values.max(initial=0) * 1e-12
    values, vectors = values[kept], vectors[:, kept]
    shares = ((between @ vectors) ** 2).mean(axis=0) / values
    outside = max(1 - float(shares.sum()), 0.0)
    return float(-(shares * np.log(values / m + RIDGE)).sum() - outside * np.log(RIDGE))

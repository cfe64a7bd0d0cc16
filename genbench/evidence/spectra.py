"""Eigenvalues of kernel matrices: how many kinds of points a set holds."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import scipy

from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.kernel_means import kernel_width, width_parts, within_generated
from genbench.evidence.roots import MANY
from genbench.evidence.unit_kernel import unit
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable

SAFE_IN_SINGLE = 1e-4  # of the largest eigenvalue: the entropy is then off by some 1e-6


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
        if min(points.shape) > MANY:
            shares = _shares(points.astype(np.float32))
            if shares.min() > SAFE_IN_SINGLE * shares.max():
                return cls(shares)
        return cls(_shares(points))


def _shares(points: Array) -> Array:
    """Return the eigenvalues of points' products, in the points' own precision, as shares."""
    table = points.T @ points if len(points) > points.shape[1] else points @ points.T
    found = scipy.linalg.eigvalsh(table, check_finite=False, driver="evd")
    shares = np.maximum(found.astype(float), 0)
    return np.asarray(shares / shares.sum())


@dataclass(frozen=True, eq=False)
class CollisionModes(Evidence):
    """How alike two generated points are on average, as the test set's spread judges it."""

    inputs: ClassVar = ("test", "generated")

    mean_square: float  # of the kernel, over all pairs, those of a point with itself included
    n: int
    width: float
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what the Gaussian kernel's discrepancy has found of all pairs of generated points.

        Raises:
            Unavailable: no two test points differ.
        """
        width = usable_width(comparison.reference)
        gaussian, _ = comparison.get(within_generated)
        n = len(gaussian.rows)
        parts = width_parts(comparison.reference.test_set)
        return cls((gaussian.square * (n - 1) + 1) / n, n, width, parts)

    @property
    def parameters(self) -> dict[str, float]:
        """The width of the kernel; the number of points limits how many modes can be counted."""
        return {"width": self.width, "n": self.n}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say how many samples decide the width, if not all."""
        return self.parts


def entropy_of(shares: Array) -> float:
    """Return the entropy of shares that sum to one, in nats."""
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum())


def usable_width(reference: Reference) -> float:
    """Return the kernel's width.

    Raises:
        Unavailable: no two test points differ.
    """
    width = reference.get(kernel_width)
    if not width > 0:
        raise Unavailable("all test points are one and the same")
    return width

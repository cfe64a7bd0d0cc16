"""Covariance operators of either set under a Gaussian kernel, and how they differ."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.distances import squared_distance_table
from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.kernel_means import width_parts
from genbench.evidence.spectra import usable_width
from genbench.evidence.subsets import part, some_of
from genbench.ground.arrays import Array
from genbench.ground.exponentials import exponentials
from genbench.ground.randomness import rng_for

MOST_POINTS = 1500  # of each set: their kernel matrices are taken apart
RIDGE = 1e-3  # added to what is generated, so that what never is costs much and not everything


@dataclass(frozen=True, eq=False)
class KernelOperators(Evidence):
    """Overlap of the two sets' covariance operators under a Gaussian kernel."""

    inputs: ClassVar = ("test", "generated")

    overlap: Array  # singular values of (test x generated kernel) / sqrt(n m)
    code_length: float  # -tr(test operator x log(generated operator + ridge)), in nats
    width: float
    n: int
    m: int
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take a kernel matrix between, and one within the generated set, apart.

        Raises:
            Unavailable: no two test points differ.
        """
        reference = comparison.reference
        width = usable_width(reference)
        test = reference.get(_some_test_points)
        rng = comparison.rng("kernel_operators")
        generated = some_of(comparison.generated_set, MOST_POINTS, rng=rng)
        between = gaussian(test, generated, width)
        overlap = np.linalg.svd(between / np.sqrt(between.size), compute_uv=False)
        length = _code_length(between, gaussian(generated, generated, width))
        parts = (
            *part(len(test), len(reference.test_set), "test"),
            *part(len(generated), len(comparison.generated_set), "generated"),
            *width_parts(reference.test_set),
        )
        return cls(overlap, length, width, len(test), len(generated), parts)

    @property
    def parameters(self) -> dict[str, float]:
        """The kernel's width, the ridge, and how many points were used."""
        return {"width": self.width, "ridge": RIDGE, "n_test": self.n, "n_generated": self.m}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which samples were not looked at."""
        return self.parts


def gaussian(points: Array, others: Array, width: float) -> Array:
    """Return the Gaussian kernel's whole matrix: for capped sets only."""
    table = squared_distance_table(points, others)
    table *= -0.5 / width**2
    return exponentials(table)


def _some_test_points(reference: Reference) -> Array:
    rng = rng_for(0, "kernel_operators")
    return some_of(at_least(2, reference.test_set, "test"), MOST_POINTS, rng=rng)


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

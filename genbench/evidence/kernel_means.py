"""Mean kernel values within and between two samples, all a maximum mean discrepancy needs."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from genbench.distances import squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.cubic_kernel import CubicDiscrepancy, by_moments
from genbench.evidence.pair_means import (
    Kernel,
    KernelMeans,
    PairMeans,
    all_one,
    means_between,
    means_within,
)
from genbench.evidence.subsets import part, some_of
from genbench.ground.arrays import Array
from genbench.ground.exponentials import exponentials
from genbench.ground.randomness import rng_for
from genbench.ground.rounding import ROUNDING

MEDIAN_POINTS = 1000  # enough for a median distance; every pair of them is looked at


@dataclass(frozen=True, eq=False)
class Kernels(Evidence):
    """Kernel means under the cubic polynomial of KID, a Gaussian of median width, and -|x - y|.

    Found when they are asked for: the polynomial alone, the others, of distances, together.
    """

    inputs: ClassVar = ("test", "generated")

    comparison: Comparison
    width: float  # standard deviation of the Gaussian kernel
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """See that there are pairs in either set.

        Raises:
            Unavailable: there are not.
        """
        width, test = comparison.reference.get(kernel_width), comparison.reference.test_set
        at_least(2, comparison.generated_set, "generated")
        return cls(comparison, width, width_parts(test))

    @property
    def polynomial(self) -> KernelMeans | CubicDiscrepancy:
        """Under KID's kernel."""
        return self.comparison.get(_polynomial)

    @property
    def gaussian(self) -> KernelMeans:
        """Under a Gaussian kernel."""
        return self.comparison.get(_of_distances)[0]

    @property
    def negated_distance(self) -> KernelMeans:
        """Under -|x - y|, whose squared mean discrepancy is the energy distance."""
        return self.comparison.get(_of_distances)[1]

    @property
    def parameters(self) -> dict[str, float]:
        """The width of the Gaussian kernel."""
        return {"width": self.width}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say how many samples decide the Gaussian kernel's width, if not all."""
        return self.parts


def kernel_width(reference: Reference) -> float:
    """Median distance between test points."""
    return median_distance(at_least(2, reference.test_set, "test"))


def _polynomial(comparison: Comparison) -> KernelMeans | CubicDiscrepancy:
    test, generated = comparison.reference.test_set, comparison.generated_set
    found = by_moments(test, generated)
    if found is not None:
        return found
    (within_test,) = comparison.reference.get(_cubes_within_test)
    (within,) = means_within([_cubes(generated, generated)], generated)
    (between,) = means_between([_cubes(test, generated)], test, generated)
    means = KernelMeans(within_test, within, between)
    return replace(means, rounding=_rounding_of_cubes(means, test, generated))


def _cubes_within_test(reference: Reference) -> list[PairMeans]:
    test = reference.test_set
    return means_within([_cubes(test, test)], test)


def _of_distances(comparison: Comparison) -> tuple[KernelMeans, KernelMeans]:
    """Go once over the pairs that hold a generated point; the others are the reference's."""
    reference = comparison.reference
    test, generated = reference.test_set, comparison.generated_set
    kernels = _kernels_of_distances(reference.get(kernel_width))
    gaussian, negated_distance = (
        KernelMeans(*means)
        for means in zip(
            reference.get(_within_test),
            comparison.get(within_generated),
            means_between(kernels, test, generated),
            strict=True,
        )
    )
    rounding = ROUNDING * np.sqrt(negated_distance.largest_square)
    return gaussian, replace(negated_distance, rounding=rounding)


def _within_test(reference: Reference) -> list[PairMeans]:
    return means_within(_kernels_of_distances(reference.get(kernel_width)), reference.test_set)


def within_generated(comparison: Comparison) -> list[PairMeans]:
    """Return the means of the Gaussian kernel and of -|x - y| within the generated points."""
    generated = at_least(2, comparison.generated_set, "generated")
    return means_within(_kernels_of_distances(comparison.reference.get(kernel_width)), generated)


def median_distance(points: Array) -> float:
    """Median distance between distinct points: the usual width of a Gaussian kernel.

    Only the test set decides it, so that every model is measured with one kernel. At most
    `MEDIAN_POINTS`, drawn at random, are looked at; repeats do not count, and if there is nothing
    else the width is not a number.
    """
    some = some_of(points, MEDIAN_POINTS, rng=rng_for(0, "kernel_width"))
    apart = np.concatenate([block[block > 0] for _, block in squared_distance_blocks(some, some)])
    return float(np.sqrt(np.median(apart))) if len(apart) else np.nan


def width_parts(test: Array) -> tuple[str, ...]:
    """Return the warning that some of the test samples decide the kernel's width, if they do."""
    return part(MEDIAN_POINTS, len(test), "test", "decide the width of the Gaussian kernel")


def _cubes(points: Array, others: Array) -> Kernel:
    """Return KID's kernel, from squared distances."""
    d = points.shape[1]
    # x.y / d + 1 = (|x|^2 + |y|^2 - |x - y|^2) / 2d + 1
    row_terms, column_terms = (
        np.einsum("ij,ij->i", x, x) / (2 * d) + 0.5 for x in (points, others)
    )

    def polynomial(rows: slice, columns: slice, squared: Array) -> Array:
        bases = squared * (-0.5 / d)
        bases += row_terms[rows, None]
        bases += column_terms[columns]
        cubes: Array = bases * bases
        cubes *= bases  # many times faster than a power
        return cubes

    return polynomial


def _kernels_of_distances(width: float) -> tuple[Kernel, Kernel]:
    """Return the Gaussian and the negated distance, from squared distances."""

    def gaussian(_: slice, __: slice, squared: Array) -> Array:
        exponents = squared * (-0.5 / width**2)
        return exponentials(exponents)

    def negated_distance(_: slice, __: slice, squared: Array) -> Array:
        distances = np.sqrt(squared)
        return np.asarray(np.negative(distances, out=distances))

    return gaussian, negated_distance


def _rounding_of_cubes(cubes: KernelMeans, *sets: Array) -> float:
    """Return what the means of cubes may be off by: three squares, times what the bases may be off.

    A base is a difference of squared norms, however small it is itself.
    """
    if all_one(*sets):
        return 0.0
    largest = max(float(np.einsum("ij,ij->i", x, x).max()) / x.shape[1] for x in sets) + 1
    return float(3 * min(np.cbrt(cubes.largest_square), largest**2) * ROUNDING * largest)

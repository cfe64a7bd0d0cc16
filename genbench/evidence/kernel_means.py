"""Mean kernel values within and between two samples, all a maximum mean discrepancy needs."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np

from genbench.arrays import Array
from genbench.devices import times
from genbench.distances import rounding_slack, squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least

MEDIAN_POINTS = 1000  # enough for a median distance; every pair of them is looked at


class PairMeans(NamedTuple):
    """One kernel k(x, y) over pairs of distinct points of two sets, or of one with itself."""

    rows: Array  # (n,) mean over y, for each x
    columns: Array  # (m,) mean over x, for each y
    square: float  # mean of k^2

    @property
    def mean(self) -> float:
        """Mean over all pairs."""
        return float(self.rows.mean())

    @property
    def centred_square(self) -> float:
        """Mean of (k(x, y) - its means over x and over y + its mean)^2."""
        return float(self.square - (self.rows**2).mean() - (self.columns**2).mean() + self.mean**2)


@dataclass(frozen=True, eq=False)
class KernelMeans:
    """One kernel within test points, within generated points and between them."""

    test: PairMeans
    generated: PairMeans
    between: PairMeans

    @property
    def unbiased(self) -> float:
        """The U-statistic of the squared maximum mean discrepancy."""
        return self.test.mean + self.generated.mean - 2 * self.between.mean

    @property
    def standard_error(self) -> float:
        """Of the U-statistic, for different and for equal distributions.

        The jackknife's variance counts the part that is left for equal distributions, where the
        statistic is degenerate, twice: once is taken off again, and at least that part is left.
        There it is therefore, on average, on the large side, by about a third.
        """
        n, m = len(self.test.rows), len(self.generated.rows)
        first = 4 * (self.test.rows - self.between.rows).var(ddof=1) / n
        first += 4 * (self.generated.rows - self.between.columns).var(ddof=1) / m
        degenerate = (
            2 * self.test.centred_square / (n * (n - 1))
            + 2 * self.generated.centred_square / (m * (m - 1))
            + 4 * self.between.centred_square / (n * m)
        )
        return float(np.sqrt(max(first - degenerate, degenerate, 0.0)))


@dataclass(frozen=True, eq=False)
class Kernels(Evidence):
    """Kernel means under the cubic polynomial of KID and under a Gaussian of median width."""

    inputs: ClassVar = ("test", "generated")

    polynomial: KernelMeans
    gaussian: KernelMeans
    width: float  # standard deviation of the Gaussian kernel

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Go once over the pairs that hold a generated point; the others are the reference's."""
        reference = comparison.reference
        within_test = reference.get(_within_test)
        generated = at_least(2, comparison.generated_set, "generated")
        return cls._joined(reference.get(kernel_width), within_test, reference.test_set, generated)

    @classmethod
    def measure(cls, test: Array, generated: Array) -> Self:
        """Go once over each of the three kinds of pairs, with both kernels."""
        width = median_distance(test)
        return cls._joined(width, _means(test, test, width, same=True), test, generated)

    @classmethod
    def _joined(
        cls, width: float, within_test: list[PairMeans], test: Array, generated: Array
    ) -> Self:
        within_generated = _means(generated, generated, width, same=True)
        between = _means(test, generated, width, same=False)
        polynomial, gaussian = (
            KernelMeans(*means)
            for means in zip(within_test, within_generated, between, strict=True)
        )
        return cls(polynomial, gaussian, width)

    @property
    def parameters(self) -> dict[str, float]:
        """The width of the Gaussian kernel."""
        return {"width": self.width}


def kernel_width(reference: Reference) -> float:
    """Median distance between test points."""
    return median_distance(at_least(2, reference.test_set, "test"))


def _within_test(reference: Reference) -> list[PairMeans]:
    width = reference.get(kernel_width)
    return _means(reference.test_set, reference.test_set, width, same=True)


def median_distance(points: Array) -> float:
    """Median distance between distinct points: the usual width of a Gaussian kernel.

    Only the test set decides it, so that every model is measured with one kernel. At most
    `MEDIAN_POINTS`, evenly spread over the rows, are looked at; repeats do not count, and if there
    is nothing else the width is not a number.
    """
    some = points[:: -(-len(points) // MEDIAN_POINTS)]
    slack = rounding_slack(some, some)
    apart = np.concatenate(
        [block[block > slack] for _, block in squared_distance_blocks(some, some)]
    )
    return float(np.sqrt(np.median(apart))) if len(apart) else np.nan


def _means(points: Array, others: Array, width: float, *, same: bool) -> list[PairMeans]:
    """Return the means of the polynomial and of the Gaussian kernel over distinct points."""
    d = points.shape[1]
    rows_of, columns_of = np.zeros((2, len(points))), np.zeros((2, len(others)))
    squares = np.zeros(2)
    product = times(others.T)
    for rows, squared in squared_distance_blocks(points, others):
        cubes = product(points[rows])
        cubes /= d
        cubes += 1
        cubes *= cubes * cubes  # many times faster than a power
        bells = np.exp(np.multiply(squared, -0.5 / width**2, out=squared), out=squared)
        for index, values in enumerate((cubes, bells)):
            if same:
                np.fill_diagonal(values[:, rows.start :], 0)
            rows_of[index, rows] = values.sum(axis=1)
            columns_of[index] += values.sum(axis=0)
            squares[index] += np.vdot(values, values)
    n_others, n_points = len(others) - same, len(points) - same
    return [
        PairMeans(by_row / n_others, by_column / n_points, float(square) / len(points) / n_others)
        for by_row, by_column, square in zip(rows_of, columns_of, squares, strict=True)
    ]

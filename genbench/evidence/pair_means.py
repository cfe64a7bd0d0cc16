"""Means of kernels over pairs of distinct points: several kernels from one pass over the pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from genbench.distances import later_distance_blocks, squared_distance_blocks
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.rounding import is_lost
from genbench.ground.spread import error_where_degenerate

Kernel = Callable[[slice, slice, Array], Array]  # of rows, columns and their squared distances


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
        """Mean of (k(x, y) - its means over x and over y + its mean)^2, over pairs of two sets."""
        of_rows, of_columns = (self.rows**2).mean(), (self.columns**2).mean()
        return float(self.square - of_rows - of_columns + np.square(self.mean))

    @property
    def within(self) -> "WithinMeans":
        """What is left of the kernel within one set beside a sum a(x) + a(y)."""
        return WithinMeans(self)


class WithinMeans:
    """A kernel k(x, y) = a(x) + a(y) + w(x, y) within one set, where no point meets itself.

    U-statistics see only w. Without pairs on the diagonal, the mean over the others of a point
    with a large a(x) lacks that very a(x): sums divided by n - 2 have a(x) just once (Szekely and
    Rizzo, "Partial distance correlation with methods for dissimilarities", Annals of Statistics
    2014, https://doi.org/10.1214/14-AOS1255). Not a number for fewer than four points.
    """

    def __init__(self, means: PairMeans) -> None:
        n = len(means.rows)
        sums = means.rows * (n - 1)
        self.rows = sums / (n - 2) if n > 3 else np.full(n, np.nan)  # (n,) a(x) + mean w + constant
        squares = n * (n - 1) * means.square - 2 * (sums @ self.rows)
        squares += sums.sum() * self.rows.sum() / (n - 1)
        self.centred_square = float(squares / (n * (n - 3))) if n > 3 else np.nan


@dataclass(frozen=True, eq=False)
class KernelMeans:
    """One kernel within test points, within generated points and between them."""

    test: PairMeans
    generated: PairMeans
    between: PairMeans
    rounding: float = 0.0  # what the means may be off by

    @property
    def unbiased(self) -> float:
        """The U-statistic of the squared maximum mean discrepancy.

        Raises:
            Unavailable: it is the difference of means so large that little but rounding is left.
        """
        found = self.test.mean + self.generated.mean - 2 * self.between.mean
        if is_lost(found, self.rounding):
            raise Unavailable(
                "beside the kernel's values, the discrepancy is lost in rounding: "
                f"{found:.3g}, give or take {self.rounding:.1g}"
            )
        return found

    @property
    def largest_square(self) -> float:
        """The largest of the mean squares of the kernel."""
        return max(self.test.square, self.generated.square, self.between.square)

    @property
    def standard_error(self) -> float:
        """Of the U-statistic, for different and for equal distributions."""
        n, m = len(self.test.rows), len(self.generated.rows)
        test, generated = self.test.within, self.generated.within
        first = 4 * (test.rows - self.between.rows).var(ddof=1) / n
        first += 4 * (generated.rows - self.between.columns).var(ddof=1) / m
        degenerate = (
            2 * test.centred_square / (n * (n - 1))
            + 2 * generated.centred_square / (m * (m - 1))
            + 4 * self.between.centred_square / (n * m)
        )
        return error_where_degenerate(float(first), degenerate)


def all_one(*sets: Array) -> bool:
    """Say whether all points are one and the same: then nothing is hidden."""
    return all(bool((points == sets[0][0]).all()) for points in sets)


def means_between(kernels: Sequence[Kernel], points: Array, others: Array) -> list[PairMeans]:
    """Go once over all pairs of two sets; a kernel must not write to the block it is handed."""
    n, m = len(points), len(others)
    by_row, by_column = np.empty((len(kernels), n)), np.zeros((len(kernels), m))
    squares = np.zeros(len(kernels))
    for rows, squared in squared_distance_blocks(points, others):
        for index, kernel in enumerate(kernels):
            values = kernel(rows, slice(None), squared)
            by_row[index, rows] = values.sum(axis=1)
            by_column[index] += values.sum(axis=0)
            squares[index] += np.vdot(values, values)
    return [
        PairMeans(by_row[index] / m, by_column[index] / n, squares[index] / n / m)
        for index in range(len(kernels))
    ]


def means_within(kernels: Sequence[Kernel], points: Array) -> list[PairMeans]:
    """Go once over the pairs of one set; a kernel must not write to the block it is handed.

    A point makes no pair with itself.
    """
    n = len(points)
    sums, squares = np.zeros((len(kernels), n)), np.zeros(len(kernels))
    for rows, columns, squared in later_distance_blocks(points):
        n_rows = rows.stop - rows.start
        seen = np.tril_indices(n_rows)  # pairs met the other way round, and no pairs
        for index, kernel in enumerate(kernels):
            values = kernel(rows, columns, squared)
            values[seen] = 0
            sums[index, rows] += values.sum(axis=1)
            sums[index, columns] += values.sum(axis=0)
            squares[index] += 2 * np.vdot(values, values)
    return [
        PairMeans(sums[index] / (n - 1), sums[index] / (n - 1), squares[index] / n / (n - 1))
        for index in range(len(kernels))
    ]

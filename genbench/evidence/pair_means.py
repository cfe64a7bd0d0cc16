"""Means of kernels over pairs of distinct points: several kernels from one pass over the pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from genbench.arrays import Array
from genbench.distances import squared_distance_blocks

Kernel = Callable[[slice, Array], Array]  # from rows and their squared distances to values


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
        of_rows, of_columns = (self.rows**2).mean(), (self.columns**2).mean()
        return float(self.square - of_rows - of_columns + np.square(self.mean))


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


def pair_means(
    kernels: Sequence[Kernel], points: Array, others: Array, *, same: bool = False
) -> list[PairMeans]:
    """Go once over all pairs; a kernel must not write to the block it is handed.

    With `same`, the two are one set, and a point makes no pair with itself.
    """
    by_row = np.empty((len(kernels), len(points)))
    by_column = np.zeros((len(kernels), len(others)))
    squares = np.zeros(len(kernels))
    for rows, squared in squared_distance_blocks(points, others):
        for index, kernel in enumerate(kernels):
            values = kernel(rows, squared)
            if same:
                np.fill_diagonal(values[:, rows.start :], 0)
            by_row[index, rows] = values.sum(axis=1)
            by_column[index] += values.sum(axis=0)
            squares[index] += np.vdot(values, values)
    n, m = len(points) - same, len(others) - same
    return [
        PairMeans(by_row[index] / m, by_column[index] / n, squares[index] / len(points) / m)
        for index in range(len(kernels))
    ]

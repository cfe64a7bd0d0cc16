"""Means of a function of distance over pairs of distinct points."""

from collections.abc import Callable

import numpy as np

from genbench.arrays import Array
from genbench.distances import squared_distance_blocks
from genbench.evidence.kernel_means import PairMeans


def pair_means(
    kernel: Callable[[Array], Array], points: Array, others: Array, *, same: bool = False
) -> PairMeans:
    """Go once over all pairs; `kernel` maps a block of squared distances to its values.

    With `same`, the two are one set, and a point makes no pair with itself.
    """
    by_row, by_column, square = np.empty(len(points)), np.zeros(len(others)), 0.0
    for rows, squared in squared_distance_blocks(points, others):
        values = kernel(squared)
        if same:
            np.fill_diagonal(values[:, rows.start :], 0)
        by_row[rows] = values.sum(axis=1)
        if not same:
            by_column += values.sum(axis=0)
        square += float(np.vdot(values, values))
    n, m = len(points), len(others) - same
    return PairMeans(by_row / m, by_row / m if same else by_column / n, square / n / m)

"""Mean kernel values within and between two samples, all a maximum mean discrepancy needs."""

from dataclasses import dataclass

import numpy as np

from genbench.arrays import Array
from genbench.distances import rounding_slack, squared_distance_blocks

MEDIAN_POINTS = 1000  # enough for a median distance; every pair of them is looked at


@dataclass(frozen=True)
class KernelMeans:
    """Means of one kernel k(x, y) over pairs of distinct points."""

    within_test: float
    within_generated: float
    between: float

    @property
    def unbiased(self) -> float:
        """The U-statistic of the squared maximum mean discrepancy."""
        return self.within_test + self.within_generated - 2 * self.between


@dataclass(frozen=True)
class Kernels:
    """Kernel means under the cubic polynomial of KID and under a Gaussian of median width."""

    polynomial: KernelMeans
    gaussian: KernelMeans
    width: float  # standard deviation of the Gaussian kernel

    @classmethod
    def measure(cls, test: Array, generated: Array) -> "Kernels":
        """Go once over each of the three kinds of pairs, with both kernels."""
        width = median_distance(test)
        pairs = (
            _means(test, test, width, same=True),
            _means(generated, generated, width, same=True),
            _means(test, generated, width, same=False),
        )
        polynomial, gaussian = (KernelMeans(*means) for means in zip(*pairs, strict=True))
        return cls(polynomial, gaussian, width)


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


def _means(points: Array, others: Array, width: float, *, same: bool) -> tuple[float, float]:
    """Return the mean polynomial and the mean Gaussian kernel over pairs of distinct points."""
    d = points.shape[1]
    n_pairs = len(points) * (len(others) - same)
    polynomial = gaussian = 0.0
    for rows, squared in squared_distance_blocks(points, others):
        cubes = (points[rows] @ others.T / d + 1) ** 3
        bells = np.exp(squared / (-2 * width**2))
        polynomial += cubes.sum()
        gaussian += bells.sum()
        if same:
            polynomial -= np.trace(cubes, offset=rows.start)
            gaussian -= np.trace(bells, offset=rows.start)
    return polynomial / n_pairs, gaussian / n_pairs

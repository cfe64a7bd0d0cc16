"""Where a kernel density is above what resampling alone can make of nothing."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.distances import squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.ground.arrays import Array, Flags
from genbench.ground.randomness import rng_for

MOST_DIMENSIONS = 32  # points of more are projected at random
NEIGHBOURS_PER_DIMENSION, FEWEST_NEIGHBOURS = 5, 50
SIGNIFICANCE = 0.1
N_RESAMPLES = 100


@dataclass(frozen=True, eq=False)
class Support:
    """A density estimate of points, and the level that it must exceed to be significant."""

    points: Array  # (n, d) after projection
    width: float  # radius of the kernel
    level: float
    densities: Array  # (n,) at the points themselves, in units of the kernel's height

    @classmethod
    def of(cls, points: Array, *, k: int, rng: np.random.Generator) -> Self:
        """Let kernels reach to the k-th neighbour at the median, and resample for the level.

        The level is the largest deviation, at any point, of a resampled density from the density,
        which all but a share `SIGNIFICANCE` of resamples keep to.
        """
        n = len(points)
        width = float(np.median(_kth_distances(points, k)))
        times_drawn = rng.multinomial(n, np.full(n, 1 / n), size=N_RESAMPLES)
        weights = np.concatenate([np.ones((1, n)), times_drawn]) / n
        found = _densities(points, points, width, weights)
        largest = np.abs(found[:, 1:] - found[:, :1]).max(axis=0)
        return cls(points, width, float(np.quantile(largest, 1 - SIGNIFICANCE)), found[:, 0])

    def holds(self, points: Array) -> Flags:
        """Return which of other points, (m,), lie where the density is significant."""
        n = len(self.points)
        weights = np.full((1, n), 1 / n)
        return _densities(points, self.points, self.width, weights)[:, 0] > self.level


@dataclass(frozen=True, eq=False)
class SignificantSupport(Evidence):
    """Which points are significant in their own set, and which of these in the other as well."""

    inputs: ClassVar = ("test", "generated")

    k: int
    n_dimensions: int
    test_significant: Flags  # (n_test,) whether each is, among test points
    test_covered: Flags  # (n_test,) whether it lies in the generated points' support
    generated_significant: Flags  # (n_generated,)
    generated_covered: Flags  # (n_generated,)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Estimate the support of either set.

        Raises:
            Unavailable: fewer points than neighbours that the kernels' width is made of.
        """
        test = comparison.reference.get(_test_support)
        generated = _support(
            comparison.generated_set, "generated", comparison.rng("significant_support")
        )
        d = test.points.shape[1]
        return cls(
            n_neighbours(d),
            d,
            test.densities > test.level,
            generated.holds(test.points),
            generated.densities > generated.level,
            test.holds(generated.points),
        )

    @property
    def parameters(self) -> dict[str, int]:
        """Which neighbour the kernels' width reaches to, and in how many dimensions."""
        return {"k": self.k, "n_dimensions": self.n_dimensions}


def n_neighbours(d: int) -> int:
    """Return how many neighbours a kernel holds, about, in d dimensions."""
    return max(NEIGHBOURS_PER_DIMENSION * d, FEWEST_NEIGHBOURS)


def _test_support(reference: Reference) -> Support:
    return _support(reference.test_set, "test", rng_for(0, "significant_support"))


def _support(points: Array, name: str, rng: np.random.Generator) -> Support:
    if points.shape[1] > MOST_DIMENSIONS:
        size = (points.shape[1], MOST_DIMENSIONS)
        points = points @ rng_for(0, "significant_support", "projection").normal(size=size)
    k = n_neighbours(points.shape[1])
    return Support.of(at_least(k + 1, points, name), k=k, rng=rng)


def _kth_distances(points: Array, k: int) -> Array:
    """Return each point's distance (n,) to its k-th nearest other, for k in the hundreds."""
    found = np.empty(len(points))
    for rows, squared in squared_distance_blocks(points, points):
        found[rows] = np.partition(squared, k, axis=1)[:, k]  # the nearest is the point itself
    return np.sqrt(found)


def _densities(points: Array, centres: Array, width: float, weights: Array) -> Array:
    """Sum cosine kernels about the centres at the points, (n_points, n_weights).

    A kernel ends at its width, so of all pairs only the near ones are looked at twice.
    """
    from scipy.sparse import csr_array

    found = np.empty((len(points), len(weights)))
    for rows, squared in squared_distance_blocks(points, centres):
        # Without a width, as where most points are repeated, they hold nothing but each other.
        near = np.flatnonzero((squared <= width**2).ravel())
        values = np.ones(len(near))
        if width > 0:
            values = np.cos(np.pi / 2 * np.sqrt(squared.ravel()[near]) / width)
        places = np.divmod(near, len(centres))
        kernel: Any = csr_array((values, places), shape=squared.shape)
        found[rows] = kernel @ weights.T
    return found

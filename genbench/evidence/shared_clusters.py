"""How test and generated points fall into clusters that were found in both together."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.bins import FittedCells
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.subsets import part, some_of
from genbench.evidence.unit_kernel import unit
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable

N_CLUSTERS = 20
RUNS = 10
MOST_POINTS = 5000  # of each set
POINTS_PER_CLUSTER = 10
VARIANCE_KEPT = 0.9


@dataclass(frozen=True, eq=False)
class SharedClusters(Evidence):
    """Shares of either set in each of a few clusters of both, for several runs of k-means."""

    inputs: ClassVar = ("test", "generated")

    n: int  # points of each set
    test: Array  # (RUNS, N_CLUSTERS) rows sum to one
    generated: Array  # (RUNS, N_CLUSTERS)
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Cluster equally many points of each set: the larger would shape more clusters.

        Raises:
            Unavailable: fewer points of a set than clusters.
        """
        rng = comparison.rng("shared_clusters")
        test, generated = _equally_many(comparison, N_CLUSTERS, rng=rng)
        union = np.concatenate([test, generated])
        shares = np.empty((2, RUNS, N_CLUSTERS))
        for run in range(RUNS):
            cells = FittedCells.to(union, N_CLUSTERS, rng=rng)
            shares[:, run] = [cells.count(points) / len(points) for points in (test, generated)]
        return cls(len(test), shares[0], shares[1], _parts(comparison, len(test)))

    @property
    def parameters(self) -> dict[str, int]:
        """How the shares were found."""
        return {"n": self.n, "n_clusters": N_CLUSTERS, "runs": RUNS}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which samples were not looked at."""
        return self.parts


@dataclass(frozen=True, eq=False)
class DirectionClusters(Evidence):
    """Shares of either set in many clusters of directions, one for every ten points."""

    inputs: ClassVar = ("test", "generated")

    n: int  # points of each set
    n_components: int
    test: Array  # (n_clusters,)
    generated: Array  # (n_clusters,)
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Scale points to length one, keep the chief directions of their spread, and cluster.

        Raises:
            Unavailable: too few points for two clusters, or a point at the origin.
        """
        rng = comparison.rng("direction_clusters")
        test, generated = _equally_many(comparison, 2 * POINTS_PER_CLUSTER, rng=rng)
        n = len(test)
        union = np.concatenate([unit(test, "test"), unit(generated, "generated")])
        reduced = _chief_components(union)
        n_clusters = n // POINTS_PER_CLUSTER
        cells = FittedCells.to(reduced, n_clusters, rng=rng)
        shares = [cells.count(part) / n for part in (reduced[:n], reduced[n:])]
        return cls(n, reduced.shape[1], shares[0], shares[1], _parts(comparison, n))

    @property
    def parameters(self) -> dict[str, int]:
        """How the shares were found."""
        return {
            "n": self.n,
            "n_clusters": len(self.test),
            "n_components": self.n_components,
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which samples were not looked at."""
        return self.parts


def _equally_many(
    comparison: Comparison, fewest: int, *, rng: np.random.Generator
) -> tuple[Array, Array]:
    test, generated = comparison.reference.test_set, comparison.generated_set
    n = min(len(test), len(generated), MOST_POINTS)
    if n < fewest:
        raise Unavailable(f"needs {fewest} points of each set; there are {n}")
    return some_of(test, n, rng=rng), some_of(generated, n, rng=rng)


def _parts(comparison: Comparison, n: int) -> tuple[str, ...]:
    of_test = part(n, len(comparison.reference.test_set), "test")
    return of_test + part(n, len(comparison.generated_set), "generated")


def _chief_components(points: Array) -> Array:
    """Return coordinates along the principal directions that hold most of the variance."""
    centred = points - points.mean(axis=0)
    n, d = points.shape
    # The smaller of the two products: both have the eigenvalues that are not zero.
    values, vectors = np.linalg.eigh(centred.T @ centred if d <= n else centred @ centred.T)
    explained = np.cumsum(values[::-1])
    if explained[-1] <= 0:
        return np.asarray(centred[:, :1])
    n_kept = int(np.searchsorted(explained, VARIANCE_KEPT * explained[-1])) + 1
    vectors = vectors[:, ::-1][:, :n_kept]
    if d <= n:
        return np.asarray(centred @ vectors)
    return np.asarray(vectors * np.sqrt(np.maximum(values[::-1][:n_kept], 0)))

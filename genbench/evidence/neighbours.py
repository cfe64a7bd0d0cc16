"""Nearest neighbours within and between the sets: one pass over each kind of pairs serves all."""

from typing import NamedTuple

import numpy as np

from genbench.distances import nearest, squared_distance_blocks, tie, within
from genbench.evidence.comparison import Comparison, Reference, at_least
from genbench.ground.arrays import Array, Labels


class Neighbours(NamedTuple):
    """The k nearest of another set, nearest first; of the own set without the point itself."""

    distances: Array  # (n, k)
    indices: Labels  # (n, k)

    @property
    def nearest(self) -> Array:
        """Distance of each point to the nearest, (n,)."""
        return np.ascontiguousarray(self.distances[:, 0])

    @property
    def furthest(self) -> Array:
        """Distance of each point to the k-th nearest, (n,)."""
        return np.ascontiguousarray(self.distances[:, -1])


def within_test(reference: Reference) -> Neighbours:
    """Find each test point's k nearest others."""
    distances, indices = reference.get(_test_neighbours)
    return Neighbours(distances[:, : reference.k], indices[:, : reference.k])


def held_by_test_balls(reference: Reference) -> Labels:
    """Count the other test points (n_test,) that each test point's ball holds, with its surface.

    They are k, unless the next neighbours are as far as the k-th: where points are repeated, or
    whole numbers.
    """
    k, points = reference.k, reference.test_set
    distances = reference.get(_test_neighbours).distances
    held = np.full(len(points), k)
    slack = 1 + tie(points.shape[1])
    tied = np.flatnonzero(distances[:, -1] <= distances[:, k - 1] * slack)
    if distances.shape[1] > k and len(tied):
        limits = distances[tied, k - 1, None] ** 2
        for rows, squared in squared_distance_blocks(points[tied], points):
            inside = within(squared, points[tied[rows]], points, limits[rows])
            held[tied[rows]] = inside.sum(axis=1) - 1  # without the centre
    return held


def _test_neighbours(reference: Reference) -> Neighbours:
    """Find the k nearest others, and one more if there is one: it tells whether others are tied."""
    points = at_least(reference.k + 1, reference.test_set, "test")
    k = min(reference.k + 1, len(points) - 1)
    return Neighbours(*nearest(points, points, k=k, same=True))


def within_train(reference: Reference) -> Neighbours:
    """Find each training point's nearest other."""
    points = at_least(2, reference.train_set, "train")
    return Neighbours(*nearest(points, points, same=True))


def test_to_train(reference: Reference) -> Neighbours:
    """Find each test point's nearest training point."""
    return Neighbours(*nearest(reference.test_set, reference.train_set))


def within_generated(comparison: Comparison) -> Neighbours:
    """Find each generated point's k nearest others."""
    k = comparison.reference.k
    points = at_least(k + 1, comparison.generated_set, "generated")
    return Neighbours(*nearest(points, points, k=k, same=True))


def test_to_generated(comparison: Comparison) -> Neighbours:
    """Find each test point's nearest generated point."""
    return Neighbours(*nearest(comparison.reference.test_set, comparison.generated_set))


def generated_to_test(comparison: Comparison) -> Neighbours:
    """Find each generated point's nearest test point."""
    return Neighbours(*nearest(comparison.generated_set, comparison.reference.test_set))


def generated_to_train(comparison: Comparison) -> Neighbours:
    """Find each generated point's nearest training point."""
    return Neighbours(*nearest(comparison.generated_set, comparison.reference.train_set))

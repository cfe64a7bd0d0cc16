"""Nearest neighbours within and between the sets: one pass over each kind of pairs serves all."""

from typing import NamedTuple

import numpy as np

from genbench.distances import nearest
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
    points = at_least(reference.k + 1, reference.test_set, "test")
    return Neighbours(*nearest(points, points, k=reference.k, same=True))


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

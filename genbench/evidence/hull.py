"""Which points lie between training points: in the smallest convex set that holds all of these.

A point is there if it is a convex combination of training points: a mean with weights none of
which is negative. Non-negative least squares (Lawson and Hanson, "Solving least squares problems",
1974, chapter 23) find the weights, or leave a residual: the normal of a hyperplane that separates
the point from all training points. Few of these matter to one point, so more are taken in as they
turn out to lie beyond the hyperplane. In many dimensions most points lie outside, separated by the
hyperplane across their own direction from the middle, which is tried on all of them at once.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.ground.arrays import Array, Flags
from genbench.ground.devices import times
from genbench.ground.errors import Unavailable

PRECISION = 1e-8  # of the spread of training points: as far from their hull is still inside
FARTHEST = 1e6  # in spreads: of points farther out than that rounding would decide
BLOCK_ENTRIES = 5_000_000  # of points by training points: 40 MB
MOST_AT_ONCE = 16  # training points taken in: with many, a copy of one costs as much as all of them


@dataclass(frozen=True, eq=False)
class Hull(Evidence):
    """Who lies in the convex hull of the training points."""

    inputs: ClassVar = ("train", "test", "generated")

    generated_inside: Flags  # (n_generated,)
    test_inside: Flags  # (n_test,)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Look for every point."""
        real = comparison.reference
        return cls(_inside(comparison.generated_set, real), real.get(_test_inside))


def in_hull(points: Array, corners: Array) -> Flags:
    """Return which points (m, d) lie in the convex hull of others (n, d).

    No affine map of all of them changes the answer. Coordinates are taken in units of the range
    that holds the middle half of the corners, so that a few far out do not blur what is near.

    Raises:
        Unavailable: some corners lie so far out that rounding would decide.
    """
    low, centre, high = np.quantile(corners, (0.25, 0.5, 0.75), axis=0)
    scale = np.where(high > low, high - low, np.ptp(corners, axis=0))
    scale = np.where(scale > 0, scale, np.abs(centre))
    scale = np.where(scale > 0, scale, scale.max() or 1.0)  # of a column of zeros
    points, corners = (points - centre) / scale, (corners - centre) / scale
    if np.abs(corners).max() > FARTHEST:
        raise Unavailable(f"some training samples lie over {FARTHEST:.0e} times the spread out")
    low, high = corners.min(axis=0) - PRECISION, corners.max(axis=0) + PRECISION
    inside: Flags = ((low <= points) & (points <= high)).all(axis=1)
    _exclude_separated(inside, points, corners)
    rows = np.column_stack([corners, np.ones(len(corners))])
    for i in np.flatnonzero(inside):
        inside[i] = _is_combination(np.append(points[i], 1.0), rows)
    return inside


def _exclude_separated(inside: Flags, points: Array, corners: Array) -> None:
    """Unmark points that the hyperplane across their own direction separates from all corners."""
    product, n_rows = times(corners.T), max(1, BLOCK_ENTRIES // len(corners))
    marked = np.flatnonzero(inside)
    for start in range(0, len(marked), n_rows):
        block = marked[start : start + n_rows]
        farthest = product(points[block], slice(None)).max(axis=1)
        squares = (points[block] ** 2).sum(axis=1)
        inside[block] = squares <= farthest + PRECISION * np.maximum(1, squares)


def _is_combination(target: Array, rows: Array) -> bool:
    """Say whether the target (d + 1,) is a sum of rows (n, d + 1) with weights none negative."""
    from scipy.optimize import nnls

    at_once = min(len(target), MOST_AT_ONCE, len(rows))
    residual, used = target, np.empty(0, dtype=np.intp)
    while True:
        beyond = rows @ residual
        beyond[used] = -np.inf
        new = np.argpartition(-beyond, at_once - 1)[:at_once]
        new = new[beyond[new] > 0]
        if not len(new):
            return False  # the hyperplane across the residual separates it from all rows
        used = np.append(used, new)
        weights, distance = nnls(rows[used].T, target, maxiter=30 * len(used))
        if distance <= PRECISION:
            return True
        residual = target - weights @ rows[used]


def _inside(points: Array, reference: Reference) -> Flags:
    return in_hull(points, at_least(2, reference.train_set, "train"))


def _test_inside(reference: Reference) -> Flags:
    return _inside(reference.test_set, reference)

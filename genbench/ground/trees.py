"""Neighbours in few dimensions, by trees: n log n in place of all pairs."""

import numpy as np

from genbench.ground.arrays import Array, Labels

MOST_DIMENSIONS = 8
FEWEST_PAIRS = 4.5e6  # fewer are looked at as fast
MOST_MEMBERS = 50  # of a ball, on average: more are counted faster pair by pair
WIDER = 1 + 1e-9  # radii, so that what lies on the surface is among what is found


def worth_a_tree(points: Array, others: Array) -> bool:
    """Tell whether a tree finds neighbours among the others faster than all pairs do."""
    return points.shape[1] <= MOST_DIMENSIONS and len(points) * len(others) > FEWEST_PAIRS


def nearest_by_tree(points: Array, among: Array, n: int, *, same: bool) -> Labels:
    """Return the indices (n_points, n) of the n nearest; of the same set, without each itself."""
    from scipy.spatial import cKDTree

    found = np.asarray(cKDTree(among).query(points, k=np.arange(1, n + 1 + same))[1])
    if not same:
        return np.asarray(found, dtype=np.int64)
    others = found != np.arange(len(points))[:, None]
    others[others.all(axis=1), -1] = False  # so many repeats that the point is not among them
    return np.asarray(found[others].reshape(len(points), n), dtype=np.int64)


def members_by_tree(centres: Array, radii: Array, others: Array) -> tuple[Labels, Labels] | None:
    """Return pairs of a ball and of one of the others that may be in it; None of too many.

    All that are inside are there, and perhaps a few just outside. NaN is the radius of no ball.
    """
    from scipy.spatial import cKDTree

    tree, reach = cKDTree(others), np.where(radii >= 0, radii, 0) * WIDER
    sizes = tree.query_ball_point(centres, reach, return_length=True)
    if sizes.sum() > MOST_MEMBERS * len(centres):
        return None
    balls = np.repeat(np.arange(len(centres)), sizes)
    inside = np.concatenate(tree.query_ball_point(centres, reach)).astype(np.int64)
    real = radii[balls] >= 0
    return balls[real], inside[real]

"""All quadratic work, one block of rows at a time: no n x n matrix ever exists.

Block products choose the neighbour, subtraction measures it: |x|^2 + |y|^2 - 2xy loses digits
exactly where copies are looked for, so distances that are reported are measured again.
"""

from collections.abc import Iterator

import numpy as np

from genbench.arrays import Array, Labels

BLOCK_ENTRIES = 4_000_000  # of float64: 32 MB a block
SPARE_CANDIDATES = 3  # neighbours beyond the k-th that rounding might have misplaced


def squared_distance_blocks(points: Array, others: Array) -> Iterator[tuple[slice, Array]]:
    """Yield rows of `points` and their squared distances (n_rows, n_others) to all others.

    The blocks are exact to about 1e-15 times the largest squared norm after centring.
    """
    centre = others.mean(axis=0)
    points, others = points - centre, others - centre
    others_squared = np.einsum("ij,ij->i", others, others)
    rows_per_block = max(1, BLOCK_ENTRIES // len(others))
    for start in range(0, len(points), rows_per_block):
        rows = slice(start, min(start + rows_per_block, len(points)))
        block = points[rows] @ others.T
        block *= -2
        block += np.einsum("ij,ij->i", points[rows], points[rows])[:, None]
        block += others_squared
        yield rows, np.maximum(block, 0, out=block)


def rounding_slack(points: Array, others: Array) -> float:
    """Return how much rounding may add to a squared distance of a block: ties lie within it."""
    centre = others.mean(axis=0)
    largest = max(((points - centre) ** 2).sum(axis=1).max(), ((others - centre) ** 2).sum(1).max())
    return float(1e-13 * largest)


def nearest(points: Array, among: Array, *, k: int = 1, same: bool = False) -> tuple[Array, Labels]:
    """Return the distances (n, k) to the k nearest of `among`, nearest first, and their indices.

    With `same`, `points` and `among` are one set and a point is not its own neighbour, by index:
    exact duplicates do count, at distance zero.
    """
    n_candidates = min(k + SPARE_CANDIDATES, len(among) - same)
    distances = np.empty((len(points), k))
    indices = np.empty((len(points), k), dtype=np.int64)
    for rows, block in squared_distance_blocks(points, among):
        if same:
            block[np.arange(len(block)), np.arange(rows.start, rows.stop)] = np.inf
        candidates = np.argpartition(block, n_candidates - 1, axis=1)[:, :n_candidates]
        measured = np.sqrt(((points[rows, None] - among[candidates]) ** 2).sum(axis=2))
        order = np.argsort(measured, axis=1, kind="stable")[:, :k]
        distances[rows] = np.take_along_axis(measured, order, axis=1)
        indices[rows] = np.take_along_axis(candidates, order, axis=1)
    return distances, indices


def kth_neighbour_distances(points: Array, k: int) -> Array:
    """Return each point's distance (n,) to its k-th nearest other point of the same set."""
    return np.ascontiguousarray(nearest(points, points, k=k, same=True)[0][:, -1])

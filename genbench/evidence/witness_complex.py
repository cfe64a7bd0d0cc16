"""Loops in a set of points, seen through a few landmarks: a witness complex up to triangles.

De Silva and Carlsson, "Topological estimation using witness complexes", PBG 2004,
https://doi.org/10.2312/SPBG/SPBG04/157-166.
"""

from itertools import combinations

import numpy as np

from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

# A witness of a simplex lies nearer to its corners than to any other landmark, but for a slack.
# The nearest landmark outside a triangle is therefore among a witness's four nearest.
FEWEST_RANKS = 4
MOST_RANKS = 32  # landmarks within a witness's slack: triangles grow with their cube


def loops(distances: Array, largest: float) -> Array:
    """Return slacks (n_loops, 2) at which each loop appears and is filled, up to `largest`.

    Args:
        distances: from every witness to every landmark, (n_witnesses, n_landmarks).
        largest: slack at which to stop; loops that are not filled by then end there.
    """
    near = _near(distances, largest)
    ranked = np.take_along_axis(distances, near, axis=1)
    n_landmarks = distances.shape[1]
    edges, edge_slacks = _simplices(near, ranked, 2, largest, n_landmarks)
    triangles, triangle_slacks = _simplices(near, ranked, 3, largest, n_landmarks)
    order = np.argsort(edge_slacks, kind="stable")
    edges, edge_slacks = edges[order], edge_slacks[order]
    births = _closing_edges(edges, n_landmarks)
    place = np.full((n_landmarks, n_landmarks), -1)
    place[edges[:, 0], edges[:, 1]] = np.arange(len(edges))
    a, b, c = triangles.T
    sides = np.sort(np.stack([place[a, b], place[a, c], place[b, c]], axis=1), axis=1)
    whole = sides[:, 0] >= 0
    sides, triangle_slacks = sides[whole], triangle_slacks[whole]
    # A face is there once all its sides are.
    triangle_slacks = np.maximum(triangle_slacks, edge_slacks[sides[:, 2]])
    order = np.argsort(triangle_slacks, kind="stable")
    deaths = _filled(sides[order], triangle_slacks[order])
    return np.array(
        [(edge_slacks[edge], deaths.get(edge, largest)) for edge in births], dtype=float
    ).reshape(-1, 2)


def _near(distances: Array, largest: float) -> Labels:
    """Return each witness's nearest landmarks, nearest first: all that can be corners for any.

    Raises:
        Unavailable: they are more than `MOST_RANKS`.
    """
    n_landmarks = distances.shape[1]
    last = min(FEWEST_RANKS, n_landmarks) - 1
    reach = np.partition(distances, last, axis=1)[:, last] + largest
    n_ranks = int((distances <= reach[:, None]).sum(axis=1).max())
    if n_ranks > MOST_RANKS:
        raise Unavailable(
            f"{n_ranks} landmarks are all one beside the largest distance: clusters, or outliers"
        )
    near = np.argpartition(distances, n_ranks - 1, axis=1)[:, :n_ranks]
    order = np.argsort(np.take_along_axis(distances, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1)


def _simplices(
    near: Labels, ranked: Array, size: int, largest: float, n_landmarks: int
) -> tuple[Labels, Array]:
    """Find simplices of so many corners, sorted, and the least slack that any witness needs."""
    least = np.full(n_landmarks**size, np.inf)
    for ranks in combinations(range(near.shape[1]), size):
        outside = next(rank for rank in range(size + 1) if rank not in ranks)
        slack = np.maximum(ranked[:, ranks[-1]] - ranked[:, outside], 0)
        seen = slack <= largest
        corners = np.sort(near[seen][:, ranks], axis=1)
        np.minimum.at(least, corners @ n_landmarks ** np.arange(size)[::-1], slack[seen])
    found = np.flatnonzero(np.isfinite(least))
    return np.stack(np.unravel_index(found, (n_landmarks,) * size), axis=1), least[found]


def _closing_edges(edges: Labels, n_landmarks: int) -> list[int]:
    """Return places of the edges that join what was joined already: each closes a loop."""
    parent = list(range(n_landmarks))

    def root(corner: int) -> int:
        while parent[corner] != corner:
            parent[corner] = parent[parent[corner]]
            corner = parent[corner]
        return corner

    closing = []
    for place, (a, b) in enumerate(edges.tolist()):
        first, second = root(a), root(b)
        if first == second:
            closing.append(place)
        parent[first] = second
    return closing


def _filled(sides: Labels, slacks: Array) -> dict[int, float]:
    """Reduce triangles' boundaries, bits of edges, one by one: each fills the loop it ends in."""
    by_last_edge: dict[int, int] = {}
    deaths: dict[int, float] = {}
    for (i, j, k), slack in zip(sides.tolist(), slacks.tolist(), strict=True):
        column = (1 << i) | (1 << j) | (1 << k)
        while column and (last := column.bit_length() - 1) in by_last_edge:
            column ^= by_last_edge[last]
        if column:
            last = column.bit_length() - 1
            by_last_edge[last] = column
            deaths[last] = slack
    return deaths

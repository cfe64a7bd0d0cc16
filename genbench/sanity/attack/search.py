"""Search where there is no gradient: some samples are changed at a time, the better is kept."""

from collections.abc import Callable

import numpy as np

from genbench.ground.arrays import Array, Labels
from genbench.sanity.attack.world import WHITE

Move = Callable[[Array, Labels, np.random.Generator], Array]


def search(
    loss: Callable[[Array], float],
    start: Array,
    evaluations: int,
    *,
    rng: np.random.Generator,
    given: Array | None = None,
) -> tuple[Array, float]:
    """Return pictures (n, 64) with less loss, and it; at most so many are looked at.

    Each step replaces some pictures: by themselves with noise, by others of the set or by extreme
    ones; or else, if real pictures are given, by some of those only. Equal loss is taken, so as not
    to get stuck.
    """
    moves: list[Move] = [_jitter, _repeat, _extreme]
    if given is not None:
        moves = [lambda _, rows, rng: given[rng.integers(len(given), size=len(rows))]]
    best, least = start, loss(start)
    for _ in range(evaluations - 1):
        tried = best.copy()
        most = int(rng.choice([1, max(len(best) // 20, 1), max(len(best) // 4, 1)]))
        rows = rng.permutation(len(best))[: rng.integers(1, most + 1)]
        tried[rows] = moves[rng.integers(len(moves))](best, rows, rng)
        found = loss(tried)
        if found <= least:
            best, least = tried, found
    return best, least


def _jitter(pictures: Array, rows: Labels, rng: np.random.Generator) -> Array:
    width = WHITE * 10 ** rng.uniform(-2, 0)
    return np.clip(pictures[rows] + width * rng.normal(size=pictures[rows].shape), 0, WHITE)


def _repeat(pictures: Array, rows: Labels, rng: np.random.Generator) -> Array:
    return pictures[rng.integers(len(pictures), size=len(rows))]


def _extreme(pictures: Array, rows: Labels, rng: np.random.Generator) -> Array:
    return WHITE * rng.integers(2, size=pictures[rows].shape).astype(float)

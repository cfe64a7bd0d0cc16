"""Tables of distances that several measures of one call go through, kept while it lasts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from weakref import ref

import numpy as np

from genbench.ground.arrays import Array

MOST_ENTRIES = 2500**2  # of a table: 50 MB
FEWEST_DIMENSIONS = 256  # that make it dearer to find than to read
MOST_TABLES = 8  # of all pairs of three sets there are six

Place = tuple[Any, ...]
Kept = dict[tuple[Place, Place], tuple["ref[Array]", "ref[Array]", Array]]
_kept: ContextVar[Kept | None] = ContextVar("kept", default=None)


@contextmanager
def keeping_tables() -> Iterator[None]:
    """Keep small tables inside the block, in which no points may change."""
    before = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(before)


def kept(points: Array, others: Array, find: Callable[[], Array]) -> Array | None:
    """Return the table (n_points, n_others), found at most once; None if it is not to be kept."""
    tables = _kept.get()
    worth = len(points) * len(others) <= MOST_ENTRIES and points.shape[1] >= FEWEST_DIMENSIONS
    if tables is None or not worth:
        return None
    for held, (one, other, _) in list(tables.items()):
        if one() is None or other() is None:
            del tables[held]  # others may have taken their place in memory
    key = _place(points), _place(others)
    if key in tables:
        return tables[key][-1]
    if key[::-1] in tables:
        return tables[key[::-1]][-1].T
    if len(tables) >= MOST_TABLES:
        del tables[next(iter(tables))]
    tables[key] = ref(_owner(points)), ref(_owner(others)), find()
    return tables[key][-1]


def _place(points: Array) -> Place:
    return points.__array_interface__["data"][0], points.shape, points.strides


def _owner(points: Array) -> Array:
    """Return the array whose memory it is."""
    while isinstance(points.base, np.ndarray):
        points = points.base
    return points

"""Beam search: of all rows the likeliest, as far as looking at a few beginnings at a time finds it.

There is no penalty of length: rows are of one length, and what follows an end is certain.
"""

import numpy as np

from genbench.ground.arrays import Array
from genbench.models.next_symbols import Ask


def beam(ask: Ask, start: Array, length: int, *, width: int, end: int | None = None) -> Array:
    """Return the likeliest row found (n, length) that begins as each of `start` (n, t).

    At each place the `width` beginnings of largest total log-probability are gone on from; of equal
    ones, those of likelier parents, then of lower symbols.
    """
    n, begun = start.shape
    if not begun:  # all begin alike
        n = min(n, 1)
    beams = np.zeros((n, 1, length))
    beams[:, 0, :begun] = start[:n]
    totals = np.zeros((n, 1))
    for place in range(begun, length):
        beginnings = beams[:, :, :place]
        laws = ask(beginnings.reshape(totals.size, place)).reshape(*totals.shape, -1)
        if end is not None:
            ended = (beginnings == end).any(axis=2, keepdims=True)
            laws = np.where(ended, _certain(end, laws.shape[2]), laws)
        every = (totals[:, :, None] + laws).reshape(n, -1)
        best = np.argsort(-every, axis=1, kind="stable")[:, :width]
        totals = np.take_along_axis(every, best, axis=1)
        parent, symbol = np.divmod(best, laws.shape[2])
        beams = np.take_along_axis(beams, parent[:, :, None], axis=1)
        beams[:, :, place] = symbol
    found = beams[:, 0]
    return np.asarray(found if begun else np.repeat(found, len(start), axis=0))


def _certain(symbol: int, n_symbols: int) -> Array:
    return np.where(np.arange(n_symbols) == symbol, 0.0, -np.inf)

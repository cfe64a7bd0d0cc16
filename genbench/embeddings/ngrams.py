"""Sequences of symbols as points: how often they say what, of one, two and three symbols.

Of each order, the square roots of the shares of a row's n-grams are a point on a sphere, whose
distances are Hellinger's. They are projected to 32 coordinates by random signs that are fixed (a
hash of what the symbols spell), and scaled by the training rows; nothing else is learnt, so that
copies of training rows have no advantage. What follows the end of a row does not count.

Achlioptas, "Database-friendly random projections", JCSS 66, 2003,
https://doi.org/10.1016/S0022-0000(03)00025-4; signs by a hash: Weinberger et al., "Feature Hashing
for Large Scale Multitask Learning", ICML 2009, https://arxiv.org/abs/0902.2206.
"""

from dataclasses import dataclass
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from genbench.datasets.symbols import Symbols
from genbench.embeddings.standardised import Standardised
from genbench.ground.arrays import Array

ORDERS = (1, 2, 3)
N_COLUMNS = 32  # of each order
BLOCK = 2**16  # symbols at once: a number for each of them and each column is in memory
NONE = np.uint64(2**64 - 1)  # stands where no n-gram does

Hashes: TypeAlias = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Ngrams:
    """Points (n, 96) of rows of symbols; no classes are known."""

    symbols: Symbols
    scale: Standardised

    @classmethod
    def of(cls, symbols: Symbols, train: Array) -> "Ngrams":
        """Take mean and deviation of each coordinate from training rows (n, length)."""
        return cls(symbols, Standardised.of_points(projected(train, symbols)))

    def embed(self, samples: Array) -> Array:
        return self.scale.embed(projected(samples, self.symbols))

    def classify(self, samples: Array) -> Array | None:
        return None


def projected(rows: Array, symbols: Symbols) -> Array:
    """Return square roots of the shares of n-grams of each row, projected (n, 96)."""
    names = np.array([crc32(symbol.encode()) for symbol in symbols.vocabulary], dtype=np.uint64)
    step = max(1, BLOCK // rows.shape[1])
    blocks = np.split(rows, range(step, len(rows), step))
    return np.concatenate(
        [_projected(names[block.astype(np.int64)], symbols.lengths(block)) for block in blocks]
    )


def _projected(names: Hashes, lengths: NDArray[np.int64]) -> Array:
    """Project rows (n, length) whose symbols have these names; only `lengths` of them count."""
    grams, orders = np.zeros_like(names), []
    for order in ORDERS:
        kept = names.shape[1] - order + 1
        if kept < 1:  # no row is so long
            orders.append(np.zeros((len(names), N_COLUMNS)))
            continue
        grams = _mixed(grams[:, :kept] + names[:, order - 1 :])
        beyond = np.arange(kept) >= lengths[:, None] - order + 1
        orders.append(_summed(np.where(beyond, NONE, grams)))
    return np.concatenate(orders, axis=1)


def _summed(grams: Hashes) -> Array:
    """Sum the signs of a row's different n-grams (n, places), each times the root of its share."""
    n, places = grams.shape
    ordered = np.sort(grams, axis=1)
    new = np.diff(ordered, axis=1, prepend=~ordered[:, :1]) != 0
    first = np.flatnonzero(new)
    different, row = ordered.ravel()[first], first // places
    counts = np.diff(first, append=n * places)
    total = (grams != NONE).sum(axis=1)
    roots = np.sqrt(counts / np.maximum(total, 1)[row]) * (different != NONE)
    bits = (different[:, None] >> np.arange(N_COLUMNS, dtype=np.uint64)) & np.uint64(1)
    signs = 2.0 * bits - 1.0
    return np.add.reduceat(roots[:, None] * signs, np.searchsorted(row, np.arange(n)))


def _mixed(numbers: Hashes) -> Hashes:
    """Return other numbers, every bit of which depends on all bits of the given ones.

    The finaliser of SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
    generators", OOPSLA 2014, https://doi.org/10.1145/2660193.2660195.
    """
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))

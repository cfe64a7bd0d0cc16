"""Byte pairs: symbols that often stand side by side become one symbol, again and again.

Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units", ACL 2016,
https://arxiv.org/abs/1508.07909. Differs: symbols reach over blanks and line ends. Of equally
frequent pairs the first in the order of numbers is merged.
"""

from collections.abc import Sequence

import numpy as np

from genbench.ground.arrays import Array

Pair = tuple[int, int]


def pairs_of(rows: Array, *, n_symbols: int, more: int) -> list[Pair]:
    """Return which pairs to merge, in order: the first makes the symbol `n_symbols`.

    Pairs are counted within rows (n, length) of numbers below `n_symbols`; `more` symbols are made.
    """
    border, pairs = n_symbols + more, []
    numbers = np.pad(rows, ((0, 0), (0, 1)), constant_values=border).ravel()
    for _ in range(more):
        inside = (numbers[:-1] != border) & (numbers[1:] != border)
        codes = (numbers[:-1] * border + numbers[1:])[inside].astype(np.int64)
        first, second = divmod(int(np.bincount(codes).argmax()), border)
        pairs.append((first, second))
        numbers = merged(numbers, pairs[-1:], n_symbols + len(pairs) - 1)
    return pairs


def merged(numbers: Array, pairs: Sequence[Pair], n_symbols: int) -> Array:
    """Return numbers (n,) in which the i-th pair, from the left, is the symbol `n_symbols` + i."""
    for made, (first, second) in enumerate(pairs, start=n_symbols):
        here = np.flatnonzero((numbers[:-1] == first) & (numbers[1:] == second))
        if first == second:  # of aaa only the first two are a pair
            run = np.flatnonzero(np.diff(here, prepend=-2) > 1)
            here = here[(here - np.repeat(here[run], np.diff(run, append=len(here)))) % 2 == 0]
        numbers = numbers.copy()
        numbers[here] = made
        numbers = np.delete(numbers, here + 1)
    return numbers

"""Rows of symbols as whole numbers, and the grams in them: none crosses rows or passes an end."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from genbench.datasets.symbols import Symbols
from genbench.evidence.comparison import Comparison, Reference, given
from genbench.ground.arrays import Array, Flags, Labels
from genbench.ground.errors import Unavailable

LARGEST = 2**63  # codes are below


@dataclass(frozen=True, eq=False)
class SymbolRows:
    """Rows of one set. The end is a symbol of its row, what follows it is not."""

    numbers: Labels  # (n, length)
    lengths: Labels  # (n,)
    n_symbols: int

    @classmethod
    def of(cls, samples: Array, symbols: Symbols) -> Self:
        """Take samples (n, length) as they are."""
        return cls(samples.astype(np.int64), symbols.lengths(samples), symbols.count)

    @cached_property
    def inside(self) -> Flags:
        """Which places belong to their row (n, length)."""
        return np.asarray(np.arange(self.numbers.shape[1]) < self.lengths[:, None])

    def grams(self, order: int) -> tuple[Labels, Labels]:
        """Return the code of each gram, which other sets of the symbols share, and its row.

        Raises:
            Unavailable: there are too many symbols for codes of such grams.
        """
        if self.n_symbols**order >= LARGEST:
            raise Unavailable(f"{self.n_symbols} symbols are too many for grams of {order}")
        starts = self.numbers.shape[1] - order + 1
        if starts < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        codes = np.zeros((len(self.numbers), starts), dtype=np.int64)
        for place in range(order):
            codes = codes * self.n_symbols + self.numbers[:, place : place + starts]
        rows, places = np.nonzero(self.inside[:, order - 1 :])
        return codes[rows, places], rows

    def some(self, chosen: Labels) -> "SymbolRows":
        """Return some of the rows."""
        return SymbolRows(self.numbers[chosen], self.lengths[chosen], self.n_symbols)


def symbols_of(reference: Reference) -> Symbols:
    """Return what numbers spell.

    Raises:
        Unavailable: samples are no rows of symbols.
    """
    return given(reference.symbols, "symbols that the numbers of a row spell")


def test_rows(reference: Reference) -> SymbolRows:
    """Return the test rows."""
    return SymbolRows.of(given(reference.test, "test samples"), symbols_of(reference))


def train_rows(reference: Reference) -> SymbolRows:
    """Return the training rows."""
    return SymbolRows.of(given(reference.train, "train samples"), symbols_of(reference))


def generated_rows(comparison: Comparison) -> SymbolRows:
    """Return the generated rows."""
    samples = given(comparison.generated, "generated samples")
    return SymbolRows.of(samples, symbols_of(comparison.reference))

"""The longest strings that rows of symbols have in common with training rows.

All strings that end at some place of a training row are read backwards and sorted; then the string
that ends at a place of another row shares most with one of its two neighbours in that order, as in
a suffix array (Manber and Myers, "Suffix arrays: a new method for on-line string searches", SIAM
Journal on Computing 1993, https://doi.org/10.1137/0222058). Nothing is hashed: lengths are exact.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.symbol_rows import SymbolRows, generated_rows, test_rows, train_rows
from genbench.ground.arrays import Flags, Labels

LONGEST = 128  # symbols that a match is followed back ...
MOST_BYTES = 1 << 28  # ... if there is room for as much behind each place of all training rows
FEWEST = 16
BLOCK = 1 << 14  # places at a time


@dataclass(frozen=True, eq=False)
class TrainingMatches(Evidence):
    """What generated rows, and test rows as a measure of what is usual, share with training rows.

    `matches` (n, length) is how long the longest string is that ends at each place of a row and
    occurs inside one training row, up to `LONGEST`; 0 behind the end.
    """

    inputs: ClassVar = ("test", "generated", "train", "symbols")

    generated: SymbolRows
    matches: Labels
    known: Flags  # (n_generated,) rows that are training rows
    test: SymbolRows
    test_matches: Labels
    test_known: Flags
    reach: int  # symbols that matches are followed back

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Look every place up."""
        reference = comparison.reference
        rows = comparison.get(generated_rows)
        matches, known = _looked_up(rows, reference)
        reach = _reach(reference.get(train_rows))
        return cls(rows, matches, known, reference.get(test_rows), *reference.get(_of_test), reach)

    @property
    def spans(self) -> Labels:
        """Longest string of each generated row that occurs in a training row (n_generated,)."""
        return np.asarray(self.matches.max(axis=1))

    @property
    def test_spans(self) -> Labels:
        """The same of test rows (n_test,)."""
        return np.asarray(self.test_matches.max(axis=1))

    @property
    def parameters(self) -> dict[str, Any]:
        """How far matches are followed."""
        return {"longest_match": self.reach}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether some match may go on."""
        beyond = int(((self.spans == self.reach) & (self.generated.lengths > self.reach)).sum())
        if not beyond:
            return ()
        return (
            f"{beyond} rows have {self.reach} symbols of a training row or more: no more count.",
        )


def _of_test(reference: Reference) -> tuple[Labels, Flags]:
    return _looked_up(reference.get(test_rows), reference)


def _looked_up(rows: SymbolRows, reference: Reference) -> tuple[Labels, Flags]:
    train = reference.get(train_rows)
    matches = np.zeros(rows.numbers.shape, dtype=np.int64)
    ending = _backwards(rows, _reach(train))
    shared = _shared(ending, reference.get(_sorted_train)) // _bytes_of(rows)
    said = np.nonzero(rows.inside)[1] + 1  # symbols of the row up to each place
    matches[rows.inside] = np.minimum(shared, said)
    known = {row.tobytes() for row in train.numbers}
    return matches, np.array([row.tobytes() in known for row in rows.numbers])


def _sorted_train(reference: Reference) -> NDArray[np.bytes_]:
    train = reference.get(train_rows)
    return np.unique(_backwards(train, _reach(train)))


def _reach(train: SymbolRows) -> int:
    """Return how many symbols matches are followed back, by what there is room for."""
    room = MOST_BYTES // (int(train.lengths.sum()) * _bytes_of(train))
    return int(min(max(room, FEWEST), LONGEST, train.numbers.shape[1]))


def _bytes_of(rows: SymbolRows) -> int:
    return 1 if rows.n_symbols < 256 else 4


def _backwards(rows: SymbolRows, reach: int) -> NDArray[np.bytes_]:
    """Return what ends at each place inside a row, read backwards, as bytes that sort as symbols.

    Before a row there is nothing, which is zero and below every symbol.
    """
    n, length = rows.numbers.shape
    size = _bytes_of(rows)
    padded = np.zeros((n, length + reach - 1), dtype=f">u{size}")
    padded[:, reach - 1 :] = rows.numbers + 1
    windows = np.lib.stride_tricks.sliding_window_view(padded, reach, axis=1)[:, :, ::-1]
    strings = np.ascontiguousarray(windows[rows.inside])
    return strings.view(f"S{reach * size}")[:, 0]


def _shared(strings: NDArray[np.bytes_], known: NDArray[np.bytes_]) -> Labels:
    """Return how many bytes each string (n,) shares, from its first on, with one of the sorted."""
    above = np.minimum(np.searchsorted(known, strings), len(known) - 1)
    below = np.maximum(above - 1, 0)
    return np.maximum(_alike(strings, known, above), _alike(strings, known, below))


def _alike(strings: NDArray[np.bytes_], known: NDArray[np.bytes_], places: Labels) -> Labels:
    width = known.dtype.itemsize
    found = np.empty(len(strings), dtype=np.int64)
    for start in range(0, len(strings), BLOCK):
        block = slice(start, start + BLOCK)
        one, other = (
            np.ascontiguousarray(part).view(np.uint8).reshape(-1, width)
            for part in (strings[block], known[places[block]])
        )
        differ = one != other
        found[block] = np.where(differ.any(axis=1), differ.argmax(axis=1), width)
    return found

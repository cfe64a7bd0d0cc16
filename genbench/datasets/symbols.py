"""What the numbers of a sequence spell: characters, pieces of words, words.

A sequence is a row of whole numbers, each the place of a symbol in the vocabulary. Rows are windows
of a longer text, or else end where the symbol `end` first stands: all that follows it is `end` too,
which is a rule of the data and no padding, so that the law of whole rows sums to one. A row without
`end` is the beginning of something longer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief


@dataclass(frozen=True)
class Symbols:
    """The vocabulary of a data set of sequences, and what its rows spell.

    Raises:
        BadInput: fewer than two symbols, one that stands twice or spells nothing though it does
            not end rows, or an end that is not among them.
    """

    vocabulary: tuple[str, ...]  # what each number spells
    end: int | None = None  # ends a row, and spells nothing; None: rows are windows
    joint: str = ""  # between symbols in print: nothing of characters, a blank of words

    def __post_init__(self) -> None:
        if len(self.vocabulary) < 2:
            raise BadInput(f"A vocabulary has two symbols or more, not {len(self.vocabulary)}.")
        if self.end is not None and not 0 <= self.end < len(self.vocabulary):
            raise BadInput(
                f"The end is one of the {len(self.vocabulary)} symbols, not number {self.end}."
            )
        twice = next((s for s in self.vocabulary if len(self._numbers[s]) > 1), None)
        if twice is not None:
            raise BadInput(f"The vocabulary has the symbol {brief(repr(twice))} twice.")
        if "" in self._numbers and self._numbers[""] != [self.end]:
            raise BadInput("A symbol of the vocabulary spells nothing, which only the end may.")

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        numbers: dict[str, list[int]] = {}
        for number, symbol in enumerate(self.vocabulary):
            numbers.setdefault(symbol, []).append(number)
        return numbers

    @property
    def count(self) -> int:
        """How many symbols there are."""
        return len(self.vocabulary)

    def check(self, rows: Array, *, name: str) -> None:
        """See that samples are rows (n, length) of symbols.

        Raises:
            BadInput: they have another shape, or some number is not that of a symbol.
        """
        if rows.ndim != 2:
            raise BadInput(f"{name} has shape {rows.shape}; expected (n, length), of sequences.")
        known = (rows == np.rint(rows)) & (rows >= 0) & (rows < self.count)
        if not known.all():
            raise BadInput(
                f"{name} holds {rows[~known][0]:g}, which is none of the {self.count} symbols: "
                "they are the whole numbers from 0 up."
            )

    def lengths(self, rows: Array) -> Labels:
        """Symbols of each row (n,), the end counted, what follows it not."""
        width = rows.shape[1]
        if self.end is None:
            return np.full(len(rows), width)
        ends = rows == self.end
        return np.asarray(np.where(ends.any(axis=1), ends.argmax(axis=1) + 1, width))

    def close(self, rows: Array) -> Array:
        """Return rows (n, length) in which all that follows the first end is the end too."""
        if self.end is None:
            return rows
        behind = np.arange(rows.shape[1]) >= self.lengths(rows)[:, None]
        return np.where(behind, float(self.end), rows)

    def spell(self, row: Array) -> str:
        """Return what a row (length,) says, up to its end."""
        return self.joint.join(self.vocabulary[int(number)] for number in self._said(row))

    def n_bytes(self, rows: Array) -> Labels:
        """Length of what each row says (n,), in bytes of UTF-8."""
        return np.array([len(self.spell(row).encode()) for row in rows])

    def _said(self, row: Array) -> Array:
        if self.end is None:
            return row
        return row[: int(np.argmax(np.append(row, self.end) == self.end))]

    def encode(self, texts: Iterable[str], length: int) -> Array:
        """Return texts as rows (n, length) of numbers, with the end behind each.

        Without a blank between symbols each is the longest that fits. A text that fills its row
        is the beginning of one.

        Raises:
            BadInput: a text holds what no symbol spells, is longer than a row, or, where rows are
                windows, shorter.
        """
        texts = list(texts)
        rows = np.full((len(texts), length), 0.0 if self.end is None else float(self.end))
        for i, text in enumerate(texts):
            numbers = self._cut(text, i)
            if len(numbers) > length or (self.end is None and len(numbers) < length):
                raise BadInput(
                    f"Text {i + 1} has {len(numbers)} symbols; a row has {length}: "
                    f"{brief(repr(text))}."
                )
            rows[i, : len(numbers)] = numbers
        return rows

    def _cut(self, text: str, i: int) -> list[int]:
        if self.joint:
            pieces = [piece for piece in text.split(self.joint) if piece]
        else:
            pieces = list(self._longest(text))
        for piece in pieces:
            if piece not in self._numbers:
                raise BadInput(
                    f"Text {i + 1} holds {brief(repr(piece))}, which is none of the {self.count} "
                    "symbols."
                )
        return [self._numbers[piece][0] for piece in pieces]

    def _longest(self, text: str) -> Iterable[str]:
        longest, place = max(map(len, self.vocabulary)), 0
        while place < len(text):
            found = next(
                (
                    text[place : place + size]
                    for size in range(longest, 0, -1)
                    if text[place : place + size] in self._numbers
                ),
                text[place],
            )
            yield found
            place += len(found)

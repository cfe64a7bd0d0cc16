"""Words of rows of symbols, and how often each occurs."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.datasets.symbols import Symbols
from genbench.evidence.comparison import Comparison, Evidence, Reference, given
from genbench.evidence.symbol_rows import SymbolRows, symbols_of
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

BLANK = " "
ORDER = 4  # of the strings that stand for words where there are none


@dataclass(frozen=True, eq=False)
class Words(Evidence):
    """Counts of the different words of either set.

    Where blanks stand between symbols, each is a word; where they are among what symbols spell,
    they part words, and at the edges of a window a word may be cut, so that the first and the last
    do not count. Elsewhere strings of four symbols stand for words.
    """

    inputs: ClassVar = ("test", "generated", "symbols")

    test: Labels  # (n_words,)
    generated: Labels
    are: str  # what stands for words

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Count.

        Raises:
            Unavailable: a set has no word.
        """
        reference = comparison.reference
        symbols = symbols_of(reference)
        generated = given(comparison.generated, "generated samples")
        return cls(reference.get(_of_test), _counts(generated, symbols, "generated"), _are(symbols))

    @property
    def parameters(self) -> dict[str, Any]:
        """What stands for words, and how many different ones there are."""
        return {
            "words": self.are,
            "n_test_words": len(self.test),
            "n_generated_words": len(self.generated),
        }


def _of_test(reference: Reference) -> Labels:
    return _counts(given(reference.test, "test samples"), symbols_of(reference), "test")


def _are(symbols: Symbols) -> str:
    if symbols.joint == BLANK:
        return "symbols"
    return "words" if any(BLANK in symbol for symbol in symbols.vocabulary) else f"{ORDER}-grams"


def _counts(samples: Array, symbols: Symbols, name: str) -> Labels:
    are, rows = _are(symbols), SymbolRows.of(samples, symbols)
    if are == "words":
        cut = symbols.end is None
        texts = (symbols.spell(row).split(BLANK) for row in samples)
        found = np.array([w for t in texts for w in (t[1:-1] if cut else t) if w])
    else:
        codes = rows.grams(1 if are == "symbols" else ORDER)[0]
        found = codes[codes != symbols.end] if are == "symbols" else codes
    if not len(found):
        raise Unavailable(f"{name} rows have no words")
    return np.unique(found, return_counts=True)[1]

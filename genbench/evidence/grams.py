"""Strings of a few symbols in test and generated rows."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from genbench.datasets.symbols import Symbols
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.symbol_rows import SymbolRows, generated_rows, symbols_of, test_rows


@dataclass(frozen=True, eq=False)
class Grams(Evidence):
    """Rows of both sets, whose grams have codes in common."""

    inputs: ClassVar = ("test", "generated", "symbols")

    test: SymbolRows
    generated: SymbolRows
    symbols: Symbols

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take the rows."""
        reference = comparison.reference
        return cls(reference.get(test_rows), comparison.get(generated_rows), symbols_of(reference))

    @property
    def parameters(self) -> dict[str, Any]:
        """How much there is of either set: counts of different grams depend on it."""
        return {
            "n_test_symbols": int(self.test.lengths.sum()),
            "n_generated_symbols": int(self.generated.lengths.sum()),
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether one set has more to show than the other."""
        n_test, n = len(self.test.lengths), len(self.generated.lengths)
        if 0.9 < n / n_test < 1.1:
            return ()
        return (
            f"{n} generated rows are beside {n_test} test rows: with more rows more different "
            "grams are seen, and a smaller part of all are different.",
        )

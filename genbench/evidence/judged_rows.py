"""Generated rows of symbols as a judge sees them that has learned from test rows.

The judge is of another kind than most models and as good as test rows allow: n-grams of order 4 by
modified Kneser-Ney (Chen and Goodman, "An empirical study of smoothing techniques for language
modeling", 1999, https://doi.org/10.1006/csla.1999.0128). It has not seen training rows: one that
has holds their copies to be the best of all text.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.symbol_rows import SymbolRows, generated_rows, test_rows
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for
from genbench.models.find import ModelSpec

ORDER = 4
JUDGE = ModelSpec(target="genbench.baselines.sequences.ngram:NGram", params={"order": ORDER})


@dataclass(frozen=True, eq=False)
class JudgedRows(Evidence):
    """Bits that the judge takes for each generated row, up to its end."""

    inputs: ClassVar = ("test", "generated", "symbols")

    bits: Array  # (n_generated,)
    lengths: Labels  # (n_generated,)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Let the judge read what was generated."""
        rows = comparison.get(generated_rows)
        return cls(comparison.reference.get(judge).bits(rows), rows.lengths)

    @property
    def parameters(self) -> dict[str, Any]:
        """Who judges, and how much there is."""
        return {
            "judge": f"modified Kneser-Ney of order {ORDER}, fitted to test rows",
            "n_symbols": int(self.lengths.sum()),
        }


@dataclass(frozen=True, eq=False)
class Judge:
    """A model of rows whose symbols it has numbers of its own for."""

    model: Any  # with `log_prob` and `next_log_prob`
    numbers: Labels  # (n_symbols,) of each symbol

    def bits(self, rows: SymbolRows) -> Array:
        """Return the code length of each row (n,), up to its end."""
        numbers, found = self.numbers[rows.numbers], np.zeros(len(rows.lengths))
        if rows.inside.all():
            return np.asarray(-self.model.log_prob(numbers.astype(float)) / np.log(2))
        for t in range(numbers.shape[1]):
            held = np.flatnonzero(rows.lengths > t)
            said = self.model.next_log_prob(numbers[held, :t].astype(float))
            found[held] -= said[np.arange(len(held)), numbers[held, t]]
        return np.asarray(found / np.log(2))


def judge(reference: Reference) -> Judge:
    """Fit the judge to test rows.

    A model takes the greatest number that it sees to be the last: symbols that no test row holds
    get the first numbers, so that the judge knows of them.
    """
    rows = reference.get(test_rows)
    occurs = np.bincount(rows.numbers.ravel(), minlength=rows.n_symbols) > 0
    numbers = np.empty(rows.n_symbols, dtype=np.int64)
    numbers[np.argsort(occurs, kind="stable")] = np.arange(rows.n_symbols)
    model: Any = JUDGE.make()
    model.fit(numbers[rows.numbers].astype(float), rng=rng_for(0, "judge"))
    return Judge(model, numbers)

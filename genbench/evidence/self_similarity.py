"""How much of each row of symbols other rows of the same set hold: BLEU of each against the rest.

Papineni et al., "BLEU: a method for automatic evaluation of machine translation", ACL 2002,
https://doi.org/10.3115/1073083.1073135. One is added to counts from order 2 on, as in Lin and Och,
"ORANGE: a method for evaluating automatic evaluation metrics for machine translation", COLING 2004,
https://doi.org/10.3115/1220355.1220427, or a row without a single known 4-gram would get nothing.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.subsets import part
from genbench.evidence.symbol_rows import SymbolRows, generated_rows, test_rows
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for

N_ROWS = 200
ORDERS = (1, 2, 3, 4)


@dataclass(frozen=True, eq=False)
class SelfSimilarity(Evidence):
    """BLEU of each of some rows against the others of them: with more others it is higher."""

    inputs: ClassVar = ("generated", "symbols")

    scores: Array  # (n,)
    n_generated: int
    test: SymbolRows | None

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw rows, and hold each against the others.

        Raises:
            Unavailable: there are fewer than two.
        """
        rows = comparison.get(generated_rows)
        if len(rows.lengths) < 2:
            raise Unavailable("needs two generated rows")
        chosen = _drawn(len(rows.lengths), N_ROWS, comparison.rng("self_similarity"))
        reference = comparison.reference
        test = None if reference.test is None else reference.get(test_rows)
        return cls(bleu(rows.some(chosen)), len(rows.lengths), test)

    @cached_property
    def of_test(self) -> float | None:
        """The mean of as many test rows; None if there are fewer."""
        n = len(self.scores)
        if self.test is None or len(self.test.lengths) < n:
            return None
        chosen = _drawn(len(self.test.lengths), n, rng_for(0, "self_similarity"))
        return float(bleu(self.test.some(chosen)).mean())

    @property
    def parameters(self) -> dict[str, Any]:
        """How many rows are held against one another, and how absent grams are counted."""
        return {"n_rows": len(self.scores), "smoothing": "one added from order 2 on"}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether rows are fewer than usual, or a part."""
        n = len(self.scores)
        if n < N_ROWS:
            return (f"{n} rows are held against one another, not {N_ROWS}: it is lower for that.",)
        return part(n, self.n_generated, "generated")


def bleu(rows: SymbolRows) -> Array:
    """Return BLEU of each row (n,) against all other rows, of orders 1 to 4 alike."""
    logs = []
    for order in ORDERS:
        shared, every = _shared(rows, order)
        added = order > 1
        with np.errstate(divide="ignore"):  # nothing shared: the product is nothing
            logs.append(np.log((shared + added) / (np.maximum(every, 1) + added)))
    nearest = _nearest_length(rows.lengths)
    brevity = np.minimum(1 - nearest / rows.lengths, 0.0)
    return np.asarray(np.exp(np.mean(logs, axis=0) + brevity))


def _shared(rows: SymbolRows, order: int) -> tuple[Array, Array]:
    """Return how many grams of each row some other row has, as often as it has, and how many all.

    Each gram counts at most as often as in the row that has it most, this row apart.
    """
    n = len(rows.lengths)
    codes, of_row = rows.grams(order)
    grams = np.unique(codes, return_inverse=True)[1]
    pairs, counts = np.unique(grams * n + of_row, return_counts=True)
    grams, of_row = np.divmod(pairs, n)
    ranked = np.lexsort((-counts, grams))
    grams, of_row, counts = grams[ranked], of_row[ranked], counts[ranked]
    places = np.searchsorted(grams, np.arange(len(np.unique(grams))))  # where each has its most
    second = np.zeros(len(places), dtype=np.int64)
    has_second = np.diff(np.append(places, len(grams))) > 1
    second[has_second] = counts[places[has_second] + 1]
    elsewhere = counts[places][grams]
    elsewhere[places] = second
    clipped = np.minimum(counts, elsewhere)
    return tuple(  # type: ignore[return-value]
        np.bincount(of_row, weights=part, minlength=n) for part in (clipped, counts)
    )


def _nearest_length(lengths: Labels) -> Labels:
    """Return the length of the other row that is nearest in length (n,); of two, the shorter."""
    apart = np.abs(lengths[:, None] - lengths) * 2 + (lengths > lengths[:, None])
    np.fill_diagonal(apart, np.iinfo(np.int64).max)
    return np.asarray(lengths[apart.argmin(axis=1)])


def _drawn(n: int, most: int, rng: np.random.Generator) -> Labels:
    return np.arange(n) if n <= most else np.sort(rng.choice(n, size=most, replace=False))

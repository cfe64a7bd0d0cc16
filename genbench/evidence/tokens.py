"""What a model of sequences says of each test token."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.datasets.symbols import Symbols
from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.evidence.row_likelihoods import RowLikelihoods
from genbench.ground.arrays import Array


@dataclass(frozen=True, eq=False)
class Tokens(Evidence):
    """Log-probability of each test token given those before it, in nats, or of rows of them.

    Rows of symbols are taken where there are no tokens: their symbols, each end one of them, are
    the tokens then.
    """

    inputs: ClassVar = ("token_log_prob",)

    log_prob: Array  # (n_parts,)
    sizes: Array  # (n_parts,) tokens of each part
    n_bytes: Array | None  # (n_parts,) of the text that each part spells; of tokens a mean share
    ways: str = ""  # why a text may be spelled in more than one way, if it may

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given."""
        if comparison.token_log_prob is None and comparison.reference.symbols is not None:
            rows = comparison.get(RowLikelihoods.of)
            sizes, n_bytes = rows.lengths.astype(float), rows.n_bytes.astype(float)
            return cls(rows.log_prob, sizes, n_bytes, _ways(comparison.reference.symbols))
        log_prob = given(comparison.token_log_prob, "log-probabilities of test tokens")
        total, n = comparison.test_bytes, len(log_prob)
        return cls(log_prob, np.ones(n), None if total is None else np.full(n, total / n))

    @property
    def parameters(self) -> dict[str, Any]:
        """What there is to divide by."""
        bytes_too = {} if self.n_bytes is None else {"n_bytes": float(self.n_bytes.sum())}
        return {"n_tokens": int(self.sizes.sum())} | bytes_too

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether the model was asked for one way of many to spell the text."""
        return (self.ways,) if self.ways else ()


def _ways(symbols: Symbols) -> str:
    several = sum(len(symbol) > 1 for symbol in symbols.vocabulary)
    if symbols.joint or not several:
        return ""
    return (
        f"{several} symbols spell several characters, so that a text can be spelled in more than "
        "one way, and the model is asked for one: bits per byte are an upper bound."
    )

"""Generated rows of symbols under the true law."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, given
from genbench.evidence.symbol_rows import generated_rows, symbols_of
from genbench.ground.arrays import Array, Flags, Labels
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for
from genbench.ground.spread import error_of_ratio

N_DRAWS = 2000  # of the law, that tell its entropy
NAT = float(np.log2(np.e))  # in bits


@runtime_checkable
class HasRowEntropy(Protocol):
    """A law that tells the entropy of its rows, which are all of one length."""

    @property
    def row_entropy(self) -> float:
        """In nats."""
        ...


@dataclass(frozen=True, eq=False)
class RowEntropy:
    """Bits that the law takes for a symbol of its own rows."""

    bits: float
    error: float  # standard error, over draws


@dataclass(frozen=True, eq=False)
class TrueLaw(Evidence):
    """True log-probability of each generated row, a beginning's being that of all it may become."""

    inputs: ClassVar = ("generated", "symbols", "density")

    log_prob: Array  # (n_generated,), in nats; minus infinity: impossible
    lengths: Labels  # (n_generated,)
    counts: Labels  # (n_generated,) how many rows are equal to each, itself among them
    first: Flags  # (n_generated,) rows that are equal to none before them
    n_beginnings: int  # rows without an end, where rows have one
    reference: Reference

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Ask the law."""
        reference = comparison.reference
        rows = comparison.get(generated_rows)
        density = given(reference.density, "densities of the data (density)")
        samples = given(comparison.generated, "generated samples")
        log_prob = np.asarray(density.log_prob(samples), dtype=float)
        codes = np.unique(samples, axis=0, return_inverse=True)[1].ravel()
        first = np.zeros(len(samples), dtype=bool)
        first[np.unique(codes, return_index=True)[1]] = True
        counts = np.bincount(codes)[codes]
        end = symbols_of(reference).end
        open_ended = 0 if end is None else int((samples != end).all(axis=1).sum())
        return cls(log_prob, rows.lengths, counts, first, open_ended, reference)

    @property
    def entropy(self) -> RowEntropy:
        """What the law takes for its own rows."""
        return self.reference.get(row_entropy)

    @property
    def probabilities(self) -> Array:
        """True probability of each generated row (n_generated,)."""
        return np.exp(self.log_prob)

    @property
    def possible(self) -> Flags:
        """Which rows the law can bring about (n_generated,)."""
        return np.asarray(self.log_prob > -np.inf)

    @property
    def surprisal(self) -> Array:
        """Of each generated row, in bits (n_generated,).

        Raises:
            Unavailable: an impossible row is infinitely surprising.
        """
        impossible = int((~self.possible).sum())
        if impossible:
            raise Unavailable(
                f"{impossible} of {len(self.log_prob)} rows are impossible under the true law"
            )
        return -self.log_prob * NAT

    @property
    def parameters(self) -> dict[str, Any]:
        """What rows are compared with, and how many of them are only begun."""
        return {
            "n_symbols": int(self.lengths.sum()),
            "n_beginnings": self.n_beginnings,
        }


def row_entropy(reference: Reference) -> RowEntropy:
    """Return the law's own, or an estimate by rows that it draws, the same for every model."""
    density, symbols = reference.density, symbols_of(reference)
    density = given(density, "densities of the data (density)")
    rows = density.sample(N_DRAWS, rng=rng_for(0, "row entropy"))[0]
    if symbols.end is None and isinstance(density, HasRowEntropy):
        return RowEntropy(density.row_entropy * NAT / rows.shape[1], 0.0)
    bits, lengths = -density.log_prob(rows) * NAT, symbols.lengths(rows)
    return RowEntropy(float(bits.sum() / lengths.sum()), error_of_ratio(bits, lengths))

"""What a model says of rows of symbols, and what there is to divide it by."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, given
from genbench.evidence.log_likelihoods import possible
from genbench.evidence.symbol_rows import symbols_of, test_rows
from genbench.ground.arrays import Array, Labels, flat
from genbench.ground.errors import Unavailable


@dataclass(frozen=True, eq=False)
class RowLikelihoods(Evidence):
    """Log-probability of each test row, in nats: of its symbols one after another, the end too."""

    inputs: ClassVar = ("test", "test_log_prob", "symbols")

    log_prob: Array  # (n_test,)
    lengths: Labels  # (n_test,) symbols, the end counted
    n_bytes: Labels  # (n_test,) of UTF-8 that each row spells
    true: Array | None  # (n_test,) log-probability under the true law, if that is known

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given.

        Raises:
            Unavailable: rows that the model holds to be impossible, or densities that are not
                probabilities.
        """
        reference = comparison.reference
        rows = reference.get(test_rows)
        log_prob = possible(
            given(comparison.test_log_prob, "log-probabilities of test rows"), "rows"
        )
        if log_prob.mean() > 0:
            raise Unavailable("log-probabilities of test rows are above zero on average")
        n_bytes = symbols_of(reference).n_bytes(given(reference.test, "test samples"))
        true = None if reference.density is None else reference.get(truth_of_test)
        return cls(log_prob, rows.lengths, n_bytes, true)

    @property
    def bits(self) -> Array:
        """Code length of each row (n_test,)."""
        return np.asarray(-self.log_prob / np.log(2))

    @property
    def parameters(self) -> dict[str, Any]:
        """What there is to divide by."""
        return {
            "n_rows": len(self.lengths),
            "n_symbols": int(self.lengths.sum()),
            "n_bytes": int(self.n_bytes.sum()),
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether the model is likelier than the truth, as these rows may have it."""
        if self.true is None or self.log_prob.sum() <= self.true.sum():
            return ()
        return (
            "These are fewer bits than the true law takes on the same rows: that is luck of the "
            "rows, or no law.",
        )


def truth_of_test(reference: Reference) -> Array:
    """Return the true log-density of each test sample (n_test,), in nats.

    Raises:
        Unavailable: it is not known, or some test sample is impossible under it.
    """
    density = given(reference.density, "densities of the data (density)")
    log_prob = density.log_prob(flat(given(reference.test, "test samples")))
    impossible = int((~np.isfinite(log_prob)).sum())
    if impossible:
        raise Unavailable(
            f"the density holds {impossible} of {len(log_prob)} test samples to be impossible"
        )
    return log_prob

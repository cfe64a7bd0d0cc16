"""A model's log-density of test samples beside the true one, sample by sample."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.evidence.log_likelihoods import possible
from genbench.evidence.row_likelihoods import truth_of_test
from genbench.ground.arrays import Array
from genbench.ground.spread import error_of_ratio

IMPOSSIBLE = 4.0  # standard errors below zero, where no law can be


@dataclass(frozen=True, eq=False)
class Excess(Evidence):
    """How many nats the truth gives each test sample more than the model does."""

    inputs: ClassVar = ("test", "test_log_prob", "density")

    nats: Array  # (n_test,)
    sizes: Array  # (n_test,) symbols of each row, or else values of each sample

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given.

        Raises:
            Unavailable: samples that the model, or the truth, holds to be impossible.
        """
        reference = comparison.reference
        test = given(reference.test, "test samples")
        log_prob = possible(
            given(comparison.test_log_prob, "log-densities of test samples"), "test samples"
        )
        symbols = reference.symbols
        sizes = np.full(len(test), test[0].size) if symbols is None else symbols.lengths(test)
        return cls(reference.get(truth_of_test) - log_prob, sizes.astype(float))

    @property
    def value(self) -> float:
        """Bits a symbol."""
        return float(self.nats.sum() / self.sizes.sum() / np.log(2))

    @property
    def error(self) -> float:
        """Standard error over samples, each with its own size."""
        return error_of_ratio(self.nats, self.sizes) / float(np.log(2))

    @property
    def parameters(self) -> dict[str, Any]:
        """What is divided by."""
        return {"n_symbols": int(self.sizes.sum())}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether the model is likelier than the truth, which no law is but by luck."""
        if len(self.nats) < 2 or not self.value < -IMPOSSIBLE * self.error:
            return ()
        return (
            f"The truth is beaten by {-self.value:.3g} bits, more than {IMPOSSIBLE:g} standard "
            "errors: these log-densities cannot be those of a law that sums to one.",
        )

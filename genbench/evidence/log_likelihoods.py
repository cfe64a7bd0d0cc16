"""What a model with a density of its own says of test samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable


@dataclass(frozen=True, eq=False)
class LogLikelihoods(Evidence):
    """Log-density of each test sample under the model, in nats."""

    inputs: ClassVar = ("test_log_prob",)

    test: Array  # (n_test,)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given."""
        if comparison.test_log_prob is None:
            raise Unavailable("the model has no log_prob")
        return cls(comparison.test_log_prob)


def possible(log_prob: Array, what: str) -> Array:
    """Return log-probabilities or densities (n,) of what a model holds to be possible.

    Raises:
        Unavailable: some are minus infinity; `what` says in the plural what they are of.
    """
    impossible = int(np.isinf(log_prob).sum())
    if impossible:
        raise Unavailable(
            f"the model holds {impossible} of {len(log_prob)} {what} to be impossible"
        )
    return log_prob

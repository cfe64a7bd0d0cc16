"""Importance weights of the latents that could have made each test sample."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import scipy

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable

FEW = 2.0  # effective draws: one of them outweighs all others


@dataclass(frozen=True, eq=False)
class ImportanceWeights(Evidence):
    """Weights log p(x, z) - log q(z | x) of latents z drawn for each test sample x, in nats."""

    inputs: ClassVar = ("test_log_weights",)

    log_weights: Array  # (n_test, n_draws)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given.

        Raises:
            Unavailable: none, or not a table.
        """
        log_weights = given(comparison.test_log_weights, "importance weights of latents")
        if log_weights.ndim != 2:
            raise Unavailable("needs a table of weights, draws for every test sample")
        return cls(log_weights)

    @property
    def effective_draws(self) -> Array:
        """Per test sample, as how many equally weighted draws its draws are worth, (n_test,)."""
        log_sums = (
            scipy.special.logsumexp(self.log_weights, axis=1),
            scipy.special.logsumexp(2 * self.log_weights, axis=1),
        )
        return np.asarray(np.exp(2 * log_sums[0] - log_sums[1]))

    @property
    def parameters(self) -> dict[str, Any]:
        """How many draws there are, and what they are worth."""
        return {
            "n_draws": self.log_weights.shape[1],
            "effective_draws": float(np.median(self.effective_draws)),
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether single draws decide."""
        n_draws = self.log_weights.shape[1]
        worth = float(np.median(self.effective_draws))
        if n_draws < 2 * FEW or worth >= FEW:
            return ()
        return (
            f"For most samples {n_draws} draws are worth only {worth:.2g}: the importance-weighted "
            "bound may lie far below the log-density.",
        )

"""What a model of sequences says of each test token."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array


@dataclass(frozen=True, eq=False)
class Tokens(Evidence):
    """Log-probability of each test token given those before it, in nats."""

    inputs: ClassVar = ("token_log_prob",)

    log_prob: Array  # (n_tokens,)
    n_bytes: float | None  # length of the text that they spell

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given."""
        log_prob = given(comparison.token_log_prob, "log-probabilities of test tokens")
        return cls(log_prob, comparison.test_bytes)

    @property
    def parameters(self) -> dict[str, Any]:
        """How many tokens there are."""
        return {"n_tokens": len(self.log_prob)}

"""What a model with a density says of the samples it learned from, and of others."""

from dataclasses import dataclass
from typing import ClassVar, Self

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array


@dataclass(frozen=True, eq=False)
class LikelihoodPair(Evidence):
    """Log-density of each training and each test sample under the model, in nats."""

    inputs: ClassVar = ("test_log_prob", "train_log_prob")

    test: Array  # (n_test,)
    train: Array  # (n_train,)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given."""
        return cls(
            given(comparison.test_log_prob, "log-densities of test samples"),
            given(comparison.train_log_prob, "log-densities of training samples"),
        )

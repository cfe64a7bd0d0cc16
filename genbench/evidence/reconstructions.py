"""How far what a model can make stays from the test samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array, flat


@dataclass(frozen=True, eq=False)
class Reconstructions(Evidence):
    """Squared error of each test sample's reconstruction, a mean over its values."""

    inputs: ClassVar = ("test", "test_reconstruction")

    squared_errors: Array  # (n_test,)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Compare the samples themselves: an embedding knows nothing of reconstructions."""
        test = given(comparison.reference.test, "test samples")
        made = given(comparison.test_reconstruction, "reconstructions of test samples")
        return cls(((flat(test) - flat(made)) ** 2).mean(axis=1))

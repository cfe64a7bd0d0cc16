"""How near the nearest generated point lies to each test point."""

from dataclasses import dataclass
from typing import ClassVar, Self

from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import test_to_generated, test_to_train
from genbench.ground.arrays import Array


@dataclass(frozen=True, eq=False)
class Retrieval(Evidence):
    """Distances at which test points are retrieved from generated and from training points."""

    inputs: ClassVar = ("test", "generated")
    reads_distances_only: ClassVar = True

    distances: Array  # (n_test,) to the nearest generated point
    distances_to_train: Array | None  # (n_test,) to the nearest training point, if there are any
    n_generated: int
    n_train: int

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Look every test point up."""
        real = comparison.reference
        found = comparison.get(test_to_generated).nearest
        n_generated = len(comparison.generated_set)
        if not real.has_train:
            return cls(found, None, n_generated, 0)
        return cls(found, real.get(test_to_train).nearest, n_generated, len(real.train_set))

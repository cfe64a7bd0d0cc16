"""Mean distances within and between two samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.arrays import Array
from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.kernel_means import KernelMeans, PairMeans
from genbench.evidence.pair_means import pair_means


@dataclass(frozen=True, eq=False)
class MeanDistances(Evidence):
    """Means of -|x - y|: the kernel whose squared mean discrepancy is the energy distance."""

    inputs: ClassVar = ("test", "generated")

    negated: KernelMeans

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Go over the pairs that hold a generated point; the others are the reference's."""
        within_test = comparison.reference.get(_within_test)
        test = comparison.reference.test_set
        generated = at_least(2, comparison.generated_set, "generated")
        within_generated = pair_means(_negated_distance, generated, generated, same=True)
        between = pair_means(_negated_distance, test, generated)
        return cls(KernelMeans(within_test, within_generated, between))


def _negated_distance(squared: Array) -> Array:
    return np.negative(np.sqrt(squared, out=squared), out=squared)


def _within_test(reference: Reference) -> PairMeans:
    test = at_least(2, reference.test_set, "test")
    return pair_means(_negated_distance, test, test, same=True)

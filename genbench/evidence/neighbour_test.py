"""Whether the nearest neighbour of each point, of both sets together, is of the point's own set."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import (
    Neighbours,
    generated_to_test,
    test_to_generated,
    within_generated,
    within_test,
)
from genbench.ground.arrays import Array, Labels


@dataclass(frozen=True, eq=False)
class NeighbourTest(Evidence):
    """Decisions of the rule that a point is what its nearest neighbour is, itself left out."""

    inputs: ClassVar = ("test", "generated")

    test_rightly: Array  # (n_test,) 1 where the nearest is of the own set, 1/2 where both are
    generated_rightly: Array  # (n_generated,)
    mutual: int  # ordered pairs of points that are each other's nearest
    shared: int  # ordered pairs of points that have one nearest in common

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Compare what is known of neighbours within and between the sets: no new distances."""
        real = comparison.reference
        return cls.measure(
            real.get(within_test),
            comparison.get(test_to_generated),
            comparison.get(within_generated),
            comparison.get(generated_to_test),
        )

    @classmethod
    def measure(
        cls,
        within_test: Neighbours,
        test_to_generated: Neighbours,
        within_generated: Neighbours,
        generated_to_test: Neighbours,
    ) -> Self:
        """Number test points first, then generated ones, to see whom each has for its nearest."""
        n = len(within_test.indices)
        nearest = np.concatenate(
            [
                _nearer(within_test, 0, test_to_generated, n),
                _nearer(within_generated, n, generated_to_test, 0),
            ]
        )
        times_nearest = np.bincount(nearest, minlength=len(nearest))
        return cls(
            _rightly(within_test, test_to_generated),
            _rightly(within_generated, generated_to_test),
            int((nearest[nearest] == np.arange(len(nearest))).sum()),
            int((times_nearest * (times_nearest - 1)).sum()),
        )

    @property
    def has_ties(self) -> bool:
        """Whether some point has a nearest neighbour in both sets."""
        return bool((self.test_rightly == 0.5).any() or (self.generated_rightly == 0.5).any())

    def chance(self, of_test: float, of_generated: float) -> tuple[float, float]:
        """Mean and variance of weighted sums of decisions if the sets were one, split at random.

        A right decision counts `of_test` or `of_generated`. Two decisions are about two points if
        these are each other's nearest, about three if they share one, else about four.
        """
        n, m = len(self.test_rightly), len(self.generated_rightly)
        total = n + m
        weights = ((of_test, n), (of_generated, m))

        def all_of(size: int, among: int) -> float:  # so many points are all of a set of n
            return float(np.prod([(among - i) / (total - i) for i in range(size)]))

        two, three, four = (
            [weight**power * all_of(size, among) for weight, among in weights]
            for size, power in ((2, 1), (3, 2), (4, 2))
        )
        mean = total * sum(two)
        pairs_of_two = total + self.mutual  # ordered pairs of decisions, each with itself included
        # i's nearest is j and j's is a third point: one order of each, and as many of the other.
        pairs_of_three = self.shared + 2 * (total - self.mutual)
        pairs_of_four = total**2 - pairs_of_two - pairs_of_three
        ways = n * (n - 1) * m * (m - 1)
        two_of_each = ways / (total * (total - 1) * (total - 2) * (total - 3))
        squares = pairs_of_two * (of_test * two[0] + of_generated * two[1])
        squares += pairs_of_three * sum(three)
        squares += pairs_of_four * (sum(four) + 2 * of_test * of_generated * two_of_each)
        return mean, max(squares - mean**2, 0.0)


def _nearer(own: Neighbours, own_first: int, other: Neighbours, other_first: int) -> Labels:
    return np.where(
        own.nearest <= other.nearest,
        own.indices[:, 0] + own_first,
        other.indices[:, 0] + other_first,
    )


def _rightly(own: Neighbours, other: Neighbours) -> Array:
    return np.heaviside(other.nearest - own.nearest, 0.5)

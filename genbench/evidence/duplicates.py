"""Near-duplicates among generated samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.arrays import Array
from genbench.distances import rounding_slack, squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence, at_least
from genbench.evidence.neighbours import within_test

RARE = 0.01  # the share of real samples that have a neighbour as near as a duplicate


@dataclass(frozen=True)
class Duplicates(Evidence):
    """How many of the n (n - 1) / 2 pairs of generated points are as good as the same."""

    inputs: ClassVar = ("test", "generated")

    n: int
    pairs: int
    tolerance: float  # the distance within which two points are the same

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Let the spacing of test points say what a duplicate is."""
        generated = at_least(2, comparison.generated_set, "generated")
        return cls.measure(comparison.reference.get(within_test).nearest, generated)

    @classmethod
    def measure(cls, test_spacing: Array, generated: Array) -> Self:
        """Count pairs nearer than all but the rarest real neighbours.

        `test_spacing` (n_test,) holds each test point's distance to its nearest other: on data
        with repeats it may be zero, and only exact repeats then count.
        """
        tolerance = float(np.quantile(test_spacing, RARE, method="lower"))
        reach = tolerance**2 + rounding_slack(generated, generated, tolerance)
        pairs = 0
        for rows, squared in squared_distance_blocks(generated, generated):
            near = np.triu(squared <= reach[rows, None], k=rows.start + 1)
            first, second = np.nonzero(near)
            # Measured again by subtraction: rounding must not make or miss an exact repeat.
            apart = generated[first + rows.start] - generated[second]
            pairs += int((np.sqrt((apart**2).sum(axis=1)) <= tolerance).sum())
        return cls(len(generated), pairs, tolerance)

    @property
    def parameters(self) -> dict[str, float]:
        """The distance within which two points are the same."""
        return {"tolerance": self.tolerance}

"""Near-duplicates among generated samples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.balls import ball_blocks
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import Neighbours, within_generated, within_test
from genbench.ground.arrays import Array

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
        spacing = comparison.reference.get(within_test).nearest
        found = comparison.get(within_generated)
        return cls.measure(spacing, comparison.generated_set, found)

    @classmethod
    def measure(cls, test_spacing: Array, generated: Array, found: Neighbours) -> Self:
        """Count pairs nearer than all but the rarest real neighbours.

        `test_spacing` (n_test,) holds each test point's distance to its nearest other: on data
        with repeats it may be zero, and only exact repeats then count. `found` holds the few
        nearest of each generated point; where all of these are duplicates there may be more, and
        the point is compared with all.
        """
        tolerance = float(np.quantile(test_spacing, RARE, method="lower"))
        near = np.count_nonzero(found.distances <= tolerance, axis=1)
        full = np.flatnonzero(near == found.distances.shape[1])
        if len(full):
            reach = np.full(len(generated), tolerance)
            balls = ball_blocks(generated[full], reach[full], generated, reach)
            near[full] = np.concatenate([inside.of_points.sum(axis=1) for inside in balls]) - 1
        return cls(len(generated), int(near.sum()) // 2, tolerance)

    @property
    def parameters(self) -> dict[str, float]:
        """The distance within which two points are the same."""
        return {"tolerance": self.tolerance}

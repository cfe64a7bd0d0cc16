"""Who lies in whose nearest-neighbour balls."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.arrays import Array, Labels
from genbench.distances import rounding_slack, squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import within_generated, within_test


@dataclass(frozen=True, eq=False)
class Overlap(Evidence):
    """Membership of k-nearest-neighbour balls, between test and generated points.

    A point's ball reaches to its k-th nearest neighbour in the point's own set. A point on the
    surface is inside, so that duplicates, whose balls have no volume, still hold each other.
    """

    inputs: ClassVar = ("test", "generated")

    k: int
    test_balls_around: Labels  # (n_generated,) test balls that hold each generated point
    generated_balls_around: Labels  # (n_test,) generated balls that hold each test point
    test_ball_occupied: Array  # (n_test,) whether each test ball holds a generated point

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take each point's distance to its k-th nearest other as the radius of its ball."""
        real = comparison.reference
        test_radii = real.get(within_test).furthest
        generated_radii = comparison.get(within_generated).furthest
        return cls.measure(
            real.test_set, test_radii, comparison.generated_set, generated_radii, k=real.k
        )

    @classmethod
    def measure(
        cls, test: Array, test_radii: Array, generated: Array, generated_radii: Array, *, k: int
    ) -> Self:
        """Count memberships in one pass over test x generated."""
        slack = rounding_slack(test, generated)
        test_reach = test_radii**2 + slack
        generated_reach = generated_radii**2 + slack
        test_balls_around = np.zeros(len(generated), dtype=np.int64)
        generated_balls_around = np.empty(len(test), dtype=np.int64)
        test_ball_occupied = np.empty(len(test), dtype=bool)
        for rows, squared in squared_distance_blocks(test, generated):
            inside_test = squared <= test_reach[rows, None]
            test_balls_around += inside_test.sum(axis=0)
            test_ball_occupied[rows] = inside_test.any(axis=1)
            generated_balls_around[rows] = (squared <= generated_reach).sum(axis=1)
        return cls(k, test_balls_around, generated_balls_around, test_ball_occupied)

    @property
    def parameters(self) -> dict[str, int]:
        """Which neighbour a ball reaches to."""
        return {"k": self.k}

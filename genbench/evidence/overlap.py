"""Who lies in whose nearest-neighbour balls."""

from dataclasses import dataclass

import numpy as np

from genbench.arrays import Array, Labels
from genbench.distances import kth_neighbour_distances, rounding_slack, squared_distance_blocks


@dataclass(frozen=True, eq=False)
class Overlap:
    """Membership of k-nearest-neighbour balls, between test and generated points.

    A point's ball reaches to its k-th nearest neighbour in the point's own set. A point on the
    surface is inside, so that duplicates, whose balls have no volume, still hold each other.
    """

    k: int
    test_balls_around: Labels  # (n_generated,) test balls that hold each generated point
    generated_balls_around: Labels  # (n_test,) generated balls that hold each test point
    test_ball_occupied: Array  # (n_test,) whether each test ball holds a generated point

    @classmethod
    def measure(cls, test: Array, test_radii: Array, generated: Array, *, k: int) -> "Overlap":
        """Count memberships in one pass over test x generated."""
        slack = rounding_slack(test, generated)
        test_reach = test_radii**2 + slack
        generated_reach = kth_neighbour_distances(generated, k) ** 2 + slack
        test_balls_around = np.zeros(len(generated), dtype=np.int64)
        generated_balls_around = np.empty(len(test), dtype=np.int64)
        test_ball_occupied = np.empty(len(test), dtype=bool)
        for rows, squared in squared_distance_blocks(test, generated):
            inside_test = squared <= test_reach[rows, None]
            test_balls_around += inside_test.sum(axis=0)
            test_ball_occupied[rows] = inside_test.any(axis=1)
            generated_balls_around[rows] = (squared <= generated_reach).sum(axis=1)
        return cls(k, test_balls_around, generated_balls_around, test_ball_occupied)

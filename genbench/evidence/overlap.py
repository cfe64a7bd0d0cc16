"""Who lies in whose nearest-neighbour balls."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.distances import tie
from genbench.evidence.balls import ball_blocks, members
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import held_by_test_balls, within_generated, within_test
from genbench.ground.arrays import Array, Flags, Labels


@dataclass(frozen=True, eq=False)
class Overlap(Evidence):
    """Membership of k-nearest-neighbour balls, between test and generated points.

    A point's ball reaches to its k-th nearest neighbour in the point's own set. A point on the
    surface is inside, so that duplicates, whose balls have no volume, still hold each other.
    """

    inputs: ClassVar = ("test", "generated")
    reads_distances_only: ClassVar = True

    k: int
    test_balls_around: Labels  # (n_generated,) test balls that hold each generated point
    generated_balls_around: Labels  # (n_test,) generated balls that hold each test point
    test_ball_occupied: Flags  # (n_test,) whether each test ball holds a generated point
    held: Labels | None = None  # (n_test,) other test points in each test ball, if they are counted
    test_balls_without_volume: int = 0  # about points that are repeated k times or more
    generated_balls_without_volume: int = 0
    test_balls_without_edge: int = 0  # so large that rounding decides what is on their surface
    generated_balls_without_edge: int = 0

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take each point's distance to its k-th nearest other as the radius of its ball."""
        real = comparison.reference
        test_radii = real.get(within_test).furthest
        generated_radii = comparison.get(within_generated).furthest
        return cls.measure(
            real.test_set,
            test_radii,
            comparison.generated_set,
            generated_radii,
            k=real.k,
            held=real.get(held_by_test_balls),
        )

    @classmethod
    def measure(
        cls,
        test: Array,
        test_radii: Array,
        generated: Array,
        generated_radii: Array,
        *,
        k: int,
        held: Labels | None,
    ) -> Self:
        """Count memberships in one pass over test x generated."""
        return cls(
            k,
            *_counted(test, test_radii, generated, generated_radii),
            held,
            int((test_radii == 0).sum()),
            int((generated_radii == 0).sum()),
            _without_edge(test_radii, test.shape[1]),
            _without_edge(generated_radii, test.shape[1]),
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """Which neighbour a ball reaches to."""
        return {"k": self.k}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say how many balls hold repeats of their centre only, or what rounding says."""
        n_test, n_generated = len(self.test_ball_occupied), len(self.test_balls_around)
        small = "have no volume, for their centres are repeated"
        large = "reach so far beside the others that rounding decides what they hold"
        return tuple(
            f"{found} of {n} {name} balls {what}"
            for found, n, name, what in (
                (self.test_balls_without_volume, n_test, "test", small),
                (self.generated_balls_without_volume, n_generated, "generated", small),
                (self.test_balls_without_edge, n_test, "test", large),
                (self.generated_balls_without_edge, n_generated, "generated", large),
            )
            if found
        )


def _counted(
    test: Array, test_radii: Array, generated: Array, generated_radii: Array
) -> tuple[Labels, Labels, Flags]:
    """Return test balls around generated points, the reverse, and which test balls hold any."""
    pairs = members(test, test_radii, generated, generated_radii)
    if pairs is not None:
        (balls, held), (_, held_test) = pairs
        return (
            np.bincount(held, minlength=len(generated)),
            np.bincount(held_test, minlength=len(test)),
            np.bincount(balls, minlength=len(test)) > 0,
        )
    test_balls_around = np.zeros(len(generated), dtype=np.int64)
    generated_balls_around = np.empty(len(test), dtype=np.int64)
    test_ball_occupied = np.empty(len(test), dtype=bool)
    for inside in ball_blocks(test, test_radii, generated, generated_radii):
        test_balls_around += inside.of_points.sum(axis=0)
        test_ball_occupied[inside.rows] = inside.of_points.any(axis=1)
        generated_balls_around[inside.rows] = inside.of_others.sum(axis=1)
    return test_balls_around, generated_balls_around, test_ball_occupied


def _without_edge(radii: Array, d: int) -> int:
    """Count the balls whose rounding is as wide as a hundredth of the usual radius."""
    usual = np.nanmedian(radii) if np.isfinite(radii).any() else 0.0
    return int(np.count_nonzero(tie(d) / 2 * radii > usual / 100)) if usual else 0

"""How rare, and how realistic, each generated point is by the test balls about it."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.distances import squared_distance_blocks, within
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import within_test
from genbench.ground.arrays import Array

ALMOST_NOTHING = 1e-200  # in place of the square of no radius: it can still be divided by


@dataclass(frozen=True, eq=False)
class Rarity(Evidence):
    """Radii of test balls against distances of generated points to their centres.

    A ball reaches to its centre's k-th nearest other test point and holds its surface.
    """

    inputs: ClassVar = ("test", "generated")
    reads_distances_only: ClassVar = True

    k: int
    smallest_ball: Array  # (n_generated,) radius of the smallest ball around it, inf where none is
    realism: Array  # (n_generated,) largest radius / distance over the smaller half of the balls

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take each test point's distance to its k-th nearest other as the radius of its ball."""
        real = comparison.reference
        radii = real.get(within_test).furthest
        return cls.measure(real.test_set, radii, comparison.generated_set, k=real.k)

    @classmethod
    def measure(cls, test: Array, radii: Array, generated: Array, *, k: int) -> Self:
        """Go once over generated x test, the smallest balls first."""
        order = np.argsort(radii, kind="stable")
        test, radii = test[order], radii[order]
        n_small = np.searchsorted(radii, np.median(radii), side="right")
        small_squares = np.maximum(radii[:n_small] ** 2, ALMOST_NOTHING)
        smallest = np.empty(len(generated))
        most_real = np.empty(len(generated), dtype=np.int64)
        for rows, squared in squared_distance_blocks(generated, test):
            inside = within(squared, generated[rows], test, radii**2)
            smallest[rows] = np.where(inside.any(axis=1), radii[inside.argmax(axis=1)], np.inf)
            most_real[rows] = (squared[:, :n_small] / small_squares).argmin(axis=1)
        # Measured again by subtraction: a copy is at no distance, and infinitely real.
        apart = np.sqrt(((generated - test[most_real]) ** 2).sum(axis=1))
        copied = np.full(len(generated), np.inf)
        return cls(k, smallest, np.divide(radii[most_real], apart, out=copied, where=apart > 0))

    @property
    def share_outside(self) -> float:
        """Share of generated points that no ball holds."""
        return float(np.isinf(self.smallest_ball).mean())

    @property
    def parameters(self) -> dict[str, float]:
        """Which neighbour a ball reaches to, and the share of points that have no rarity."""
        return {"k": self.k, "share_outside": self.share_outside}

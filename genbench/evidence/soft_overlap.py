"""How surely each point lies among the points of the other set, if balls fade outwards."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.distances import squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import within_generated, within_test
from genbench.ground.arrays import Array

K = 4  # neighbour that sets the radius; fewer if the reference counts fewer
STRETCH = 1.2  # radius over the mean distance to that neighbour


@dataclass(frozen=True, eq=False)
class SoftOverlap(Evidence):
    """Probabilities of being inside at least one ball of the other set.

    All balls of a set have one radius, and a point at a share s of it from the centre is inside
    with probability 1 - s, whatever the other balls say.
    """

    inputs: ClassVar = ("test", "generated")
    reads_distances_only: ClassVar = True

    k: int
    test_radius: float
    generated_radius: float
    among_test: Array  # (n_generated,) probability of each generated point
    among_generated: Array  # (n_test,) probability of each test point

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take radii from what is known of neighbours."""
        real = comparison.reference
        k = min(K, real.k)
        radii = [
            STRETCH * float(found.distances[:, k - 1].mean())
            for found in (real.get(within_test), comparison.get(within_generated))
        ]
        return cls.measure(real.test_set, radii[0], comparison.generated_set, radii[1], k=k)

    @classmethod
    def measure(
        cls, test: Array, test_radius: float, generated: Array, generated_radius: float, *, k: int
    ) -> Self:
        """Go once over test x generated, adding logarithms: the products underflow.

        Of all pairs only those within either radius are looked at twice.
        """
        reach = max(test_radius, generated_radius) ** 2
        log_outside_test = np.zeros(len(generated))
        log_outside_generated = np.empty(len(test))
        for rows, squared in squared_distance_blocks(test, generated):
            near = np.flatnonzero((squared <= reach).ravel())
            own, other = np.divmod(near, len(generated))
            apart = np.sqrt(squared.ravel()[near])
            log_outside_test += np.bincount(
                other, _log_outside(apart, test_radius), minlength=len(generated)
            )
            log_outside_generated[rows] = np.bincount(
                own, _log_outside(apart, generated_radius), minlength=len(squared)
            )
        return cls(
            k,
            test_radius,
            generated_radius,
            -np.expm1(log_outside_test),
            -np.expm1(log_outside_generated),
        )

    @property
    def parameters(self) -> dict[str, float]:
        """Which neighbour sets the radii, and these."""
        return {
            "k": self.k,
            "test_radius": self.test_radius,
            "generated_radius": self.generated_radius,
        }


def _log_outside(apart: Array, radius: float) -> Array:
    """Log-probability of being outside each ball; balls without a radius hold repeats only."""
    share = apart / radius if radius > 0 else np.where(apart > 0, 1.0, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.minimum(share, 1)))

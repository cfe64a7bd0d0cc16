"""How far points lie from the centre of either set, and which test points are recovered."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import test_to_generated, within_test
from genbench.ground.arrays import Array, Flags


@dataclass(frozen=True, eq=False)
class Supports(Evidence):
    """Distances to the mean of a set: balls about it hold any share of that set.

    A test point is recovered if a generated point is as near to it as its nearest other test point.
    """

    inputs: ClassVar = ("test", "generated")

    test: Array  # (n_test,) distance to the mean test point
    generated: Array  # (n_generated,) distance to the mean test point
    generated_own: Array  # (n_generated,) distance to the mean generated point
    nearest_own: Array  # (n_test,) of the nearest generated point to the mean generated point
    recovered: Flags  # (n_test,) whether that one is near enough

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Measure from the means of the points as they are."""
        real, generated = comparison.reference, comparison.generated_set
        spacing = real.get(within_test).nearest
        found = comparison.get(test_to_generated)
        own = _from(generated.mean(axis=0), generated)
        centre = real.test_set.mean(axis=0)
        return cls(
            _from(centre, real.test_set),
            _from(centre, generated),
            own,
            own[found.indices[:, 0]],
            found.nearest <= spacing,
        )


def _from(centre: Array, points: Array) -> Array:
    return np.asarray(np.sqrt(((points - centre) ** 2).sum(axis=1)))


def area_off_diagonal(inner: Array, covered: Array, *, of: int) -> float:
    """Area between the diagonal and the shares that balls of growing radius hold.

    The curve runs over all radii, from the share of `inner` (n,) within each, to how many of
    `covered`, (at most `of`), are within it, over `of`. Where both grow at one radius it runs
    straight, as if the tie were broken at random.
    """
    radii = np.unique(np.concatenate([inner, covered]))
    share = np.searchsorted(np.sort(inner), radii, side="right") / len(inner)
    held = np.searchsorted(np.sort(covered), radii, side="right") / of
    steps = np.diff(share, prepend=0)
    ends = held - share
    starts = np.concatenate([[0.0], held[:-1]]) - np.concatenate([[0.0], share[:-1]])
    # A difference that goes straight from one end to the other: two triangles if it changes sign.
    whole = np.abs(starts) + np.abs(ends)
    split = np.divide(starts**2 + ends**2, whole, out=np.zeros_like(whole), where=whole > 0)
    heights = np.where(starts * ends < 0, split, whole)
    return float((steps * heights).sum() / 2)

"""By what angle generated points miss the nearest training point."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.distances import nearest
from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.moments import Moments
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable


@dataclass(frozen=True, eq=False)
class Memorization(Evidence):
    """Cosine distances, 1 - |cos|, of generated points to the nearest training point.

    A point at the origin has no direction: it is left out.
    """

    inputs: ClassVar = ("train", "generated")

    distances: Array  # (n_generated,) less those at the origin
    left_out: int

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Look generated directions up among those of the training points, either way along them.

        Raises:
            Unavailable: no point of a set has a direction.
        """
        train = comparison.reference.get(_train_directions)
        generated = _directions(comparison.generated_set, "generated")
        # Of unit vectors 1 - cos is half the squared distance, which keeps its digits near zero.
        # One way after the other: both at once would take twice the memory.
        ways = [nearest(generated, points)[0][:, 0] for points in (train, -train)]
        return cls(np.minimum(*ways) ** 2 / 2, len(comparison.generated_set) - len(generated))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say how many points are left out."""
        if not self.left_out:
            return ()
        return (f"{self.left_out} generated samples are all zeros and have no cosine distance",)


@dataclass(frozen=True, eq=False)
class InformedMoments(Evidence):
    """Moments of test and generated points, beside the latter's distances to training points."""

    inputs: ClassVar = ("test", "train", "generated")

    moments: Moments
    memorization: Memorization

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Put the two together."""
        return cls(comparison.get(Moments.of), comparison.get(Memorization.of))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Those of either part."""
        return self.moments.warnings + self.memorization.warnings


def _train_directions(reference: Reference) -> Array:
    return _directions(reference.train_set, "train")


def _directions(points: Array, name: str) -> Array:
    largest = np.abs(points).max(axis=1)
    kept = largest > 0
    if not kept.any():
        raise Unavailable(f"all {name} samples are zero: none has a direction")
    scaled = points[kept] / largest[kept, None]  # squares then neither overflow nor vanish
    return np.asarray(scaled / np.linalg.norm(scaled, axis=1, keepdims=True))

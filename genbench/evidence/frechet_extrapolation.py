"""Frechet distances of parts of both sets, and the line through them to infinitely many points."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, at_least
from genbench.evidence.gaussians import Gaussian, squared_distance
from genbench.evidence.moments import Moments
from genbench.ground.arrays import Array

SHRINKAGES = np.array([1.0, 1.5, 2.0, 3.0])  # how many times smaller than the whole the parts are
REPEATS = 5
FEWEST = 30


@dataclass(frozen=True, eq=False)
class FrechetExtrapolation(Evidence):
    """Intercepts of lines through the distances of parts, one for each repetition of the draw.

    Test and generated sets shrink alike, so that the bias of either is one line: it is
    proportional to one over the size, which is to say to the shrinkage.
    """

    inputs: ClassVar = ("test", "generated")

    moments: Moments  # of the whole sets
    intercepts: Array  # (REPEATS,)
    slopes: Array  # (REPEATS,) the whole sets' bias
    smallest: int  # points of the smallest part

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw parts without replacement.

        Raises:
            Unavailable: fewer than `FEWEST` points in either set.
        """
        test = at_least(FEWEST, comparison.reference.test_set, "test")
        generated = at_least(FEWEST, comparison.generated_set, "generated")
        rng = comparison.rng("frechet_extrapolation")
        whole = comparison.get(Moments.of)
        distances = np.empty((REPEATS, len(SHRINKAGES)))
        distances[:, 0] = whole.between.squared_distance
        for repeat in range(REPEATS):
            for index, shrinkage in enumerate(SHRINKAGES[1:], start=1):
                distances[repeat, index] = squared_distance(
                    *(_part(points, shrinkage, rng=rng) for points in (test, generated))
                )
        slopes, intercepts = np.polyfit(SHRINKAGES, distances.T, 1)
        smallest = int(min(len(test), len(generated)) / SHRINKAGES[-1])
        return cls(whole, intercepts, slopes, smallest)

    @property
    def parameters(self) -> dict[str, object]:
        """How the line was drawn."""
        return {"shrinkages": SHRINKAGES.tolist(), "repeats": REPEATS}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say where the bias is no straight line."""
        d = len(self.moments.test.mean)
        if self.smallest > d:
            return ()
        return (f"parts of {self.smallest} points in {d} dimensions: the line may bend",)


def _part(points: Array, shrinkage: float, *, rng: np.random.Generator) -> Gaussian:
    n = int(len(points) / shrinkage)
    return Gaussian.fast(points[rng.choice(len(points), size=n, replace=False)])

"""How long each number of loops lives, on average over landmarks: the shape of a set."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.distances import squared_distance_table
from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.subsets import part, some_of
from genbench.evidence.witness_complex import loops
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for

LANDMARKS = 64
DRAWS = 100  # of landmarks
MOST_LOOPS = 100  # numbers of loops from there on are not counted
MOST_POINTS = 2500  # of each set


@dataclass(frozen=True, eq=False)
class LivingTimes(Evidence):
    """Mean relative living times of 0, 1, 2, ... loops, for as many points of either set."""

    inputs: ClassVar = ("test", "generated")

    n: int
    test: Array  # (MOST_LOOPS,)
    generated: Array  # (MOST_LOOPS,)
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Look at equally many points of each set: how far landmarks see depends on it.

        Raises:
            Unavailable: fewer points of a set than landmarks.
        """
        test, generated = comparison.reference.test_set, comparison.generated_set
        n = min(len(test), len(generated), MOST_POINTS)
        if n < LANDMARKS:
            raise Unavailable(f"needs {LANDMARKS} points of each set; there are {n}")
        rng = comparison.rng("living_times")
        of_generated = living_times(some_of(generated, n, rng=rng), rng=rng)
        parts = (*part(n, len(test), "test"), *part(n, len(generated), "generated"))
        return cls(n, comparison.reference.get(_OfTest(n)), of_generated, parts)

    @property
    def parameters(self) -> dict[str, float]:
        """How the complexes were built."""
        return {"n": self.n, "landmarks": LANDMARKS, "draws": DRAWS, "gamma": gamma(self.n)}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which samples were not looked at."""
        return self.parts


@dataclass(frozen=True)
class _OfTest:
    """Living times of so many test points; `reference.get(_OfTest(n))` finds them once."""

    n: int

    def __call__(self, reference: Reference) -> Array:
        rng = rng_for(0, "living_times")
        return living_times(some_of(reference.test_set, self.n, rng=rng), rng=rng)


def gamma(n: int) -> float:
    """Share of the largest distance that the slack goes up to, as published."""
    return n / 5000 / 128


def living_times(points: Array, *, rng: np.random.Generator) -> Array:
    """Average the shares of slacks at which there are 0, 1, ... loops, over draws of landmarks."""
    total = np.zeros(MOST_LOOPS)
    # All draws together have more landmarks than there are points: each is looked at once.
    table = squared_distance_table(points, points) if points.shape[1] > LANDMARKS else None
    for _ in range(DRAWS):
        chosen = rng.choice(len(points), size=LANDMARKS, replace=False)
        if table is None:
            distances = np.sqrt(squared_distance_table(points, points[chosen]))
        else:
            distances = np.sqrt(table[:, chosen])
        largest = gamma(len(points)) * float(distances.max())
        if largest > 0:
            total += shares(loops(distances, largest), largest)
        else:
            total[0] += 1  # one point, again and again: no loop
    return total / DRAWS


def shares(intervals: Array, largest: float) -> Array:
    """Return the share of slacks up to `largest` at which there are 0, 1, 2, ... loops."""
    times = np.concatenate([intervals.ravel(), [0.0, largest]])
    steps = np.concatenate([np.tile([1, -1], len(intervals)), [0, 0]])
    order = np.argsort(times, kind="stable")
    alive = np.cumsum(steps[order])[:-1]
    lengths = np.diff(times[order]) / largest
    counted = alive < MOST_LOOPS
    found = np.bincount(alive[counted], weights=lengths[counted], minlength=MOST_LOOPS)
    return np.asarray(found, dtype=np.float64)

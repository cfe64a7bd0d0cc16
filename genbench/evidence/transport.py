"""The exact cheapest way to move generated points onto test points."""

import warnings
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.arrays import Array
from genbench.errors import Unavailable
from genbench.evidence.comparison import Comparison, Evidence

MOST_POINTS = 2000  # of each set; the cost of the exact plan grows with their cube
MOST_ITERATIONS = 10_000_000


@dataclass(frozen=True)
class Transport(Evidence):
    """The mean distance that the cheapest plan moves a point, between samples of `n` each."""

    inputs: ClassVar = ("test", "generated")

    n: int
    distance: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Solve it for the points."""
        real, generated = comparison.reference, comparison.generated_set
        return cls.measure(real.test_set, generated, rng=comparison.rng("transport"))

    @classmethod
    def measure(cls, test: Array, generated: Array, *, rng: np.random.Generator) -> Self:
        """Solve the transport problem by network simplex, on equally many points of each set.

        The value depends on n even for one distribution, so both sets are cut to one size.

        Raises:
            Unavailable: the solver did not converge (an unfinished plan is no distance).
        """
        import ot
        from scipy.spatial.distance import cdist

        n = min(len(test), len(generated), MOST_POINTS)
        test, generated = (
            points[rng.choice(len(points), size=n, replace=False)] if len(points) > n else points
            for points in (test, generated)
        )
        costs = cdist(test, generated)  # by subtraction: ot.dist loses digits far from the origin
        uniform = np.full(n, 1 / n)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                distance, _ = ot.emd2(uniform, uniform, costs, numItermax=MOST_ITERATIONS, log=True)
            except UserWarning as warning:
                raise Unavailable(f"the transport solver gave up: {warning}") from warning
        return cls(n, float(distance))

    @property
    def parameters(self) -> dict[str, int]:
        """How many points of each set were moved."""
        return {"n": self.n}

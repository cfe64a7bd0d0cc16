"""What generated samples make one believe, how good they are, and how both could be had at once."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.creativity.capacity import divergences, information
from genbench.creativity.frontier import FrontierPoint, frontier
from genbench.evidence.bins import FittedCells
from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for

MOST_CELLS = 200  # kinds of artifacts; the frontier's cost grows with their cube
TOLERANCE = 1e-7  # nats


@dataclass(frozen=True, eq=False)
class Creativity(Evidence):
    """Surprise and quality of generated samples, and the frontier at their mean quality.

    A sample is an artifact; the class that one believes it to be of, given the sample, is what it
    tells. Before it, one believes in the mean of all samples' probabilities. For the frontier,
    samples are grouped into at most `MOST_CELLS` kinds, alike in probabilities and quality.
    """

    inputs: ClassVar = ("generated_probabilities", "generated_quality")

    surprises: Array  # (n_generated,) KL(p(y|x) || p(y)), in nats
    quality: Array  # (n_generated,)
    n_cells: int
    novelty_of_cells: float  # mean surprise of the kinds, in nats
    frontier: FrontierPoint  # most mean surprise of any law over the kinds that is as good

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Group what is given.

        Raises:
            Unavailable: there is a sample of infinitely bad quality, so quality has no mean.
        """
        beliefs = given(
            comparison.generated_probabilities, "class probabilities of the generated samples"
        )
        quality = given(comparison.generated_quality, "qualities of the generated samples")
        if not np.isfinite(quality).all():
            raise Unavailable("the quality of some generated samples is minus infinity")
        return cls.measure(beliefs, quality)

    @classmethod
    def measure(cls, beliefs: Array, quality: Array) -> Self:
        """Group samples into kinds, and find the frontier over these."""
        channel, merit, law = _kinds(beliefs, quality)
        level = min(float(law @ merit), merit.max())
        (best,) = frontier(channel, merit, level, tolerance=TOLERANCE)
        surprises = divergences(beliefs, beliefs.mean(axis=0))
        return cls(surprises, quality, len(law), information(channel, law), best)

    @property
    def parameters(self) -> dict[str, Any]:
        """How many kinds there are, the frontier at the mean quality, and how sure that is."""
        best = self.frontier
        return {"n_cells": self.n_cells, "frontier": best.novelty, "gap": best.gap}


def _kinds(beliefs: Array, quality: Array) -> tuple[Array, Array, Array]:
    """Return mean probabilities, mean quality and share of each kind."""
    spread = np.ptp(quality) or 1.0
    # Sorted, so that kinds do not depend on the order of samples.
    table = np.column_stack([beliefs, quality])
    points, counts = np.unique(table, axis=0, return_counts=True)
    beliefs, quality = points[:, :-1], points[:, -1]
    if len(points) > MOST_CELLS:
        # Near 0, a small difference of probabilities tells much: hence their roots.
        seen = np.column_stack([np.sqrt(beliefs), quality / spread])
        cells = FittedCells.to(seen, MOST_CELLS, rng=rng_for(0, "creativity")).of(seen)
    else:
        cells = np.arange(len(points))
    weights = np.bincount(cells, weights=counts)
    used = weights > 0
    columns = [
        np.bincount(cells, weights=counts * column)[used] / weights[used] for column in points.T
    ]
    table = np.column_stack(columns)
    return table[:, :-1], table[:, -1], weights[used] / weights.sum()

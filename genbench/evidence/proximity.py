"""How near generated points lie to the training set."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.creativity.beliefs import JEFFREYS, sight_surprise
from genbench.distances import squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.neighbours import Neighbours, generated_to_train, within_train
from genbench.ground.arrays import Array
from genbench.ground.exponentials import exponentials


@dataclass(frozen=True, eq=False)
class Proximity(Evidence):
    """Distances to training points, and how familiar a training set makes each sample.

    Two points count as the same symbol to the degree exp(-2 (distance / spacing)^2), where
    `spacing` is the median distance of a training point to its nearest other: a Gaussian of half
    the spacing, under which a copy is fully seen before and a typical neighbour to one seventh.
    """

    inputs: ClassVar = ("train", "generated")
    reads_distances_only: ClassVar = True
    kept_of_train: ClassVar = (within_train,)

    generated_to_train: Array  # (n_generated,) distance to the nearest training point
    spacing_there: Array  # (n_generated,) that training point's distance to its nearest other
    familiarity: Array  # (n_generated,) training points that count as the same symbol, summed
    n_train: int

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Look generated points up in the training set."""
        real = comparison.reference
        spacing = real.get(within_train).nearest
        found = comparison.get(generated_to_train)
        return cls.measure(real.train_set, spacing, comparison.generated_set, found)

    @classmethod
    def measure(
        cls, train: Array, train_spacing: Array, generated: Array, found: Neighbours
    ) -> Self:
        """Count symbols in one pass over generated x train; `found` is the nearest of train."""
        familiarity = np.empty(len(generated))
        # Of an even number of distances the lower middle one: zero only if half the set repeats.
        spacing = float(np.quantile(train_spacing, 0.5, method="lower"))
        for rows, squared in squared_distance_blocks(generated, train):
            if spacing > 0:
                familiarity[rows] = exponentials(-2 * squared / spacing**2).sum(axis=1)
            else:
                familiarity[rows] = (squared == 0).sum(axis=1)
        spacing_there = train_spacing[found.indices[:, 0]]
        return cls(found.nearest, spacing_there, familiarity, len(train))

    @property
    def total(self) -> float:
        """Weights of the belief in all symbols: each training sample, and what is new, as one."""
        return self.n_train + JEFFREYS * (self.n_train + 1)

    @property
    def surprises(self) -> Array:
        """Bayesian surprise of each generated sample (n_generated,), in nats."""
        return sight_surprise(JEFFREYS + self.familiarity, self.total)

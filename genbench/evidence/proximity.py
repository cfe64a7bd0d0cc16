"""How near generated points lie to the training set."""

from dataclasses import dataclass

import numpy as np

from genbench.arrays import Array
from genbench.distances import nearest, rounding_slack, squared_distance_blocks


@dataclass(frozen=True, eq=False)
class Proximity:
    """Distances to training points, and how familiar a training set makes each sample.

    Two points count as the same symbol to the degree exp(-2 (distance / spacing)^2), where
    `spacing` is the median distance of a training point to its nearest other: a Gaussian of half
    the spacing, under which a copy is fully seen before and a typical neighbour to one seventh.
    """

    generated_to_train: Array  # (n_generated,) distance to the nearest training point
    spacing_there: Array  # (n_generated,) that training point's distance to its nearest other
    familiarity: Array  # (n_generated,) training points that count as the same symbol, summed
    n_train: int

    @classmethod
    def measure(cls, train: Array, train_spacing: Array, generated: Array) -> "Proximity":
        """Go over generated x train twice: once to find neighbours, once to count symbols."""
        distances, indices = nearest(generated, train)
        familiarity = np.empty(len(generated))
        # Of an even number of distances the lower middle one: zero only if half the set repeats.
        spacing = float(np.quantile(train_spacing, 0.5, method="lower"))
        slack = rounding_slack(generated, train)
        for rows, squared in squared_distance_blocks(generated, train):
            if spacing > 0:
                familiarity[rows] = np.exp(-2 * squared / spacing**2).sum(axis=1)
            else:
                familiarity[rows] = (squared <= slack).sum(axis=1)
        return cls(distances[:, 0], train_spacing[indices[:, 0]], familiarity, len(train))

"""Counts of test and generated points in cells around points drawn from both."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import scipy

from genbench.distances import squared_distance_blocks
from genbench.evidence.bins import n_bins
from genbench.evidence.comparison import Comparison, Evidence
from genbench.ground.arrays import Array, Labels

TESSELLATIONS = 20


@dataclass(frozen=True, eq=False)
class VoronoiCounts(Evidence):
    """Counts in the cells of the points nearest to each of some centres, drawn anew each time."""

    inputs: ClassVar = ("test", "generated")

    test: Labels  # (TESSELLATIONS, n_cells)
    generated: Labels  # (TESSELLATIONS, n_cells)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw centres from both sets together; a centre is not counted in its own cell.

        Raises:
            Unavailable: too few points for two cells.
        """
        test, generated = comparison.reference.test_set, comparison.generated_set
        n_cells = n_bins(len(test), len(generated))
        rng = comparison.rng("voronoi_counts")
        points = np.concatenate([test, generated])
        is_test = np.arange(len(points)) < len(test)
        counts = np.empty((2, TESSELLATIONS, n_cells), dtype=np.int64)
        for index in range(TESSELLATIONS):
            order = rng.permutation(len(points))
            centres, others = order[:n_cells], order[n_cells:]
            cell = _nearest(points[others], points[centres])
            for side in (0, 1):
                chosen = cell[is_test[others] == (side == 0)]
                counts[side, index] = np.bincount(chosen, minlength=n_cells)
        return cls(*counts)

    @property
    def parameters(self) -> dict[str, int]:
        """How many cells there are, and how often they are drawn."""
        tessellations, n_cells = self.test.shape
        return {"n_cells": n_cells, "tessellations": tessellations}

    def chi_squares(self) -> tuple[Array, Array]:
        """Return Pearson's statistic of each tessellation, and its degrees of freedom."""
        return chi_squares(self.test, self.generated)

    def p_values(self) -> Array:
        """Return the chance of each tessellation's statistic or a larger one."""
        statistics, freedom = self.chi_squares()
        return np.where(
            freedom > 0, scipy.special.gammaincc(np.maximum(freedom, 1) / 2, statistics / 2), 1.0
        )


def chi_squares(first: Labels, second: Labels) -> tuple[Array, Array]:
    """Test whether rows (..., n_cells) of counts are of one law; empty cells are left out."""
    together = first + second
    statistics = np.zeros(first.shape[:-1])
    for counts in (first, second):
        share = counts.sum(axis=-1, keepdims=True) / together.sum(axis=-1, keepdims=True)
        expected = share * together
        excess = (counts - expected) ** 2
        statistics += np.divide(
            excess, expected, out=np.zeros_like(expected), where=expected > 0
        ).sum(axis=-1)
    return statistics, (together > 0).sum(axis=-1) - 1.0


def _nearest(points: Array, centres: Array) -> Labels:
    return np.concatenate(
        [block.argmin(axis=1) for _, block in squared_distance_blocks(points, centres)]
    )

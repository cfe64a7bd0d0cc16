"""Whether generated points lie nearer to the training set than test points do, cell by cell."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.bins import Cells
from genbench.evidence.comparison import Comparison, Evidence, at_least
from genbench.evidence.neighbours import generated_to_train, test_to_train
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

N_CELLS = 3
FEWEST = 20  # generated points that a cell must have more than to count


@dataclass(frozen=True, eq=False)
class DataCopying(Evidence):
    """Rank tests of distances to the nearest training point, in k-means cells of these."""

    inputs: ClassVar = ("train", "test", "generated")

    z_scores: Array  # (n_cells,) below zero where generated points lie nearer than test points
    n_test: Labels  # (n_cells,) test points in each of these cells
    left_out: int  # test points in cells with too few generated ones

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Fit cells to the training points, the same for every model."""
        real, generated = comparison.reference, comparison.generated_set
        at_least(N_CELLS, real.train_set, "train")
        cells = real.get(Cells(N_CELLS))
        return cls.measure(
            real.get(test_to_train).nearest,
            cells.of(real.test_set),
            comparison.get(generated_to_train).nearest,
            cells.of(generated),
        )

    @classmethod
    def measure(
        cls, by_test: Array, test_cells: Labels, by_generated: Array, generated_cells: Labels
    ) -> Self:
        """Compare distances of test points (n_test,) with those of generated points in each cell.

        Raises:
            Unavailable: no cell holds a test point and enough generated ones.
        """
        z_scores, n_test = [], []
        for cell in np.unique(test_cells):
            of_test, of_generated = (
                by_test[test_cells == cell],
                by_generated[generated_cells == cell],
            )
            if len(of_generated) > FEWEST:
                z_scores.append(rank_z_score(of_generated, of_test))
                n_test.append(len(of_test))
        if not z_scores:
            raise Unavailable(f"no cell holds test and more than {FEWEST} generated samples")
        return cls(np.array(z_scores), np.array(n_test), len(by_test) - sum(n_test))

    @property
    def parameters(self) -> dict[str, int]:
        """How many cells count."""
        return {"n_cells": len(self.z_scores)}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say how many test points are not spoken for."""
        if not self.left_out:
            return ()
        where = f"cells with no more than {FEWEST} generated samples, which do not count"
        return (f"{self.left_out} test samples lie in {where}",)


def rank_z_score(values: Array, others: Array) -> float:
    """Mann-Whitney's U of values against others, standardised: below zero if they are smaller.

    Ties count one half and shrink the variance; if all are tied there is no difference.
    """
    n, m = len(values), len(others)
    ordered = np.sort(others)
    smaller, not_larger = (
        np.searchsorted(ordered, values, side=side) for side in ("left", "right")
    )
    above = (smaller + not_larger).sum() / 2
    _, tied = np.unique(np.concatenate([values, others]), return_counts=True)
    total = n + m
    variance = n * m / 12 * (total + 1 - (tied**3 - tied).sum() / (total * (total - 1)))
    return float((above - n * m / 2) / np.sqrt(variance)) if variance > 0 else 0.0

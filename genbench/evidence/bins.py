"""How test and generated points fall into the cells of a codebook."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.distances import nearest_index, row_slices
from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.training import fixed_budget
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for
from genbench.ground.rounding import ROUNDING, is_lost

MOST_BINS = 100
POINTS_PER_BIN = 10  # so that the normal approximation of a bin's count holds
SIGNIFICANCE = 0.05
WIDE = 1024  # dimensions


@dataclass(frozen=True, eq=False)
class FittedCells:
    """Cells of the points nearest to each of the centres that k-means found."""

    centres: Array  # (n, d)

    @classmethod
    def to(cls, points: Array, n: int, *, rng: np.random.Generator) -> Self:
        """Fit `n` cells to the points.

        Raises:
            Unavailable: a few lie so far out that what sets the others apart is lost in rounding.
        """
        from sklearn.cluster import KMeans

        wide = points.shape[1] >= WIDE  # then half of the digits take half of the time
        mean = points.mean(axis=0)
        centred = np.empty(points.shape, np.float32 if wide else float)
        np.subtract(points, mean, out=centred, casting="same_kind")  # squares far out lose digits
        kmeans = KMeans(n, n_init=1, random_state=int(rng.integers(2**31)), copy_x=False)
        with fixed_budget():
            centres = kmeans.fit(centred).cluster_centers_.astype(float)
        within, widest = np.empty(len(points)), 0.0
        for rows in row_slices(points):
            block = points[rows] - mean
            widest = max(widest, float(np.einsum("ij,ij->i", block, block).max()))
            block -= centres[nearest_index(block, centres)]
            within[rows] = np.einsum("ij,ij->i", block, block)
        usual = np.median(within[within > 0]) if within.any() else np.inf
        if is_lost(usual, ROUNDING * widest):
            raise Unavailable(
                "cells are lost in rounding: beside the farthest point, most lie within "
                f"{np.sqrt(usual / widest):.1g} of its distance"
            )
        return cls(centres + mean)

    def of(self, points: Array) -> Labels:
        """Return the cell of each point."""
        return nearest_index(points, self.centres)

    def count(self, points: Array) -> Labels:
        """Return how many points fall into each cell."""
        return np.bincount(self.of(points), minlength=len(self.centres))


@dataclass(frozen=True)
class Cells:
    """So many cells of a reference; `reference.get(Cells(n))` fits them once."""

    n: int

    def __call__(self, reference: Reference) -> FittedCells:
        """Fit them to training points where there are any, so that no test point shapes them."""
        return FittedCells.to(codebook_points(reference), self.n, rng=rng_for(0, "bins"))


def codebook_points(reference: Reference) -> Array:
    """Return the points that cells are fitted to."""
    return reference.train_set if reference.has_train else reference.test_set


def n_bins(*sizes: int) -> int:
    """Return how many cells sets of these sizes can fill.

    Raises:
        Unavailable: too few points for two cells.
    """
    found = min(MOST_BINS, min(sizes) // POINTS_PER_BIN)
    if found < 2:
        raise Unavailable(f"needs {2 * POINTS_PER_BIN} points of each set; there are {min(sizes)}")
    return found


@dataclass(frozen=True, eq=False)
class Bins(Evidence):
    """Counts in k-means cells whose centres were fitted on other real points."""

    inputs: ClassVar = ("test", "generated")

    test: Labels  # (n_bins,)
    generated: Labels  # (n_bins,)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Count in cells that belong to the reference: the same for every model.

        Raises:
            Unavailable: too few points for two cells.
        """
        real, generated = comparison.reference, comparison.generated_set
        cells = real.get(
            Cells(n_bins(len(codebook_points(real)), len(real.test_set), len(generated)))
        )
        return cls(cells.count(real.test_set), cells.count(generated))

    @property
    def parameters(self) -> dict[str, int]:
        """How many cells there are."""
        return {"n_bins": len(self.test)}

    def z_scores(self) -> Array:
        """Two-proportion z score of every cell that any point fell into."""
        used = (self.test + self.generated) > 0
        n_test, n_generated = self.test.sum(), self.generated.sum()
        in_test, in_generated = self.test[used] / n_test, self.generated[used] / n_generated
        pooled = (self.test + self.generated)[used] / (n_test + n_generated)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n_test + 1 / n_generated))
        # Every point in one cell: no difference, and no error to divide by.
        return np.asarray(
            np.divide(in_test - in_generated, error, out=np.zeros_like(error), where=error > 0)
        )

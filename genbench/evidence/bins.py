"""How test and generated points fall into the cells of a codebook."""

import warnings
from dataclasses import dataclass

import numpy as np

from genbench.arrays import Array, Labels
from genbench.errors import Unavailable

MOST_BINS = 100
POINTS_PER_BIN = 10  # so that the normal approximation of a bin's count holds
SIGNIFICANCE = 0.05


@dataclass(frozen=True, eq=False)
class Bins:
    """Counts in k-means cells whose centres were fitted on other real points."""

    test: Labels  # (n_bins,)
    generated: Labels  # (n_bins,)

    @classmethod
    def measure(
        cls, codebook_points: Array, test: Array, generated: Array, *, rng: np.random.Generator
    ) -> "Bins":
        """Fit cells on `codebook_points`, then count test and generated points in each.

        Raises:
            Unavailable: too few points for two cells.
        """
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning

        fewest = min(len(codebook_points), len(test), len(generated))
        n_bins = min(MOST_BINS, fewest // POINTS_PER_BIN)
        if n_bins < 2:
            raise Unavailable(f"needs {2 * POINTS_PER_BIN} points of each set; there are {fewest}")
        kmeans = KMeans(n_bins, n_init=1, random_state=int(rng.integers(2**31)))
        with warnings.catch_warnings():
            # Fewer distinct points than cells: some cells stay empty and are not counted.
            warnings.simplefilter("ignore", ConvergenceWarning)
            kmeans.fit(codebook_points)
        return cls(
            np.bincount(kmeans.predict(test), minlength=n_bins),
            np.bincount(kmeans.predict(generated), minlength=n_bins),
        )

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

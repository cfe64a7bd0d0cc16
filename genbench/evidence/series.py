"""Series: how values follow one another, pooled over rows.

Lagged products are divided by their number, not by the length of a row: that would draw
autocorrelations of short rows to zero (Priestley, "Spectral analysis and time series", 1981,
section 5.3.3).
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, given
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable

LAGS = 20


@dataclass(frozen=True, eq=False)
class Moments:
    """Second moments of each row of one set, less the mean of all."""

    products: Array  # (n, n_lags + 1) mean product of values so far apart
    periodogram: Array  # (n, length) over all frequencies

    @classmethod
    def of_rows(cls, rows: Array) -> Self:
        """Take them of rows (n, length)."""
        rows, length = rows - rows.mean(), rows.shape[1]
        lags = range(min(LAGS, length // 2) + 1)  # beyond, a row has too few products
        products = [(rows[:, : length - lag] * rows[:, lag:]).mean(axis=1) for lag in lags]
        return cls(np.stack(products, axis=1), np.abs(np.fft.fft(rows)) ** 2 / length)

    @property
    def autocorrelations(self) -> Array:
        """Pooled over rows (n_lags + 1,)."""
        pooled = self.products.mean(axis=0)
        return np.asarray(pooled / pooled[0])


@dataclass(frozen=True, eq=False)
class SeriesMoments(Evidence):
    """Second moments of test and generated series."""

    inputs: ClassVar = ("test", "generated", "series")

    test: Moments
    generated: Moments

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take those of both sets.

        Raises:
            Unavailable: samples are no series, or do not vary.
        """
        test = comparison.reference.get(test_moments)
        return cls(test, _moments(generated_series(comparison), "generated"))

    @property
    def parameters(self) -> dict[str, Any]:
        """How far apart values are compared."""
        return {"n_lags": self.test.products.shape[1] - 1}


def test_series(reference: Reference) -> Array:
    """Return test rows (n, length).

    Raises:
        Unavailable: they are no series.
    """
    if not reference.series:
        raise Unavailable("samples are not said to be series (series)")
    return given(reference.test, "test samples")


def generated_series(comparison: Comparison) -> Array:
    """Return generated rows (n, length)."""
    return given(comparison.generated, "generated samples")


def test_moments(reference: Reference) -> Moments:
    """Return the moments of test rows."""
    return _moments(test_series(reference), "test")


def _moments(rows: Array, name: str) -> Moments:
    if rows.shape[1] < 2 or np.ptp(rows) == 0:
        raise Unavailable(f"{name} series do not vary")
    return Moments.of_rows(rows)

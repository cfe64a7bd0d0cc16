"""What the best linear prediction of each value from those before it leaves of series.

The predictor is that of the true law where it is known (an object with `innovations`); else it is
Burg's, fitted to test rows.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.series import generated_series, test_series
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for
from genbench.models.find import ModelSpec

BURG = ModelSpec(target="genbench.baselines.sequences.linear_prediction:Burg")
LAGS = 10


@runtime_checkable
class HasInnovations(Protocol):
    """A law of series that tells how far each value is from what was to be expected."""

    def innovations(self, points: Array) -> Array:
        """Errors (n, length) of predicting each value of rows (n, length) by those before it.

        They are divided by the standard deviation that they have under this law.
        """
        ...


@dataclass(frozen=True, eq=False)
class Innovations(Evidence):
    """Prediction errors of test and generated rows, in standard deviations of the predictor's."""

    inputs: ClassVar = ("test", "generated", "series")

    test: Array  # (n_test, length)
    generated: Array  # (n_generated, length)
    response: Array  # (n_weights,) of a fitted predictor: what an innovation does later on; or ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Predict.

        Raises:
            Unavailable: samples are no series, or Burg's predictor cannot be fitted to them.
        """
        predictor, response, test = comparison.reference.get(_of_test)
        return cls(test, predictor.innovations(generated_series(comparison)), response)

    @property
    def n_lags(self) -> int:
        """How far apart errors are held against each other."""
        return min(LAGS, int(self.generated.shape[1]) - 1)

    @cached_property
    def autocorrelations(self) -> Array:
        """Of generated rows' errors at lags from 1 (n_lags,), each standard normal if white.

        The products of a lag m have the variance of n (length - m) products of white noise.
        """
        errors = self.generated - self.generated.mean()
        n, length = errors.shape
        products = [
            (errors[:, : length - lag] * errors[:, lag:]).sum() for lag in range(1, self.n_lags + 1)
        ]
        counts = n * (length - np.arange(1, self.n_lags + 1))
        share = np.array(products) / (errors**2).sum()
        return np.asarray(share * errors.size / np.sqrt(counts))

    @property
    def ljung_box(self) -> float:
        """Sum of squares of the autocorrelations, chi-squared with `n_lags` degrees if white.

        A fitted predictor is off by what its weights are off, as the test rows are few; that part
        has a variance of one and as much as there are generated rows for each test row.
        """
        z = self.autocorrelations
        if not len(self.response):
            return float(z @ z)
        lags = np.arange(1, len(z) + 1)[:, None] - np.arange(1, len(self.response) + 1)
        ahead = np.where(lags >= 0, _steps(self.response, len(z))[np.maximum(lags, 0)], 0.0)
        axes = np.linalg.qr(ahead)[0]
        off = axes.T @ z
        return float(z @ z - off @ off + off @ off / (1 + len(self.generated) / len(self.test)))

    @property
    def parameters(self) -> dict[str, Any]:
        """Whose predictor it is, and how far errors are compared."""
        order = len(self.response)
        return {"predictor": f"Burg's of order {order}" if order else "true", "n_lags": self.n_lags}


def _of_test(reference: Reference) -> tuple[HasInnovations, Array, Array]:
    """Return the predictor, its weights if it was fitted, and the errors of test rows."""
    rows = test_series(reference)
    density = reference.density
    if isinstance(density, HasInnovations):
        return density, np.empty(0), density.innovations(rows)
    burg: Any = BURG.make()
    try:
        burg.fit(rows, rng=rng_for(0, "burg"))
    except ValueError as error:
        raise Unavailable(str(error)) from error
    return burg, np.asarray(burg.weights[-1]), burg.innovations(rows)


def _steps(weights: Array, n: int) -> Array:
    """Return what an innovation adds to the next n values, itself first (n,)."""
    found = np.zeros(n)
    found[0] = 1.0
    for t in range(1, n):
        before = found[max(t - len(weights), 0) : t][::-1]
        found[t] = weights[: len(before)] @ before
    return found

"""How samples become the points that a flow maps, and points become samples again.

Whole numbers are dequantised with even noise one unit wide and stretched by a logit, so that the
many samples at the ends of the range get tails instead of cliffs. All data are then standardised,
or whitened where a model says so: there, an untrained flow is the Gaussian of the data.
"""

import numpy as np
from numpy.typing import NDArray

from ..training import Array


class Standardize:
    """Carries samples to points with mean zero and variance one, and back.

    Args:
        train: samples (n, d).
        margin: share of the range of whole numbers left free at either end before the logit.
        rng: draws the noise that dequantises.
    """

    def __init__(self, train: Array, margin: float, rng: np.random.Generator) -> None:
        d = train.shape[1]
        self.whole_numbers = bool(np.array_equal(train, np.rint(train)))
        # One range for all coordinates: a pixel blank in training may be inked elsewhere.
        self.lowest, self.highest = float(train.min()) - 0.5, float(train.max()) + 0.5
        self.margin, self.slope = margin, (1 - 2 * margin) / (self.highest - self.lowest)
        self.std, self.constant = np.ones(d), np.zeros(d)  # until there are values to fit them to
        many = np.repeat(train, 10, axis=0) if self.whole_numbers else train
        self._fit(self._logit(self.dequantize(many, rng))[0])

    def _fit(self, values: Array) -> None:
        self.mean, self.std = values.mean(axis=0), values.std(axis=0)
        # What is constant has no density; it gets a narrow normal one.
        size = np.maximum(1.0, np.abs(self.mean))
        self.constant = (self.std <= 1e-9 * size).astype(float)
        self.std = np.where(self.constant > 0, 1e-4 * size, self.std)
        self.widths = self.std  # their product is the volume of what becomes a unit cube

    def dequantize(self, samples: Array, rng: np.random.Generator) -> Array:
        """Give whole numbers a place in their cells, and what is constant its narrow width."""
        if self.whole_numbers:
            return samples + rng.uniform(-0.5, 0.5, size=samples.shape)
        return samples + self.constant * self.std * rng.standard_normal(samples.shape)

    def forward(self, samples: Array) -> tuple[Array, Array]:
        """Return the points (n, d) and log |det Jacobian| (n,)."""
        values, log_slopes = self._logit(samples)
        return self._standardize(values), (log_slopes - np.log(self.widths)).sum(axis=1)

    def inverse(self, points: Array) -> Array:
        """Return the samples (n, d) that become these points."""
        values = self._unstandardize(points)
        if not self.whole_numbers:
            return values
        return self.lowest + (0.5 * (1 + np.tanh(values / 2)) - self.margin) / self.slope

    def clip(self, samples: Array) -> Array:
        """Move what lies beyond the range of whole numbers to its ends."""
        return np.clip(samples, self.lowest, self.highest) if self.whole_numbers else samples

    def in_range(self, samples: Array) -> NDArray[np.bool_]:
        """Say which samples (n,) can be reached: whole numbers not far beyond their range."""
        if not self.whole_numbers:
            return np.full(len(samples), fill_value=True)
        free = self.margin / (1 - 2 * self.margin) * (self.highest - self.lowest)
        within = (samples > self.lowest - free) & (samples < self.highest + free)
        return np.asarray(within.all(axis=1))

    def _logit(self, samples: Array) -> tuple[Array, Array]:
        """Return the logits (n, d) of whole numbers' shares of the range, and the log-slopes."""
        if not self.whole_numbers:
            return samples, np.zeros_like(samples)
        share = self.margin + self.slope * (samples - self.lowest)
        log_share, log_rest = np.log(share), np.log1p(-share)
        return log_share - log_rest, np.log(self.slope) - log_share - log_rest

    def _standardize(self, values: Array) -> Array:
        return np.asarray((values - self.mean) / self.std)

    def _unstandardize(self, points: Array) -> Array:
        return np.asarray(points * self.std + self.mean)


class Whiten(Standardize):
    """Carries samples to points without correlations, and back."""

    def _fit(self, values: Array) -> None:
        super()._fit(values)
        points = super()._standardize(values)
        covariance = points.T @ points / len(points) + np.diag(self.constant)
        variances, self.axes = np.linalg.eigh(covariance)
        self.axis_std = np.sqrt(np.maximum(variances, 1e-6))
        self.widths = self.std * self.axis_std

    def _standardize(self, values: Array) -> Array:
        return np.asarray(super()._standardize(values) @ self.axes / self.axis_std)

    def _unstandardize(self, points: Array) -> Array:
        return super()._unstandardize((points * self.axis_std) @ self.axes.T)

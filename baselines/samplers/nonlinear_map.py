"""Many-to-one map: normal noise goes back and forth through the data, and densities add up.

If x = g(z) and several z lead to the same x, the density at x is the sum, over those branches, of
the density at z over the slope |g'(z)|. That is the change of variables of flows without the demand
that there be one branch only: Devroye, "Non-Uniform Random Variate Generation", Springer, 1986,
section I.4, https://luc.devroye.org/rnbookindex.html.

Here g is a zigzag of straight pieces, one for each coordinate. It passes through the training
samples an odd number of times, up and down in turn, and every pass is straight between quantiles of
its own, shifted against those of the others. One pass alone would be an empirical quantile
function, whose density is a histogram with the edges at the quantiles; the passes add up to the
mean of several shifted ones, which is smoother: Scott, "Averaged shifted histograms: effective
nonparametric density estimators in several dimensions", Annals of Statistics, 1985,
https://doi.org/10.1214/aos/1176349654. The outer pieces go on for ever, so the tails are normal.

Coordinates of the map are the principal axes of the training samples, on which they are
uncorrelated; whatever other dependence there is, is lost. On held-out samples of the ring three
passes gain .05 nats per coordinate on one pass, and five hardly more. On digits, with
much of such dependence, the Fréchet distance is 24; that of `gaussian` is 27.
"""

from typing import Self

import numpy as np
from scipy.special import logsumexp, ndtri

from .affine import Array, PrincipalMap, dequantize, standard_deviations


class Zigzag:
    """A continuous map of the line, of straight pieces, through each point from several places."""

    def __init__(self, column: Array, passes: int, cells: int) -> None:
        low, high = float(column.min()), float(column.max())
        hair = 1e-3 * (high - low if high > low else 1.0)  # no piece is flat, even where values tie
        low, high = low - hair, high + hair
        places, values = [], []
        for i in range(passes):
            levels = (np.arange(cells) + (i + 0.5) / passes) / cells
            quantiles = np.quantile(column, levels) + hair * (levels - 0.5)
            rising = i % 2 == 0
            places.append((i + (levels if rising else 1 - levels[::-1])) / passes)
            values.append(quantiles if rising else quantiles[::-1])
            if i < passes - 1:  # turn at the end of the pass
                places.append(np.array([(i + 1) / passes]))
                values.append(np.array([high if rising else low]))
        z, x = ndtri(np.concatenate(places)), np.concatenate(values)
        # The outer pieces reach as far as noise ever does.
        self.z = np.concatenate([[-40], z, [40]])
        first, last = (x[1] - x[0]) / (z[1] - z[0]), (x[-1] - x[-2]) / (z[-1] - z[-2])
        ends = x[0] + first * (-40 - z[0]), x[-1] + last * (40 - z[-1])
        self.x = np.concatenate([ends[:1], x, ends[1:]])

    def forward(self, z: Array) -> Array:
        return np.asarray(np.interp(z, self.z, self.x))

    def branches(self, x: Array) -> tuple[Array, Array]:
        """Return all z that lead to each x, and |slope| there: (n, pieces), NaN where none does."""
        slope = np.diff(self.x) / np.diff(self.z)
        low, high = np.minimum(self.x[1:], self.x[:-1]), np.maximum(self.x[1:], self.x[:-1])
        low[0], high[-1] = -np.inf, np.inf
        leads = (x[:, None] >= low) & (x[:, None] < high)
        z = self.z[:-1] + (x[:, None] - self.x[:-1]) / slope
        return np.where(leads, z, np.nan), np.where(leads, np.abs(slope), np.nan)

    def log_density(self, x: Array) -> Array:
        z, slope = self.branches(x)
        each = -(z**2) / 2 - np.log(2 * np.pi) / 2 - np.log(slope)
        return np.asarray(logsumexp(np.where(np.isnan(each), -np.inf, each), axis=1))


class NonlinearMap:
    """Draws normal noise, sends each coordinate along its zigzag, then turns and stretches."""

    def __init__(self, passes: int = 3, cells: int | None = None, least: float = 1e-3) -> None:
        if passes % 2 == 0:
            raise ValueError(f"A zigzag that ends where it heads for has odd passes, not {passes}.")
        self.passes = passes
        self.cells = cells  # of each pass; None: by the number of samples
        self.least = least  # stretch along any axis, in standard deviations

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        n = len(train)
        if n < 2:
            raise ValueError("A zigzag needs at least two training samples, to go to and fro.")
        train = dequantize(train, rng)
        mean, scale = train.mean(axis=0), standard_deviations(train, train[0])
        standardised = (train - mean) / scale
        covariance = standardised.T @ standardised / n
        self.map = PrincipalMap(mean, scale, covariance, self.least)
        cells = self.cells or max(3, round(3 * n ** (1 / 3)))
        columns = self.map.inverse(train).T
        self.zigzags = [Zigzag(column, self.passes, cells) for column in columns]
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        noise = rng.normal(size=(len(self.zigzags), n))
        columns = [zigzag.forward(z) for zigzag, z in zip(self.zigzags, noise, strict=True)]
        return self.map.forward(np.stack(columns, axis=1))

    def log_prob(self, samples: Array) -> Array:
        """Log-density in nats, exact."""
        columns = self.map.inverse(samples).T
        parts = [zigzag.log_density(x) for zigzag, x in zip(self.zigzags, columns, strict=True)]
        log_volume = np.log(self.map.stretches).sum() + np.log(self.map.scale).sum()
        return np.asarray(np.sum(parts, axis=0) - log_volume)

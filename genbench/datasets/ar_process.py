"""Series of measurements of which each is a weighted sum of the three before it, and noise.

An autoregressive process of order three in its stationary law, which is Gaussian: the density of
whole rows is exact, and its one-step errors are white.
Box, Jenkins, "Time Series Analysis: Forecasting and Control", Holden-Day, 1970.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cholesky, solve_triangular, toeplitz

from genbench.datasets.dataset import Dataset
from genbench.datasets.parts import draw
from genbench.ground.arrays import Array, Labels

COEFFICIENTS = (0.75, -0.5, 0.3)
LENGTH = 64
SIZES = 1000, 500, 500


@dataclass(frozen=True)
class Autoregression:
    """A stationary Gaussian process x_t = sum_i a_i x_(t-i) + e_t; e_t has variance one."""

    coefficients: tuple[float, ...]  # a_1, a_2, ...
    length: int  # of a row

    @cached_property
    def autocovariance(self) -> Array:
        """Covariance of two values 0 .. length - 1 steps apart (length,).

        The first come from the Yule-Walker equations, the others from the recursion.
        """
        a = np.asarray(self.coefficients)
        p = len(a)
        lags = np.arange(p + 1)
        equations = np.eye(p + 1)
        for i, weight in enumerate(a, start=1):
            np.subtract.at(equations, (lags, np.abs(lags - i)), weight)
        found = list(np.linalg.solve(equations, lags == 0))
        while len(found) < self.length:
            found.append(float(a @ found[: -p - 1 : -1]))
        return np.array(found[: self.length])

    @cached_property
    def _root(self) -> Array:
        """Lower triangular root of the covariance of a row (length, length)."""
        return np.asarray(cholesky(toeplitz(self.autocovariance), lower=True))

    @property
    def entropy_rate(self) -> float:
        """Entropy of a value, given all before it, in nats: that of the noise."""
        return float(np.log(2 * np.pi * np.e) / 2)

    @property
    def row_entropy(self) -> float:
        """Entropy of a whole row, in nats."""
        return float(self.length * self.entropy_rate + np.log(np.diag(self._root)).sum())

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        rows = rng.normal(size=(n, self.length)) @ self._root.T
        return rows, np.zeros(n, dtype=np.int64)

    def innovations(self, points: Array) -> Array:
        """Return errors of the best prediction of each value by those before it in its row.

        They have the shape (n, length) of the rows, and are divided by their standard deviation,
        which is one but for the first few: of rows of this law they are independent standard normal
        numbers.
        """
        return np.asarray(solve_triangular(self._root, points.T, lower=True).T)

    def log_prob(self, points: Array) -> Array:
        """Log-density of each row (n,), in nats."""
        squares = (self.innovations(points) ** 2).sum(axis=1)
        return np.asarray(-(squares - self.length) / 2 - self.row_entropy)


def load() -> Dataset:
    """Rows of 64 values: 1,000 to train on, 500 each for test and fresh.

    The entropy is 2.0471 bits a value in the limit, and 2.0558 bits a value of whole rows.
    """
    law = Autoregression(COEFFICIENTS, LENGTH)
    (train, _), (test, _), (fresh, _) = draw("ar_process", law, SIZES)
    return Dataset(name="ar_process", train=train, test=test, fresh=fresh, density=law, series=True)

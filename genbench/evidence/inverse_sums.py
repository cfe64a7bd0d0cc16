"""Sums over all pairs of positive numbers s of powers of 1 / (s_i + s_j), without a table of pairs.

1 / (a + b)^p is the integral of t^(p-1) e^(-at) e^(-bt) / (p-1)! over t > 0. In log t the integrand
is smooth and vanishes at both ends, so that sums over even steps are as good as exact (Trefethen
and Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 2014,
https://doi.org/10.1137/130932132), and each term is a product: a step takes r exponentials.
"""

import math

import numpy as np

from genbench.ground.arrays import Array

STEP = 0.25  # of log t: the rule then errs in no digit that double precision has
LEFT_OUT = 1e-15  # of the integral, at either end


class InverseSums:
    """Of numbers s > 0, (r,), perhaps none."""

    def __init__(self, numbers: Array) -> None:
        least, most = (2 * numbers.min(), 2 * numbers.max()) if len(numbers) else (1.0, 1.0)
        first = np.log(LEFT_OUT / most)
        last = np.log(-2 * np.log(LEFT_OUT) / least)  # twice: powers of t grow before all decays
        self._times = np.exp(np.arange(first, last + STEP, STEP))
        self._decays = np.exp(-numbers[:, None] * self._times)  # (r, n_times)

    def weighted(self, weights: Array, power: int = 1) -> Array:
        """Return the sum over i of w_i / (s_i + s_j)^power, for all j, (r,)."""
        steps = STEP * self._times**power / math.factorial(power - 1)
        return np.asarray(self._decays @ (steps * (weights @ self._decays)))

"""The law of losses by another way, to check with: Huber's loss of logarithms, many starts.

Hoffmann et al., "Training compute-optimal large language models", 2022,
https://arxiv.org/abs/2203.15556, appendix D.3: log L against the log of a sum of exponentials. Far
losses count little there, and the search is in all five parameters, so that what both ways find is
not an artefact of either.

L-BFGS-B stops once a step gains less than `ftol` times the objective or 1, whichever is greater, or
once no slope is above `gtol`. A mean Huber loss is some 1e-5 of losses that scatter by a hundredth,
and the usual tolerances end the search on its way (Besiroglu et al., 2024,
https://arxiv.org/abs/2404.10102): here it is scaled to be 1 at the best start.
"""

from itertools import product
from typing import Any

import numpy as np

from genbench.ground.arrays import Array
from genbench.sequences.scaling.loss_law import LossLaw

DELTA = 1e-3  # of logarithms: errors beyond count by their size, not by its square
STARTS = (0.15, 0.4, 1.0)  # exponents of N and of D
SHARES = (0.2, 0.6)  # of the least loss that the floor is at the start
MOST_STEPS = 1000
TOLERANCE = 1e-12


def fit_by_log_sum_exp(sizes: Array, amounts: Array, losses: Array) -> LossLaw:
    """Fit the law to losses (n,) of models of these sizes (n,) on these amounts of data (n,)."""
    from scipy.optimize import minimize

    problem = _Problem(sizes, amounts, losses)
    starts = [problem.start(*each) for each in product(STARTS, STARTS, SHARES)]
    scale = min(problem.value(start)[0] for start in starts) or 1.0

    def scaled(x: Array) -> tuple[float, Array]:
        value, slope = problem.value(x)
        return value / scale, slope / scale

    options: Any = {"ftol": TOLERANCE, "gtol": TOLERANCE, "maxiter": MOST_STEPS}
    found = (
        minimize(scaled, start, jac=True, method="L-BFGS-B", options=options) for start in starts
    )
    return problem.law(min(found, key=lambda one: float(one.fun)).x)


class _Problem:
    """Mean Huber loss of five numbers: logs of the three terms at the middles, two exponents."""

    def __init__(self, sizes: Array, amounts: Array, losses: Array) -> None:
        self.middles = np.array([np.log(sizes).mean(), np.log(amounts).mean()])
        self.sizes, self.amounts = np.log(sizes), np.log(amounts)
        self.losses = np.log(losses)

    def start(self, size_exponent: float, data_exponent: float, share: float) -> Array:
        """Return where to begin: a floor, and the rest of the mean loss halved among the terms."""
        floor = share * np.exp(self.losses.min())
        rest = (np.exp(self.losses.mean()) - floor) / 2
        return np.array([np.log(floor), np.log(rest), np.log(rest), size_exponent, data_exponent])

    def value(self, x: Array) -> tuple[float, Array]:
        """Return the mean Huber loss at x (5,), and its gradient (5,)."""
        across, along = self.sizes - self.middles[0], self.amounts - self.middles[1]
        terms = np.stack([np.full_like(across, x[0]), x[1] - x[3] * across, x[2] - x[4] * along])
        top = terms.max(axis=0)
        shares = np.exp(terms - top)
        total = shares.sum(axis=0)
        error = np.log(total) + top - self.losses
        size = np.abs(error)
        huber = np.where(size <= DELTA, error**2 / 2, DELTA * (size - DELTA / 2))
        slope = np.clip(error, -DELTA, DELTA) * shares / total
        moves = np.stack([*slope, -slope[1] * across, -slope[2] * along])
        return float(huber.mean()), moves.mean(axis=1)

    def law(self, x: Array) -> LossLaw:
        """Return the law of these numbers (5,)."""
        floor, size_factor, data_factor = np.exp(x[:3] + np.append(0, x[3:] * self.middles))
        return LossLaw(
            floor=float(floor),
            size_factor=float(size_factor),
            size_exponent=float(x[3]),
            data_factor=float(data_factor),
            data_exponent=float(x[4]),
        )

"""The law of losses, L = E + A N^-alpha + B D^-beta, by variable projection.

Hoffmann et al., "Training compute-optimal large language models", 2022,
https://arxiv.org/abs/2203.15556, for the law. Given the exponents it is linear in E, A and B, which
are found exactly, by non-negative least squares of relative errors (Golub, Pereyra, "The
differentiation of pseudo-inverses and nonlinear least squares problems", 1973,
https://doi.org/10.1137/0710036): two numbers are left to search for.

The search ends when its simplex is small, whatever the sum of squares is: a tolerance of that sum
would end it early where the law fits well (Besiroglu et al., "Chinchilla scaling: a replication
attempt", 2024, https://arxiv.org/abs/2404.10102).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from genbench.ground.arrays import Array

STARTS = ((0.2, 0.2), (0.2, 0.8), (0.8, 0.2), (0.8, 0.8))  # exponents of N and of D
EXPONENTS = (0.01, 4.0)  # that are looked for: beyond, a term is as good as a constant, or nothing
SIMPLEX = 1e-7  # relative size of exponents' simplex at which the search ends
MOST_STEPS = 1000


@dataclass(frozen=True, kw_only=True)
class LossLaw:
    """L = E + A N^-alpha + B D^-beta; N parameters, D symbols, L in the unit of the losses."""

    floor: float  # E
    size_factor: float  # A
    size_exponent: float  # alpha
    data_factor: float  # B
    data_exponent: float  # beta

    def __call__(self, sizes: Any, amounts: Any) -> Array:
        """Return the loss (n,) of models of these sizes (n,) on these amounts of data (n,)."""
        of_size = self.size_factor * np.asarray(sizes, dtype=float) ** -self.size_exponent
        of_data = self.data_factor * np.asarray(amounts, dtype=float) ** -self.data_exponent
        return np.asarray(self.floor + of_size + of_data)

    @property
    def ratio(self) -> float:
        """Return alpha / beta: data must grow as N^ratio for both terms to fall alike."""
        return self.size_exponent / self.data_exponent

    @property
    def optimal_size_exponent(self) -> float:
        """Return c of N ~ C^c, the best size for so much compute, C ~ N D."""
        return self.data_exponent / (self.size_exponent + self.data_exponent)


def fit_loss_law(
    sizes: Array,
    amounts: Array,
    losses: Array,
    *,
    floor: bool = True,
    starts: Sequence[tuple[float, float]] = STARTS,
) -> LossLaw:
    """Fit the law by least squares of relative errors.

    Args:
        sizes: parameters of each model (n,).
        amounts: data of each (n,).
        losses: of each (n,).
        floor: whether E may be above 0.
        starts: exponents of N and D that the search begins at; the best of what it finds counts.
    """
    from scipy.optimize import minimize

    problem = _Problem(sizes, amounts, losses, floor)

    def squares(logs: Array) -> float:
        return problem.solved(np.exp(logs))[1]

    low, high = map(math.log, EXPONENTS)
    options: Any = {"xatol": SIMPLEX, "fatol": math.inf, "maxiter": MOST_STEPS}
    found = (
        minimize(
            squares,
            np.log(start),
            method="Nelder-Mead",
            bounds=[(low, high)] * 2,
            options=options,
        )
        for start in starts
    )
    best = min(found, key=lambda one: float(one.fun))
    return problem.law(np.exp(best.x))


def relative_errors(law: LossLaw, sizes: Array, amounts: Array, losses: Array) -> Array:
    """Return by which share of themselves losses (n,) lie below the law."""
    return np.asarray(law(sizes, amounts) / losses - 1)


def akaike(
    law: LossLaw, sizes: Array, amounts: Array, losses: Array, *, floor: bool = True
) -> float:
    """Return Akaike's information criterion of normal relative errors; lower is better.

    Their variance counts as a parameter, and with `floor` E does, wherever it came out. Akaike, "A
    new look at the statistical model identification", IEEE Transactions on Automatic Control 1974,
    https://doi.org/10.1109/TAC.1974.1100705.
    """
    squares = float((relative_errors(law, sizes, amounts, losses) ** 2).mean())
    parameters = 4 + floor + 1
    return len(losses) * math.log(max(squares, np.finfo(float).tiny)) + 2 * parameters


class _Problem:
    """The least squares that are left once the exponents are given."""

    def __init__(self, sizes: Array, amounts: Array, losses: Array, floor: bool) -> None:
        # In units of their middles: powers are neither huge nor tiny then.
        self.middles = np.exp([np.log(sizes).mean(), np.log(amounts).mean()])
        self.logs = np.log(np.stack([sizes, amounts]) / self.middles[:, None])
        self.weights = 1 / losses
        self.floor = floor

    def solved(self, exponents: Array) -> tuple[Array, float]:
        """Return the best E, A, B (3,) for exponents (2,), and the sum of squares."""
        from scipy.optimize import nnls

        powers = np.exp(-exponents[:, None] * self.logs)
        columns = np.stack([np.full_like(self.weights, self.floor), *powers]) * self.weights
        factors, length = nnls(columns.T, np.ones_like(self.weights))
        return factors, float(length) ** 2

    def law(self, exponents: Array) -> LossLaw:
        """Return the law of these exponents (2,)."""
        floor, *factors = self.solved(exponents)[0]
        size_factor, data_factor = factors * self.middles**exponents
        return LossLaw(
            floor=float(floor),
            size_factor=float(size_factor),
            size_exponent=float(exponents[0]),
            data_factor=float(data_factor),
            data_exponent=float(exponents[1]),
        )

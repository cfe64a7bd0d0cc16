"""The maximum-entropy Nash equilibrium of a zero-sum matrix game.

Balduzzi, Tuyls, Perolat and Graepel, "Re-evaluating evaluation", NeurIPS 2018,
https://arxiv.org/abs/1806.02643. Differs from the paper: entropy would favour what is there twice,
so rows that are equal to the last digit are one strategy, whose share they divide evenly, and so
are columns. Clones then move nothing; what is nearly a clone is a strategy of its own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import null_space
from scipy.optimize import linprog

from genbench.ground.arrays import Array, Flags
from genbench.ground.errors import BadInput

EXACT: Any = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
MOST_SCALE = 1e6  # of a law, by which what it can only just do comes to 1
SEEN = 1e-3  # of that 1, from which it counts: below lie errors of the value
RANK = 1e-10  # of the largest singular value: what is smaller is 0
SHARPEST = 12  # decimals, of the weight of barriers at the end
STEPS, ENOUGH = 60, 1e-24  # of Newton's method at each weight, and what a last one still gains
ROUNDING = 1e-14  # by which a cost may seem to rise

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False, kw_only=True)
class Equilibrium:
    """What neither player can better alone, and of all such pairs the most even laws."""

    value: float  # expected payoff of the rows' player
    rows: Array  # (n,) its law
    columns: Array  # (m,) the law of the other, who pays


def equilibrium(payoffs: Any) -> Equilibrium:
    """Return the maximum-entropy Nash equilibrium of payoffs (n, m) to the player of the rows.

    Raises:
        BadInput: no table of finite numbers.
    """
    table = np.asarray(payoffs, dtype=float)
    if table.ndim != 2 or not table.size or not np.isfinite(table).all():
        raise BadInput(f"payoffs must be a table (n, m) of finite numbers, not {table.shape}.")
    low, span = table.min(), np.ptp(table) or 1.0
    distinct, row_of = _distinct((table - low) / span)
    turned, column_of = _distinct(distinct.T)
    distinct = turned.T
    value = _value(distinct)
    rows, columns = _most_even(distinct - value), _most_even(value - distinct.T)
    return Equilibrium(
        value=float(low + span * (rows @ distinct @ columns)),
        rows=_divided(rows, row_of),
        columns=_divided(columns, column_of),
    )


def _distinct(table: Array) -> tuple[Array, Index]:
    """Return the distinct rows in order, and which of them each row is."""
    found, place = np.unique(table, axis=0, return_inverse=True)
    return found, place.reshape(-1)


def _divided(law: Array, place: Index) -> Array:
    """Return the law over all strategies of one over the distinct."""
    return np.asarray(law[place] / np.bincount(place)[place])


def _value(table: Array) -> float:
    """Return the most that some law of rows gets against every column."""
    n, m = table.shape
    best = _least(
        np.append(np.zeros(n), -1.0),
        A_ub=np.hstack([-table.T, np.ones((m, 1))]),
        b_ub=np.zeros(m),
        A_eq=np.append(np.ones(n), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0, None)] * n + [(None, None)],
    )
    return float(best[-1])


def _least(costs: Array, **limits: Any) -> Array:
    """Return where a linear program costs least.

    Raises:
        ArithmeticError: it was not found.
    """
    found = linprog(costs, options=EXACT, **limits)
    if found.x is None:
        raise ArithmeticError(f"No equilibrium was found: {found.message}")
    return np.asarray(found.x)


def _most_even(gains: Array) -> Array:
    """Return the law (n,) of most entropy of those that gain nothing less than 0, (n, m).

    The laws are a polytope. Which of its inequalities are equalities everywhere is found first;
    then a step in the directions that are left keeps all of these.
    """
    inside, used, binding = _interior(gains)
    gains = gains[used]
    equal = np.vstack([gains[:, binding].T, np.ones(used.sum())])
    law = inside[used] / inside[used].sum()
    target = np.append(np.zeros(binding.sum()), 1.0)
    law = law + np.linalg.lstsq(equal, target - equal @ law, rcond=RANK)[0]
    ways = null_space(equal, rcond=RANK)
    if ways.shape[1]:
        law = _centred(law, ways, gains[:, ~binding].T)
    found = np.zeros(len(used))
    found[used] = law
    return found


def _interior(gains: Array) -> tuple[Array, Flags, Flags]:
    """Return a multiple of an optimal law, which rows any may use, and which gains are always 0.

    One linear program raises all that can be above 0 to 1: Freund, Roundy and Todd, "Identifying
    the set of always-active constraints in a system of linear inequalities by a single linear
    program", Sloan working paper 1674-85, 1985, https://studylib.net/doc/11249041.
    """
    n, m = gains.shape
    conditions = np.vstack([np.eye(n), gains.T])  # (n + m, n), each to be at least 0
    best = _least(
        np.append(np.zeros(n), -np.ones(n + m)),
        A_ub=np.vstack(
            [
                np.hstack([-conditions, np.eye(n + m)]),
                np.append(np.ones(n), np.zeros(n + m)),
            ]
        ),
        b_ub=np.append(np.zeros(n + m), MOST_SCALE),
        bounds=[(0, None)] * n + [(0, 1)] * (n + m),
    )
    raised = best[n:] > SEEN
    return best[:n], raised[:n], ~raised[n:]


def _centred(law: Array, ways: Array, slack: Array) -> Array:
    """Return the law of most entropy that can be reached along `ways` (n, k) from inside.

    slack: (s, n) what must stay above 0 of its product with the law; barriers that grow sharper
    keep it there.
    """

    def cost(at: Array, weight: float) -> float:
        left = slack @ at
        if (at <= 0).any() or (left <= 0).any():
            return float("inf")
        return float((at * np.log(at)).sum() - weight * np.log(left).sum())

    for decimals in range(SHARPEST + 1):
        weight = 10.0**-decimals
        for _ in range(STEPS):
            scaled = slack @ ways / (slack @ law)[:, None]
            slope = ways.T @ np.log(law) - weight * scaled.sum(axis=0)
            bend = ways.T @ (ways / law[:, None]) + weight * scaled.T @ scaled
            turn = np.linalg.solve(bend, slope)
            if slope @ turn < ENOUGH:
                break
            step, most = -ways @ turn, cost(law, weight) + ROUNDING
            while cost(law + step, weight) > most:
                step = step / 2
            law = law + step
    return law

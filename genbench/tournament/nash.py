"""The maximum-entropy Nash equilibrium of a zero-sum matrix game.

Balduzzi, Tuyls, Perolat and Graepel, "Re-evaluating evaluation", NeurIPS 2018,
https://arxiv.org/abs/1806.02643. Differs from the paper: entropy would favour what is there twice,
so rows that are equal to the last digit are one strategy, whose share they divide evenly, and so
are columns. Clones then move nothing; what is nearly a clone is a strategy of its own.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from genbench.ground.arrays import Array, Flags
from genbench.ground.errors import BadInput

NEAR = 1e-17  # mean product of a share and what it loses, at the end of the path
SHORTER, MOST_OF = 0.1, 0.95  # what a step is to leave of that, and of the way to the boundary
RANK = 1e-8  # of the largest singular value: what is smaller is 0
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

    No other strategy gains more than 1e-8 of the range of payoffs.

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
    rows, columns = _inside(distinct)
    value, used, met = rows @ distinct @ columns, *_used(distinct, rows, columns)
    rows = _most_even(distinct - value, rows, used, met)
    columns = _most_even(value - distinct.T, columns, met, used)
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


def _inside(table: Array) -> tuple[Array, Array]:
    """Return a pair of optimal laws that use all that any use, by a primal-dual interior point.

    On the way every share times what it loses is the same; of each such pair one number stays and
    the other goes to 0: Wright, "Primal-dual interior-point methods", SIAM 1997,
    https://doi.org/10.1137/1.9781611971453.
    """
    n, m = table.shape
    laws = np.append(np.full(n, 1 / n), np.full(m, 1 / m))
    game = np.block([[np.zeros((n, n)), -table], [table.T, np.zeros((m, m))]])
    sides = np.zeros((n + m, 2))  # what either player can be held to enters with opposite signs
    sides[:n, 0], sides[n:, 1] = 1, -1
    bounds = np.array([table.max() + 1, table.min() - 1])
    losses = game @ laws + sides @ bounds
    while (near := laws @ losses / (n + m)) > NEAR:
        system = np.block(
            [[game + np.diag(losses / laws), sides], [np.abs(sides.T), np.zeros((2, 2))]]
        )
        step = np.linalg.solve(system, np.append(SHORTER * near / laws - losses, [0.0, 0.0]))
        change = game @ step[:-2] + sides @ step[-2:]
        most = -np.append(step[:-2] / laws, change / losses).min()
        size = MOST_OF / max(most, MOST_OF)
        laws, losses = laws + size * step[:-2], losses + size * change
    return laws[:n], laws[n:]


def _used(table: Array, rows: Array, columns: Array) -> tuple[Flags, Flags]:
    """Return which strategies any optimal law uses: what they lose is less than their shares."""
    gains = table @ columns
    taken = rows @ table
    return rows > gains.max() - gains, columns > taken - taken.min()


def _most_even(gains: Array, law: Array, used: Flags, binding: Flags) -> Array:
    """Return the optimal law (n,) of most entropy: it gains nothing less than 0 of (n, m).

    Optimal laws are a polytope, of those that gain just 0 in the columns that are `binding`; `law`
    is inside of it, up to rounding.
    """
    gains, law = gains[used], law[used]
    equal = np.vstack([gains[:, binding].T, np.ones(used.sum())])
    target = np.append(np.zeros(binding.sum()), 1.0)
    change = np.linalg.lstsq(equal, target - equal @ law, rcond=RANK)[0]
    law = law + change if (2 * np.abs(change) < law).all() else law / law.sum()
    ways = scipy.linalg.null_space(equal, rcond=RANK)
    if ways.shape[1]:
        law = _centred(law, ways, gains[:, ~binding].T)
    found = np.zeros(len(used))
    found[used] = law
    return found


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
            turn = np.linalg.lstsq(bend, slope)[0]
            if slope @ turn < ENOUGH:
                break
            step, most = -ways @ turn, cost(law, weight) + ROUNDING
            while cost(law + step, weight) > most:
                step = step / 2
            law = law + step
    return law

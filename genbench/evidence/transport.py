"""The exact cheapest way to move generated points onto test points.

By column generation: only pairs of near points may be used at first, and the plan's prices (the
dual solution) say which other pairs would make it cheaper. These are let in until there are none,
which proves the plan the cheapest of all, though most pairs' costs were never held in memory.
Costs beyond a limit count as the limit, for beside a huge cost the solver loses the digits of the
others: a plan that uses no such pair is the cheapest with the true costs, too.
Dantzig and Wolfe, "Decomposition principle for linear programs", Operations Research 1960,
https://doi.org/10.1287/opre.8.1.101.
"""

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np

from genbench.distances import nearest, squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.projections import Pairing
from genbench.evidence.subsets import part, some_of
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

MOST_POINTS = 10_000  # of each set
MOST_ITERATIONS = 100_000_000
NEIGHBOURS = 10  # in the other set, that a point may be moved to, or from, at first
LET_IN = 5  # pairs of a test point, for each that it has in the plan, that may be let in at once
TOLERANCE = 1e-7  # of the plan's cost, for what a cheaper plan might save
ROUNDING = 1e-12  # of the largest cost that counts
LARGEST_COST = 1e6  # that counts at first, in units of what nearest points cost
RAISED_BY = 100  # where the plan needs larger ones
PROVEN = 1e-3  # of the plan's cost: what rounding may hide of a cheaper plan
BLOCK_ENTRIES = 1_000_000  # of differences of paired points: 8 MB

Metric = Literal["euclidean", "sqeuclidean"]


@dataclass(frozen=True)
class Moved(Evidence):
    """What was moved onto what: all points, each with the same share of its set's weight."""

    n: int  # test points
    m: int  # generated points
    parts: tuple[str, ...]

    @property
    def parameters(self) -> dict[str, int]:
        """How many points of each set were moved: the value depends on it for equal laws, too."""
        return {"n_test": self.n, "n_generated": self.m}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which samples were not moved."""
        return self.parts


@dataclass(frozen=True)
class Transport(Moved):
    """The mean distance that the cheapest plan moves a point."""

    inputs: ClassVar = ("test", "generated")

    distance: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Solve the transport problem.

        Raises:
            Unavailable: the solver did not converge (an unfinished plan is no distance), or
                rounding hides whether its plan is the cheapest.
        """
        test, generated, parts = comparison.get(_moved)
        pairs = comparison.get(_pairs_to_begin_with)
        distance = cheapest(test, generated, pairs, metric="euclidean")
        return cls(len(test), len(generated), parts, distance)


@dataclass(frozen=True)
class SquaredTransport(Moved):
    """The mean squared distance that the plan of least squares moves a point; another plan."""

    inputs: ClassVar = ("test", "generated")

    squared_distance: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Solve it for the points whose plain distances `Transport` adds up.

        Raises:
            Unavailable: as there.
        """
        test, generated, parts = comparison.get(_moved)
        pairs = comparison.get(_pairs_to_begin_with)
        distance = cheapest(test, generated, pairs, metric="sqeuclidean")
        return cls(len(test), len(generated), parts, distance)


def _moved(comparison: Comparison) -> tuple[Array, Array, tuple[str, ...]]:
    test, generated = comparison.reference.test_set, comparison.generated_set
    rng = comparison.rng("transport")
    parts = part(MOST_POINTS, len(test), "test", "are moved to")
    parts += part(MOST_POINTS, len(generated), "generated", "are moved")
    return some_of(test, MOST_POINTS, rng=rng), some_of(generated, MOST_POINTS, rng=rng), parts


def _pairs_to_begin_with(comparison: Comparison) -> Labels:
    test, generated, _ = comparison.get(_moved)
    return near_pairs(test, generated)


def cheapest(test: Array, generated: Array, pairs: Labels, *, metric: Metric) -> float:
    """Return the mean cost of the cheapest plan between two sets.

    It begins with the pairs numbered test * n_generated + generated, which must allow for a plan.

    Raises:
        Unavailable: the solver stopped early, or its prices do not prove the plan the cheapest.
    """
    costs = _costs(test, generated, pairs, metric)
    unit = _typical(costs, pairs // len(generated))
    largest = LARGEST_COST
    while True:
        counted = np.minimum(costs / unit, largest)
        plan = _cheapest_of(pairs, counted, len(test), len(generated))
        saving = TOLERANCE * plan.cost + ROUNDING * counted.max()
        if abs(plan.cost - plan.test_prices.mean() - plan.generated_prices.mean()) > saving:
            raise Unavailable("the transport solver's prices do not add up to the plan's cost")
        cheaper = _cheaper_pairs(test, generated, plan, saving, unit, metric)
        more = np.setdiff1d(cheaper, pairs, assume_unique=True)
        if len(more) < len(cheaper):
            raise Unavailable("the transport solver's plan is not proven to be the cheapest")
        if len(more):
            pairs = np.concatenate([pairs, more])
            costs = np.concatenate([costs, _costs(test, generated, more, metric)])
        elif (costs[plan.used] > largest * unit).any():
            largest *= RAISED_BY
        elif largest > LARGEST_COST and saving > PROVEN * plan.cost:
            raise Unavailable("some points are so far from all others that rounding hides the rest")
        else:
            return plan.cost * unit


def _typical(costs: Array, own: Labels) -> float:
    """Return what it costs to move to the nearest, at the median: a unit for the solver."""
    least = np.full(own.max() + 1, np.inf)
    np.minimum.at(least, own, costs)
    for some in (least, costs):
        if (some > 0).any():
            return float(np.median(some[some > 0]))
    return 1.0


class _Plan(NamedTuple):
    cost: float  # mean over points
    test_prices: Array  # (n,) with the others, sums of a pair that is used are its cost
    generated_prices: Array  # (m,)
    used: Labels  # places among the pairs of those that anything is moved along


def _cheapest_of(pairs: Labels, costs: Array, n: int, m: int) -> _Plan:
    """Solve the problem in which only these pairs may be used, by network simplex.

    Weights are whole numbers: a test point weighs m and a generated one n, over what both have in
    common. Flows are then exact.
    """
    import ot
    from scipy.sparse import coo_matrix

    common, places = math.gcd(n, m), np.divmod(pairs, m)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            cost, log = ot.emd2(
                np.full(n, m / common),
                np.full(m, n / common),
                coo_matrix((costs, places), shape=(n, m)),
                numItermax=MOST_ITERATIONS,
                log=True,
                return_matrix=True,
            )
        except UserWarning as warning:
            raise Unavailable(f"the transport solver gave up: {warning}") from warning
    flow = log["G"].tocoo()
    moved = (flow.row.astype(np.int64) * m + flow.col)[flow.data > 0]
    order = np.argsort(pairs)
    used = order[np.searchsorted(pairs, moved, sorter=order)]
    return _Plan(float(cost) * common / (n * m), log["u"], log["v"], used)


def near_pairs(test: Array, generated: Array) -> Labels:
    """Return pairs, numbered test * n_generated + generated, of points that are near each other.

    The middles and the spreads of the sets are matched first: neighbours in the sets as they are
    would be the same few points for all, if one set lies beside the other or within it. That a
    plan exists, each point may be moved to those of its own place in the order of rows.
    """
    n, m = len(test), len(generated)
    test, generated = _aligned(test), _aligned(generated)
    in_order = Pairing.of(n, m)
    to_generated = np.arange(n)[:, None] * m + nearest(test, generated, k=min(NEIGHBOURS, m))[1]
    to_test = nearest(generated, test, k=min(NEIGHBOURS, n))[1] * m + np.arange(m)[:, None]
    found = (to_generated.ravel(), to_test.ravel(), in_order.test * m + in_order.generated)
    return np.unique(np.concatenate(found))


def _aligned(points: Array) -> Array:
    centred = points - np.median(points, axis=0)
    spread = float(np.median(np.linalg.norm(centred, axis=1)))
    return centred / spread if spread > 0 else centred


def _costs(test: Array, generated: Array, pairs: Labels, metric: Metric) -> Array:
    """Return the cost of each pair, by subtraction: products lose digits far from the origin."""
    costs = np.empty(len(pairs))
    at_once = max(1, BLOCK_ENTRIES // test.shape[1])
    for start in range(0, len(pairs), at_once):
        own, other = np.divmod(pairs[start : start + at_once], len(generated))
        apart = test[own] - generated[other]
        costs[start : start + at_once] = np.einsum("ij,ij->i", apart, apart)
    return np.sqrt(costs) if metric == "euclidean" else costs


def _cheaper_pairs(
    test: Array, generated: Array, plan: _Plan, saving: float, unit: float, metric: Metric
) -> Labels:
    """Return pairs, of each test point the few best, that cost less by `saving` than their prices.

    Prices and savings are in the unit. If there are none, no plan is cheaper by more.
    """
    found = np.concatenate(
        [*_promising(test, generated, plan, saving, unit, metric), np.empty(0, dtype=np.int64)]
    )
    own, other = np.divmod(found, len(generated))
    prices = plan.test_prices[own] + plan.generated_prices[other]
    return found[_costs(test, generated, found, metric) / unit < prices - saving]


def _promising(
    test: Array, generated: Array, plan: _Plan, saving: float, unit: float, metric: Metric
) -> Iterator[Labels]:
    m = len(generated)
    at_once = min(m, LET_IN * -(-m // len(test)))
    for rows, squared in squared_distance_blocks(test, generated):
        costs = np.sqrt(squared, out=squared) if metric == "euclidean" else squared
        costs -= (plan.test_prices[rows, None] - saving) * unit
        costs -= plan.generated_prices * unit
        cheaper = costs < 0
        n_cheaper = np.count_nonzero(cheaper, axis=1)
        few = np.flatnonzero((n_cheaper > 0) & (n_cheaper <= at_once))
        own, other = np.nonzero(cheaper[few])
        yield (few[own] + rows.start) * m + other
        many = np.flatnonzero(n_cheaper > at_once)
        if len(many):
            best = np.argpartition(costs[many], at_once - 1, axis=1)[:, :at_once]
            yield ((many[:, None] + rows.start) * m + best).ravel()

"""The exact cheapest way to move generated points onto test points.

By column generation: only pairs of near points may be used at first, and the plan's prices (the
dual solution) say which other pairs would make it cheaper. These are let in until there are none,
which proves the plan the cheapest of all, though most pairs' costs were never held in memory.
Dantzig and Wolfe, "Decomposition principle for linear programs", Operations Research 1960,
https://doi.org/10.1287/opre.8.1.101.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple, Self

import numpy as np

from genbench.distances import nearest, squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.subsets import some_of
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

MOST_POINTS = 10_000  # of each set
MOST_ITERATIONS = 100_000_000
NEIGHBOURS = 10  # in the other set, that a point may be moved to, or from, at first
LET_IN = 5  # pairs of a test point that may be let in at once
TOLERANCE = 1e-7  # of the plan's cost, for what a cheaper plan might save
ROUNDING = 1e-12  # of the largest cost that was looked at
BLOCK_ENTRIES = 1_000_000  # of differences of paired points: 8 MB

Metric = Literal["euclidean", "sqeuclidean"]


@dataclass(frozen=True)
class Transport(Evidence):
    """The mean distance that the cheapest plan moves a point, between samples of `n` each."""

    inputs: ClassVar = ("test", "generated")

    n: int
    distance: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Solve the transport problem on equally many points of each set.

        Raises:
            Unavailable: the solver did not converge (an unfinished plan is no distance).
        """
        test, generated = comparison.get(_equally_many)
        pairs = comparison.get(_pairs_to_begin_with)
        return cls(len(test), cheapest(test, generated, pairs, metric="euclidean"))

    @property
    def parameters(self) -> dict[str, int]:
        """How many points of each set were moved."""
        return {"n": self.n}


@dataclass(frozen=True)
class SquaredTransport(Evidence):
    """The mean squared distance that the plan of least squares moves a point; another plan."""

    inputs: ClassVar = ("test", "generated")

    n: int
    squared_distance: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Solve it for the points whose plain distances `Transport` adds up.

        Raises:
            Unavailable: the solver did not converge.
        """
        test, generated = comparison.get(_equally_many)
        pairs = comparison.get(_pairs_to_begin_with)
        return cls(len(test), cheapest(test, generated, pairs, metric="sqeuclidean"))

    @property
    def parameters(self) -> dict[str, int]:
        """How many points of each set were moved."""
        return {"n": self.n}


def _equally_many(comparison: Comparison) -> tuple[Array, Array]:
    """Cut both sets to one size: the value depends on it even for one distribution."""
    test, generated = comparison.reference.test_set, comparison.generated_set
    n, rng = min(len(test), len(generated), MOST_POINTS), comparison.rng("transport")
    return some_of(test, n, rng=rng), some_of(generated, n, rng=rng)


def _pairs_to_begin_with(comparison: Comparison) -> Labels:
    return near_pairs(*comparison.get(_equally_many))


def cheapest(test: Array, generated: Array, pairs: Labels, *, metric: Metric) -> float:
    """Return the mean cost of the cheapest plan between sets of one size.

    It begins with the pairs numbered test * n + generated, which must allow for some plan.

    Raises:
        Unavailable: the solver stopped early, or its prices do not prove the plan the cheapest.
    """
    costs = _costs(test, generated, pairs, metric)
    while True:
        plan = _cheapest_of(pairs, costs, len(test))
        saving = TOLERANCE * plan.cost + ROUNDING * costs.max()
        if abs(plan.cost - plan.test_prices.mean() - plan.generated_prices.mean()) > saving:
            raise Unavailable("the transport solver's prices do not add up to the plan's cost")
        cheaper = _cheaper_pairs(test, generated, plan, saving, metric)
        more = np.setdiff1d(cheaper, pairs, assume_unique=True)
        if len(more) < len(cheaper):
            raise Unavailable("the transport solver's plan is not proven to be the cheapest")
        if not len(more):
            return plan.cost
        pairs = np.concatenate([pairs, more])
        costs = np.concatenate([costs, _costs(test, generated, more, metric)])


class _Plan(NamedTuple):
    cost: float  # mean over points
    test_prices: Array  # (n,) with the others, sums of a pair that is used are its cost
    generated_prices: Array  # (n,)


def _cheapest_of(pairs: Labels, costs: Array, n: int) -> _Plan:
    """Solve the problem in which only these pairs may be used, by network simplex."""
    import ot
    from scipy.sparse import coo_matrix

    uniform, places = np.full(n, 1 / n), np.divmod(pairs, n)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            cost, log = ot.emd2(
                uniform,
                uniform,
                coo_matrix((costs, places), shape=(n, n)),
                numItermax=MOST_ITERATIONS,
                log=True,
            )
        except UserWarning as warning:
            raise Unavailable(f"the transport solver gave up: {warning}") from warning
    return _Plan(float(cost), log["u"], log["v"])


def near_pairs(test: Array, generated: Array) -> Labels:
    """Return pairs, numbered test * n + generated, of points that are near each other.

    The middles and the spreads of the sets are matched first: neighbours in the sets as they are
    would be the same few points for all, if one set lies beside the other or within it. That a
    plan exists, each point may be moved to the one of its own number.
    """
    n = len(test)
    test, generated = _aligned(test), _aligned(generated)
    k, own = min(NEIGHBOURS, n), np.arange(n)[:, None]
    to_generated = own * n + nearest(test, generated, k=k)[1]
    to_test = nearest(generated, test, k=k)[1] * n + own
    return np.unique(np.concatenate([to_generated, to_test, own * (n + 1)], axis=1))


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
    test: Array, generated: Array, plan: _Plan, saving: float, metric: Metric
) -> Labels:
    """Return pairs, of each test point the few best, that cost less by `saving` than their prices.

    If there are none, no plan is cheaper by more.
    """
    found = np.concatenate(
        [*_promising(test, generated, plan, saving, metric), np.empty(0, dtype=np.int64)]
    )
    own, other = np.divmod(found, len(test))
    prices = plan.test_prices[own] + plan.generated_prices[other]
    return found[_costs(test, generated, found, metric) < prices - saving]


def _promising(
    test: Array, generated: Array, plan: _Plan, saving: float, metric: Metric
) -> Iterator[Labels]:
    n = len(test)
    for rows, squared in squared_distance_blocks(test, generated):
        costs = np.sqrt(squared, out=squared) if metric == "euclidean" else squared
        costs -= plan.test_prices[rows, None] - saving
        costs -= plan.generated_prices
        cheaper = costs < 0
        n_cheaper = np.count_nonzero(cheaper, axis=1)
        few = np.flatnonzero((n_cheaper > 0) & (n_cheaper <= LET_IN))
        own, other = np.nonzero(cheaper[few])
        yield (few[own] + rows.start) * n + other
        many = np.flatnonzero(n_cheaper > LET_IN)
        if len(many):
            best = np.argpartition(costs[many], LET_IN - 1, axis=1)[:, :LET_IN]
            yield ((many[:, None] + rows.start) * n + best).ravel()

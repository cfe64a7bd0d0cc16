"""The exact cheapest way to move generated points onto test points."""

import warnings
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np

from genbench.arrays import Array
from genbench.errors import Unavailable
from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.subsets import some_of

MOST_POINTS = 2000  # of each set; the cost of the exact plan grows with their cube
MOST_ITERATIONS = 10_000_000
TOLERANCE = 1e-7  # of the largest cost, for what the plan costs above a proven lower bound


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
        return cls(len(test), cheapest(test, generated, metric="euclidean"))

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
        return cls(len(test), cheapest(test, generated, metric="sqeuclidean"))

    @property
    def parameters(self) -> dict[str, int]:
        """How many points of each set were moved."""
        return {"n": self.n}


def _equally_many(comparison: Comparison) -> tuple[Array, Array]:
    """Cut both sets to one size: the value depends on it even for one distribution."""
    test, generated = comparison.reference.test_set, comparison.generated_set
    n, rng = min(len(test), len(generated), MOST_POINTS), comparison.rng("transport")
    return some_of(test, n, rng=rng), some_of(generated, n, rng=rng)


def cheapest(
    test: Array, generated: Array, *, metric: Literal["euclidean", "sqeuclidean"]
) -> float:
    """Return the mean cost of the cheapest plan between sets of one size, by network simplex.

    Raises:
        Unavailable: the solver stopped early, or the dual solution does not prove the plan best.
    """
    import ot
    from scipy.spatial.distance import cdist

    n = len(test)
    costs = cdist(test, generated, metric)  # by subtraction: ot.dist loses digits far away
    uniform = np.full(n, 1 / n)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            cost, log = ot.emd2(uniform, uniform, costs, numItermax=MOST_ITERATIONS, log=True)
        except UserWarning as warning:
            raise Unavailable(f"the transport solver gave up: {warning}") from warning
    cost = float(cost)
    if not proves(costs, log["u"], log["v"], cost):
        raise Unavailable("the transport solver's plan is not proven to be the cheapest")
    return cost


def proves(costs: Array, test_prices: Array, generated_prices: Array, cost: float) -> bool:
    """Whether prices whose sums exceed no cost add up to the plan's cost: none is cheaper."""
    slack = TOLERANCE * costs.max(initial=0)
    excess = test_prices[:, None] + generated_prices - costs
    bound = test_prices.mean() + generated_prices.mean()
    return bool(excess.max() <= slack and abs(cost - bound) <= slack)

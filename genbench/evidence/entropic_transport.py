"""Transport between samples that is paid to spread out: smooth, and cheap to solve."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.kernel_means import kernel_width, width_parts
from genbench.evidence.subsets import part, some_of
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.exponentials import exponentials
from genbench.ground.randomness import rng_for
from genbench.ground.rounding import is_lost

MOST_POINTS = 1000  # of each set: their costs are one matrix
SHARE = 0.1  # of the test set's median squared distance: what an entropy of one nat is worth
MOST_ITERATIONS = 2000
TOLERANCE = 1e-4  # mean relative error of the marginals; the cost's own error is of its square
LARGEST_FACTOR = 1e30


@dataclass(frozen=True)
class EntropicTransport(Evidence):
    """Entropic transport costs, of squared distances, between and within the sets."""

    inputs: ClassVar = ("test", "generated")

    n: int  # test points used
    m: int  # generated points used
    regularisation: float  # in squared units of the points
    between: float
    within_test: float
    within_generated: float
    parts: tuple[str, ...] = ()

    @property
    def divergence(self) -> float:
        """The cost between the sets, less half of that within each; zero for equal sets."""
        within = self.within_test + self.within_generated
        return max(self.between - within / 2, 0.0)  # what the solver leaves may be below zero

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Solve three problems; the one within the test set is the reference's.

        Raises:
            Unavailable: fewer than two different test points, or a problem that is not solved.
        """
        from scipy.spatial.distance import cdist

        test, regularisation, within_test = comparison.reference.get(_test_side)
        rng = comparison.rng("entropic_transport")
        generated = some_of(comparison.generated_set, MOST_POINTS, rng=rng)
        return cls(
            len(test),
            len(generated),
            regularisation,
            entropic_cost(cdist(test, generated, "sqeuclidean"), regularisation),
            within_test,
            cost_within(generated, regularisation),
            (
                *part(len(test), len(comparison.reference.test_set), "test"),
                *part(len(generated), len(comparison.generated_set), "generated"),
                *width_parts(comparison.reference.test_set),
            ),
        )

    @property
    def parameters(self) -> dict[str, float]:
        """How many points were used, and what entropy is worth."""
        return {"n_test": self.n, "n_generated": self.m, "regularisation": self.regularisation}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which samples were not looked at, and where all may be what the solver leaves."""
        left = TOLERANCE**2 * self.regularisation
        if not is_lost(self.divergence, left):
            return self.parts
        lost = f"the divergence is lost in what the solver leaves, give or take {left:.1g}"
        return (*self.parts, lost)


class _TestSide(NamedTuple):
    points: Array
    regularisation: float
    cost: float


def _test_side(reference: Reference) -> _TestSide:
    every = at_least(2, reference.test_set, "test")
    regularisation = SHARE * reference.get(kernel_width) ** 2
    if not regularisation > 0:
        raise Unavailable("all test points are one and the same")
    test = some_of(every, MOST_POINTS, rng=rng_for(0, "entropic_transport"))
    return _TestSide(test, regularisation, cost_within(test, regularisation))


def cost_within(points: Array, regularisation: float) -> float:
    """Return the entropic cost between points and themselves.

    Rows and columns have one scaling, and going half the way in each step converges at once where
    taking turns would swing. A point is no way from itself, so that no sum underflows.

    Raises:
        Unavailable: the marginals are not met after `MOST_ITERATIONS`.
    """
    from scipy.spatial.distance import cdist

    kernel = exponentials(cdist(points, points, "sqeuclidean") / -regularisation)
    u = np.ones(len(points))
    for _ in range(MOST_ITERATIONS):
        sums = kernel @ u / len(points)
        marginal = u * sums
        if np.abs(marginal - 1).mean() < TOLERANCE:
            return float(regularisation * (2 * np.log(u).mean() - marginal.mean() + 1))
        u = np.sqrt(u / sums)
    raise Unavailable(f"entropic transport is not solved after {MOST_ITERATIONS} iterations")


def entropic_cost(
    costs: Array,
    regularisation: float,
    row_weights: Array | None = None,
    column_weights: Array | None = None,
) -> float:
    """Return min over plans of <plan, costs> + regularisation * KL(plan || product of weights).

    Sinkhorn's iteration scales rows and columns in turn. Scalings that grow are moved into the
    potentials, and the kernel is made anew from them: as fast as plain scaling, as safe as logs.
    The value is the dual's, which is a lower bound at every step.

    Raises:
        Unavailable: the marginals are not met after `MOST_ITERATIONS`, or costs are so large beside
            the regularisation that rounding is all that is left of it.
    """
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return _scaled(costs, regularisation, row_weights, column_weights)
    except FloatingPointError:
        raise Unavailable("entropic transport is not solved: the sets lie too far apart") from None


def _scaled(
    costs: Array, regularisation: float, row_weights: Array | None, column_weights: Array | None
) -> float:
    n, m = costs.shape
    a = np.full(n, 1 / n) if row_weights is None else row_weights
    b = np.full(m, 1 / m) if column_weights is None else column_weights
    f = _softmin(costs, b, regularisation)
    g = _softmin((costs - f[:, None]).T, a, regularisation)
    left = MOST_ITERATIONS
    while left > 0:
        kernel = exponentials((f[:, None] + g - costs) / regularisation)
        u, v = np.ones(n), np.ones(m)
        largest, solved = 1.0, False
        while left > 0 and largest < LARGEST_FACTOR and not solved:
            row_sums = kernel @ (b * v)
            # Columns were met by the last step, so that the rows tell how far there is to go.
            solved = bool(a @ np.abs(u * row_sums - 1) < TOLERANCE)
            u = 1 / row_sums
            v = 1 / (kernel.T @ (a * u))
            largest = float(max(u.max(), v.max(), 1 / u.min(), 1 / v.min()))
            left -= 1
        f, g = f + regularisation * np.log(u), g + regularisation * np.log(v)
        if solved:
            return float(a @ f + b @ g)
    raise Unavailable(f"entropic transport is not solved after {MOST_ITERATIONS} iterations")


def _softmin(costs: Array, weights: Array, regularisation: float) -> Array:
    """Return the smooth minimum of each row, (n,)."""
    lowest = costs.min(axis=1)
    shares = exponentials((lowest[:, None] - costs) / regularisation) @ weights
    return np.asarray(lowest - regularisation * np.log(shares))

"""Is a plan's promise kept? Both models are drawn again and again, and told apart or not."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from statistics import fmean
from typing import Any

import numpy as np
from scipy.stats import binomtest

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for
from genbench.metric import Metric
from genbench.sanity.power.judge import Judge
from genbench.sanity.power.planning import Plan, amount_for
from genbench.sanity.power.verdict import told_apart

Draw = Callable[[int, int, np.random.Generator], tuple[Array, Array]]
CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Kept:
    """How often models that differ by just so much were told apart."""

    simulations: int
    seen: int
    promised: float

    @property
    def share(self) -> float:
        """Of the simulations."""
        return self.seen / self.simulations

    @property
    def interval(self) -> tuple[float, float]:
        """Where the power is, by Clopper and Pearson at 95 %."""
        found = binomtest(self.seen, self.simulations).proportion_ci(CONFIDENCE)
        return float(found.low), float(found.high)

    @property
    def met(self) -> bool:
        """Whether the power may be what was promised, or is more."""
        return self.interval[1] >= self.promised


def simulate(
    metric: Metric,
    planned: Plan,
    draw: Draw,
    *,
    n: int | None = None,
    simulations: int,
    seed: int = 0,
    on_step: Callable[[int], None] = lambda _: None,
    **facts: Any,
) -> Kept:
    """Draw test samples and both models anew, score them as planned, and count verdicts.

    The fault is made as large as makes the difference on average over these very draws: the promise
    is about models that differ by so much.

    Args:
        metric: the metric that was planned with.
        planned: for one seed.
        draw: from the numbers of test samples and of others, and a stream, to both.
        n: samples of each model, in place of those that were planned.
        simulations: how many.
        seed: of the draws.
        on_step: is told how many are done.
        facts: what else `genbench.score` is to know.

    Raises:
        BadInput: there is no plan for one seed, or no amount of the fault makes the difference.
    """
    n = planned.needed[1] if n is None else n
    if n is None:
        raise BadInput(f"No number of samples shows that difference by {metric.name}.")
    fault = planned.fault
    others = n + math.ceil(n / fault.keeps)

    tried = []
    for number in range(simulations):
        rng = rng_for(seed, "power", metric.name, str(number))
        test, rest = draw(planned.n_test, others, rng)
        pools = {"better": rest[:n], "worse": rest[n:]}
        tried.append((Judge.of(metric, test, seed=number, **facts), pools))

    def model(number: int, which: str, amount: float) -> Array:
        rng = rng_for(seed, "power", "fault", which, str(number))
        made = fault(tried[number][1][which], amount, rng=rng)
        if len(made) < n:
            raise BadInput(f"Only {len(made)} samples are left of the {which} model, of {n}.")
        return made[:n]

    better = [
        judge.value_and_error(model(number, "better", planned.first_amount))
        for number, (judge, _) in enumerate(tried)
    ]

    def gap(amount: float) -> float:
        values = (
            judge.value(model(number, "worse", amount)) for number, (judge, _) in enumerate(tried)
        )
        return fmean(values) - fmean(value for value, _ in better)

    amount = amount_for(gap, fault, planned.difference)
    seen = 0
    for number, (judge, _) in enumerate(tried):
        worse = judge.value_and_error(model(number, "worse", amount))
        seen += told_apart(better[number], worse)
        on_step(number + 1)
    return Kept(simulations=simulations, seen=seen, promised=planned.power)


def dealt(real: Array) -> Draw:
    """Return what deals real samples (n, ...) out anew: into test samples, and others.

    Parts of one set vary about each other as draws of its law do, as in a test by permutations.
    """

    def draw(n_test: int, n_others: int, rng: np.random.Generator) -> tuple[Array, Array]:
        order = rng.permutation(len(real))
        return real[order[:n_test]], real[order[n_test : n_test + n_others]]

    return draw


def most_dealt(real: Array, planned: Plan) -> int:
    """Return how many samples of each model can be dealt out of the real ones (n, ...)."""
    left = len(real) - planned.n_test
    return next(n - 1 for n in count(1) if n + math.ceil(n / planned.fault.keeps) > left)

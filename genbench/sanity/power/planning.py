"""A plan: how many samples it takes to see a difference between two models by a metric.

One model is as good as real samples, or as far from them as is said; the other is worse by the
difference, through a fault that the metric claims to catch. They are told apart by the standard
errors that `genbench score` prints. These are found on the real samples at hand, half of which
stands in for the models, at several sizes; larger ones are extrapolated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise, product, repeat
from typing import Any

import numpy as np
from scipy.optimize import brentq

from genbench.evidence.parts import OverParts
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput, Unavailable
from genbench.ground.randomness import rng_for
from genbench.metric import Metric
from genbench.sanity.power.faults import Fault, fault_of
from genbench.sanity.power.judge import Judge
from genbench.sanity.power.verdict import Variance
from genbench.scoring.resolution import POWER, least_difference

SEEDS = (1, 3, 5, 10)
FEWEST = 40  # generated samples: of fewer, standard errors over parts say little
SPLITS = 3  # ways to halve the real samples, over which all is averaged
MOST_SUBSETS = 4  # of one size and split
CUTS = 4  # of each subset, where errors are found on parts of it and matter: one is off by a fifth
SHARES = (1.0, 0.5, 0.25)  # of the most of a fault: a difference may pass and fall again
PRECISE = 1e-3  # of the share that makes the difference
ROUNDS = 8  # at most, of finding the fault and the size, which depend on each other
SETTLED = 0.05  # a size changes by no more than this share of it: errors were looked at there
HALVINGS = 4  # of the size, to see how a standard error falls
PLANNED = {"test", "generated", "symbols", "picture", "series"}  # what may be asked for


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What it takes to see a difference.

    `needed` are samples of each model and seed, by the number of seeds; None where no number is
    enough beside so few real samples (and so much spread between seeds).
    """

    metric: str
    difference: float
    power: float
    n_test: int
    value: float  # of the better model
    fault: Fault
    amount: float  # of the fault, in the worse model
    first_amount: float  # in the better one
    variance: Variance  # of the difference, by samples of each model
    largest: int  # samples at which it was looked at
    closely: int  # samples at which it was looked at last, by more ways to cut them
    needed: Mapping[int, int | None]

    @property
    def real_needed(self) -> int | None:
        """Real samples without which no number of generated ones is enough, if these are too few.

        The variance that they cause falls as one over their number.
        """
        if self.needed[1] is not None:
            return None
        allowed = (self.difference / least_difference(1.0, self.power)) ** 2
        return int(np.ceil(self.n_test * self.variance.fixed / allowed))


def plan(
    metric: Metric,
    real: Array,
    *,
    difference: float,
    power: float = POWER,
    value: float | None = None,
    seed_spread: float = 0.0,
    seed: int = 0,
    on_step: Callable[[str], None] = lambda _: None,
    **facts: Any,
) -> Plan:
    """Plan to see a difference of a metric.

    Args:
        metric: one with a standard error that compares samples with test samples only.
        real: samples (n, ...); half of them are what models are compared with.
        difference: of the two models' values, in the metric's units.
        power: how often they are to be told apart.
        value: of the better model; that of real samples by default.
        seed_spread: standard deviation of a model's value over trainings, beside what its samples
            cause; only runs tell.
        seed: of how the samples are halved, and of the fault.
        on_step: is told what is done.
        facts: what else `genbench.score` is to know, such as `symbols`.

    Raises:
        BadInput: a metric that has no standard error or asks for more than samples, too few
            samples, a difference that no fault makes, or a number that is none.
    """
    _check(metric, real, difference, power, seed_spread)
    half = len(real) // 2
    splits = []
    for number in range(SPLITS):
        order = rng_for(seed, "plan", str(number)).permutation(len(real))
        judge = Judge.of(metric, real[order[:half]], seed=seed + number, **facts)
        splits.append(_Split(judge, real[order[half:]]))
    fault = fault_of(metric, real, facts.get("symbols"))
    wanted = (difference / least_difference(1.0, power)) ** 2
    most = len(real) - half
    size, enough = most, CUTS if isinstance(metric.standard_error, OverParts) else 1
    try:
        for cuts in (1, *repeat(enough, ROUNDS - 1)):  # the first size is a guess
            on_step(f"fault at {size} samples")
            amounts, known = _amounts(splits, fault, size, difference, value)
            on_step("standard errors")
            one, other = (_variance(splits, fault, amount, size, cuts) for amount in amounts)
            variance = one + other
            last, size = size, int(np.clip(variance.samples_for(wanted), FEWEST, most))
            if cuts == enough and abs(size - last) <= SETTLED * last:
                break
    except Unavailable as unavailable:
        raise BadInput(f"{metric.name} cannot be planned with: {unavailable}") from unavailable
    both = 2 * seed_spread**2
    found = {seeds: variance.samples_for(wanted, seeds=seeds, of_seeds=both) for seeds in SEEDS}
    least = max(FEWEST, most >> HALVINGS)  # as few as were looked at
    return Plan(
        metric=metric.name,
        difference=difference,
        power=power,
        n_test=half,
        value=known,
        fault=fault,
        amount=amounts[1],
        first_amount=amounts[0],
        variance=variance,
        largest=most,
        closely=last,
        needed={
            seeds: max(int(np.ceil(n)), least) if np.isfinite(n) else None
            for seeds, n in found.items()
        },
    )


def _check(
    metric: Metric, real: Array, difference: float, power: float, seed_spread: float
) -> None:
    if metric.standard_error is None:
        raise BadInput(f"{metric.name} has no standard error, by which a plan is made.")
    more = [name for name in metric.inputs if name not in PLANNED]
    if more or not {"test", "generated"} <= set(metric.inputs):
        raise BadInput(
            f"{metric.name} needs {', '.join(metric.inputs)}: only a metric that compares samples "
            "with test samples can be planned with."
        )
    if len(real) < 4 * FEWEST:
        raise BadInput(f"A plan needs {4 * FEWEST} real samples or more, not {len(real)}.")
    for name, number in (("difference", difference), ("power", power)):
        if not (np.isfinite(number) and number > 0):
            raise BadInput(f"The {name} must be a number above 0, not {number:g}.")
    if power >= 1:
        raise BadInput(f"The power is a share of cases, below 1, not {power:g}.")
    if not (np.isfinite(seed_spread) and seed_spread >= 0):
        raise BadInput(f"The spread of seeds must be a number from 0 up, not {seed_spread:g}.")


@dataclass(frozen=True, eq=False)
class _Split:
    judge: Judge  # by one half of the real samples
    pool: Array  # the other
    _errors: dict[tuple[float, int, int, int], float] = field(default_factory=dict, init=False)

    def planted(self, fault: Fault, amount: float, size: int) -> Array:
        return fault(self.pool[:size], amount, rng=rng_for(0, "plan", "fault"))

    def error(self, drawn: Array, amount: float, start: int, end: int, cut: int) -> float:
        """Return the standard error of some of what was drawn with so much of a fault, found once.

        Each `cut` is another way to cut it into parts.
        """
        place = amount, start, end, cut
        if place not in self._errors:
            seed = start + cut * len(drawn)
            self._errors[place] = self.judge.value_and_error(drawn[start:end], seed=seed)[1]
        return self._errors[place]


def _amounts(
    splits: Sequence[_Split], fault: Fault, size: int, difference: float, value: float | None
) -> tuple[tuple[float, float], float]:
    """Return how much of the fault both models have, and the better one's value."""

    def gap(first: float, second: float) -> float:
        """Return by how much the values of as many samples of either model differ."""
        found = []
        for split in splits:
            one, other = (split.planted(fault, amount, size) for amount in (first, second))
            n = min(len(one), len(other))
            found.append(split.judge.value(other[:n]) - split.judge.value(one[:n]))
        return float(np.mean(found))

    known = float(np.mean([split.judge.value(split.pool[:size]) for split in splits]))
    first = 0.0
    if value is not None:
        first, known = amount_for(partial(gap, 0.0), fault, value - known), value
    return (first, amount_for(partial(gap, first), fault, difference)), known


def amount_for(gap: Callable[[float], float], fault: Fault, difference: float) -> float:
    """Return how much of a fault makes the difference, whatever its sign.

    `gap` tells what an amount makes, negative where it is less than what it is compared with has.

    Raises:
        BadInput: no amount does.
    """
    wanted = abs(difference)
    if wanted == 0:
        return 0.0

    found = {share: gap(fault.most * share**fault.bends) for share in SHARES}
    sign = np.sign(max(found.values(), key=abs))

    def short_of(share: float) -> float:
        return float(sign * gap(fault.most * share**fault.bends) - wanted)

    enough = [share for share, made in found.items() if sign * made >= wanted]
    if not enough:
        raise BadInput(
            f"No difference of {wanted:g}: real samples {fault.words(fault.most)} and less of that "
            f"differ from others by {max(map(abs, found.values())):.3g} at most."
        )
    share = brentq(short_of, 0.0, min(enough), xtol=PRECISE)
    return float(fault.most * share**fault.bends)


def _variance(
    splits: Sequence[_Split], fault: Fault, amount: float, size: int, cuts: int
) -> Variance:
    """Return how the variance of a value falls with samples, as standard errors say.

    They are looked at from all samples down to a sixteenth of them, and more closely at the size
    that matters: by so many ways to cut each set of samples into parts.
    """
    found: dict[int, list[float]] = {}
    for split in splits:
        drawn = split.planted(fault, amount, len(split.pool))
        if len(drawn) < 2 * FEWEST:
            raise Unavailable(f"only {len(drawn)} samples are left of {len(split.pool)}")
        halved = {len(drawn) >> halvings for halvings in range(HALVINGS + 1)}
        matters = min(size, len(drawn))
        for n in {*halved, matters}:
            ends = range(0, n * min(MOST_SUBSETS, len(drawn) // n) + 1, n)
            subsets = pairwise(ends if n >= FEWEST else ())
            for (start, end), cut in product(subsets, range(cuts if n == matters else 1)):
                error = split.error(drawn, amount, start, end, cut)
                found.setdefault(n, []).append(error**2)
    means = {n: float(np.mean(found[n])) for n in sorted(found)}
    fitted = Variance.fitted(means)
    near = min(means, key=lambda n: abs(n - size))  # there it is to be right
    return fitted.times(means[near] / fitted(near)) if fitted(near) else fitted

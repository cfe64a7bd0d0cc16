"""Which metrics put models in the order of a truth, and how many samples they need to see a fault.

Agreement is Kendall's tau-b of a metric's loss with what is true, over the models of a board, as
the mean over seeds; its interval is over seeds drawn anew. The separating size n95 is the least
from which on a metric puts real samples before a faulty model in 95 of 100 pairs of seeds or more.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import kendalltau

from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.metrics import CATALOG
from genbench.sanity.truth.boards import REAL
from genbench.sanity.truth.cells import Found
from genbench.sanity.truth.divergences import Known
from genbench.sanity.truth.facts import Truth

N_BOOTSTRAP = 1000
SEPARATED = 0.95
FEWEST_MODELS = 4  # that can be put in an order

# What is true, and of which models it is asked: copies have no density, and only they have copies.
TRUTHS: Mapping[str, Callable[[Truth], float | None]] = {
    "KL(law | model)": lambda one: _of(one, one.forward, one.forward_again),
    "KL(model | law)": lambda one: _of(one, one.reverse, one.reverse_again),
    "total variation": lambda one: _of(one, one.missed),
    "W2": lambda one: _of(one, one.w2),
    "dropped mass": lambda one: one.uncovered if one.family in (REAL, "dropped classes") else None,
    "share of copies": lambda one: one.copies if one.family in (REAL, "copies") else None,
}


def _of(one: Truth, *estimates: Known | None) -> float | None:
    """Return the sharper of estimates of one truth; None where it is not known, and of copies."""
    known = [each for each in estimates if each is not None and math.isfinite(each.value)]
    if not known or one.copies:
        return None
    return min(known, key=lambda each: each.error).value


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How well a metric orders models by a truth."""

    board: str
    truth: str
    metric: str
    n: int
    seeds: int
    models: int
    tau: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Separating:
    """From how many samples on a metric tells a faulty model from real samples."""

    board: str
    family: str
    model: str
    metric: str
    n95: int | None  # None: more than were looked at
    most: int  # that were looked at


Losses = Mapping[str, Mapping[int, float]]  # of a metric, by model and seed


def losses_of(found: Iterable[Found], metric: str) -> Losses:
    """Return losses of one board and size; smaller is better.

    What is to be matched is what real samples get, on average over seeds.
    """
    values: dict[str, dict[int, float]] = {}
    for one in found:
        value = one.values.get(metric)
        if value is not None and math.isfinite(value):
            values.setdefault(one.place.model, {})[one.place.seed] = value
    if REAL not in values:
        return {}
    real = float(np.mean(list(values[REAL].values())))
    known = CATALOG[metric]
    return {
        model: {seed: known.loss(value, real=real) for seed, value in by_seed.items()}
        for model, by_seed in values.items()
    }


def agreement(
    board: str, n: int, metric: str, truth: str, losses: Losses, truths: Sequence[Truth]
) -> Agreement | None:
    """Return how well losses are in the order of a truth; None of too few models or seeds."""
    asked = {
        one.model: value
        for one in truths
        if (value := TRUTHS[truth](one)) is not None and one.model in losses
    }
    if len(asked) < FEWEST_MODELS or len(set(asked.values())) < FEWEST_MODELS:
        return None
    seeds = sorted(set.intersection(*(set(losses[model]) for model in asked)))
    if not seeds:
        return None
    order = np.array(list(asked.values()))
    taus = np.array(
        [
            np.nan_to_num(kendalltau([losses[model][seed] for model in asked], order).statistic)
            for seed in seeds
        ]
    )
    low, high = _interval(taus, board, truth, metric, str(n))
    return Agreement(
        board=board,
        truth=truth,
        metric=metric,
        n=n,
        seeds=len(seeds),
        models=len(asked),
        tau=float(taus.mean()),
        low=low,
        high=high,
    )


def _interval(values: Array, *purpose: str) -> tuple[float, float]:
    rng = rng_for(0, "truth", "bootstrap", *purpose)
    means = values[rng.integers(len(values), size=(N_BOOTSTRAP, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def separating(
    board: str, metric: str, truth: Truth, by_size: Mapping[int, Losses]
) -> Separating | None:
    """Return the size from which on a faulty model is told from real samples; None of no values."""
    seen = {}
    for n, losses in sorted(by_size.items()):
        if REAL in losses and truth.model in losses:
            good = np.array(list(losses[REAL].values()))
            bad = np.array(list(losses[truth.model].values()))
            seen[n] = float((bad[:, None] > good).mean() + (bad[:, None] == good).mean() / 2)
    if not seen:
        return None
    enough = None
    for n in sorted(seen, reverse=True):
        if seen[n] < SEPARATED:
            break
        enough = n
    return Separating(
        board=board,
        family=truth.family,
        model=truth.model,
        metric=metric,
        n95=enough,
        most=max(seen),
    )

"""The law over a channel's inputs that carries most information, at a mean quality or above it.

Blahut, "Computation of channel capacity and rate-distortion functions", IEEE Trans. Inf. Theory
1972, https://doi.org/10.1109/TIT.1972.1054855; Arimoto, "An algorithm for computing the capacity
of arbitrary discrete memoryless channels", IEEE Trans. Inf. Theory 1972,
https://doi.org/10.1109/TIT.1972.1054753.

Differs from the papers: their bound on what is left, with a multiplier for quality, says when to
stop, but steps are Newton's along a logarithmic barrier. Theirs take about 1/error of them where
inputs are many and alike, for each of many multipliers; these take some tens, and find the
multiplier on the way.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from genbench.ground.arrays import Array

MOST_STEPS = 200
NARROWER = 0.1  # the next barrier, of what is left of the one before
TO_THE_WALL = 0.95  # of the way on which everything stays above 0
NEVER = 1e-100  # outputs less likely than this carry nothing


def divergences(channel: Array, output: Array) -> Array:
    """Return KL(row || output) of each row of the channel, (n_inputs,), in nats."""
    return np.asarray(scipy.special.kl_div(channel, output).sum(axis=1))


def information(channel: Array, law: Array) -> float:
    """Return the mutual information of a channel's input, of this law, and its output, in nats.

    `channel` holds a law of the outputs for each input, (n_inputs, n_outputs).
    """
    used = law > 0
    return float(law[used] @ divergences(channel[used], law @ channel))


@dataclass(frozen=True, eq=False)
class BestLaw:
    """A law that all but maximises information."""

    law: Array  # (n_inputs,)
    information: float  # in nats
    bound: float  # on the information of any law with such mean quality
    multiplier: float  # information that one more unit of quality costs
    steps: int


def best_law(channel: Array, margin: Array, *, tolerance: float) -> BestLaw:
    """Maximise information over laws whose mean margin is not negative.

    Args:
        channel: a law of the outputs for each input, (n_inputs, n_outputs).
        margin: quality of each input less what is asked for, (n_inputs,); some must be above 0.
        tolerance: stop when no law can be better by more than this, in nats.
    """
    channel = channel[:, channel.max(axis=0) > NEVER]
    n = len(channel)
    unit = np.abs(margin).max()
    margin = margin / unit
    law = _inside(margin)
    negentropy = scipy.special.xlogy(channel, channel).sum(axis=1)
    spare = float(law @ margin)
    prices = 1 / (n * law)  # of each weight's staying above 0
    multiplier = 1 / (n * spare)  # the price of the mean margin's staying above 0
    steps = 0
    while True:
        output = law @ channel
        worth = negentropy - channel @ np.log(output)  # divergences, in a tenth of the time
        value, bound = float(law @ worth), float((worth + multiplier * margin).max())
        if bound - value <= tolerance or steps == MOST_STEPS:
            return BestLaw(law, value, bound, float(multiplier / unit), steps)
        steps += 1
        barrier = NARROWER * float(law @ prices + spare * multiplier) / (n + 1)
        # Newton's step towards the best law under the barrier, in units of each weight; the
        # last row keeps the sum of weights.
        pull = law * margin
        roots = law[:, None] * channel / np.sqrt(output)
        system = np.zeros((n + 1, n + 1))
        system[:n, :n] = roots @ roots.T + multiplier / spare * np.outer(pull, pull)
        system[range(n), range(n)] += law * prices
        system[:n, n] = system[n, :n] = law
        slope = law * worth + barrier + barrier / spare * pull
        move = np.linalg.solve(system, np.append(slope, 0.0))[:n]
        gain = float(pull @ move)
        changes: tuple[tuple[Any, Any], ...] = (
            (law, law * move),
            (prices, barrier / law - prices * (1 + move)),
            (spare, gain),
            (multiplier, barrier / spare - multiplier * (1 + gain / spare)),
        )
        steepest = max(float(np.max(-np.asarray(change) / now)) for now, change in changes)
        length = min(1.0, TO_THE_WALL / steepest) if steepest > 0 else 1.0
        law, prices, spare, multiplier = (now + length * change for now, change in changes)
        law = law / law.sum()


def _inside(margin: Array) -> Array:
    """Return a law that leaves no input out, with at least half the best margin."""
    even = np.full(len(margin), 1 / len(margin))
    best = (margin == margin.max()) / np.count_nonzero(margin == margin.max())
    half, mean = margin.max() / 2, even @ margin
    share = (half - mean) / (margin.max() - mean) if mean < half else 0.0
    return np.asarray((1 - share) * even + share * best)

"""The novelty-quality frontier: the most that artifacts of a given quality can surprise.

Varshney, "Mathematical limit theorems for computational creativity", IBM J. Res. Dev. 2019,
https://doi.org/10.1147/JRD.2019.2893907. S(Q) is the largest mutual information of artifact and
belief, over all laws of artifacts whose mean quality is at least Q: the capacity of a channel under
a cost. It never rises with Q, and is concave.

Mutual information is mean surprise only for one whose belief before is the one that the artifacts
induce. From a fixed belief, mean surprise is linear in the law of artifacts, and its maximum is
another problem, a linear programme; `prior` chooses between the two.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from genbench.creativity.capacity import BestLaw, best_law, divergences
from genbench.ground.arrays import Array, as_numbers, as_probabilities
from genbench.ground.errors import BadInput

TOLERANCE = 1e-9  # nats
ROUNDING = 1e-12  # of the range of quality


@dataclass(frozen=True, eq=False, kw_only=True)
class FrontierPoint:
    """The most surprising law of artifacts whose mean quality is at least `level`."""

    level: float
    novelty: float  # mean surprise, in nats
    law: Array  # (n_artifacts,)
    quality: float  # mean, of this law
    multiplier: float  # novelty that one more unit of quality costs, in nats
    gap: float  # no law of such quality has more than this above `novelty`
    iterations: int


def frontier(
    channel: Any,
    quality: Any,
    levels: Any,
    *,
    prior: Literal["induced"] | Any = "induced",
    tolerance: float = TOLERANCE,
) -> tuple[FrontierPoint, ...]:
    """Return the point of the frontier at each level of quality.

    Args:
        channel: what each artifact makes one believe, (n_artifacts, n_beliefs), rows summing to 1.
        quality: of each artifact, (n_artifacts,).
        levels: the least mean quality, one or more.
        prior: the belief before: "induced" by the artifacts' own law, or a law (n_beliefs,).
        tolerance: gap at which to stop, in nats; where it is not met, the point's `gap` says so.

    Raises:
        BadInput: arrays that are not what they should be, a level that no law meets, or a prior
            that holds impossible what some artifact makes one believe.
    """
    channel = as_probabilities(channel, name="channel")
    quality = as_numbers(quality, name="quality", n=len(channel))
    levels = as_numbers(np.atleast_1d(levels), name="levels")
    if not (np.isfinite(quality).all() and np.isfinite(levels).all()):
        raise BadInput("quality and levels must be finite.")
    best = quality.max()
    if levels.max() > best:
        raise BadInput(
            f"No artifact is as good as {levels.max():g}: the best is {quality.max():g}."
        )
    if isinstance(prior, str) and prior == "induced":
        return tuple(_induced(channel, quality, float(level), tolerance) for level in levels)
    surprise = _fixed_surprise(channel, prior)
    return tuple(_programme(surprise, quality, float(level)) for level in levels)


def capacity(channel: Any, *, tolerance: float = TOLERANCE) -> FrontierPoint:
    """Return the point where quality does not count."""
    return frontier(channel, np.zeros(len(channel)), [0.0], tolerance=tolerance)[0]


def _induced(channel: Array, quality: Array, level: float, tolerance: float) -> FrontierPoint:
    best, worst = quality.max(), quality.min()
    if level <= worst:
        found = best_law(channel, np.ones(len(quality)), tolerance=tolerance)
        return _point(level, quality, found, found.law, 0.0)
    if level < best - ROUNDING * (best - worst):
        found = best_law(channel, quality - level, tolerance=tolerance)
        return _point(level, quality, found, found.law, found.multiplier)
    top = quality == best
    found = best_law(channel[top], np.ones(top.sum()), tolerance=tolerance)
    law = np.zeros(len(quality))
    law[top] = found.law
    # The least multiplier that rules the others out: infinite if one of them reveals what the
    # best cannot.
    excess = divergences(channel[~top], law @ channel) - found.information
    multiplier = max(0.0, float((excess / (best - quality[~top])).max()))
    return _point(level, quality, found, law, multiplier)


def _point(
    level: float, quality: Array, found: BestLaw, law: Array, multiplier: float
) -> FrontierPoint:
    return FrontierPoint(
        level=level,
        novelty=found.information,
        law=law,
        quality=float(law @ quality),
        multiplier=multiplier,
        gap=max(found.bound - found.information, 0.0),
        iterations=found.steps,
    )


def _fixed_surprise(channel: Array, prior: Any) -> Array:
    belief = as_probabilities(np.atleast_2d(prior), name="prior", like=channel)[0]
    surprise = divergences(channel, belief)
    if not np.isfinite(surprise).all():
        raise BadInput("prior is 0 for something that an artifact makes one believe.")
    return surprise


def _programme(surprise: Array, quality: Array, level: float) -> FrontierPoint:
    from scipy.optimize import linprog

    solved = linprog(
        -surprise,
        A_ub=-quality[None],
        b_ub=[-level],
        A_eq=np.ones((1, len(quality))),
        b_eq=[1.0],
        method="highs",
    )
    law = np.asarray(solved.x)
    novelty = float(law @ surprise)
    multiplier = max(0.0, -float(solved.ineqlin.marginals[0]))
    upper = float((surprise + multiplier * (quality - level)).max())
    return FrontierPoint(
        level=level,
        novelty=novelty,
        law=law,
        quality=float(law @ quality),
        multiplier=multiplier,
        gap=max(upper - novelty, 0.0),
        iterations=int(solved.nit),
    )

"""What so many samples can show: when a number says less than it seems to.

A difference is seen by the usual normal test at 5 %: Lehmann and Romano, "Testing statistical
hypotheses", 2005, chapter 3, https://doi.org/10.1007/0-387-27605-X.
"""

import math
from statistics import NormalDist

from genbench.metric import Metric, Score

LEVEL = 0.05  # of the test: how often equal models are told apart
POWER = 0.8  # how often different ones are to be
APART = NormalDist().inv_cdf(1 - LEVEL / 2)


def least_difference(variance: float, power: float = POWER) -> float:
    """Return the difference that is seen with this power, from the variance of a difference."""
    return (APART + NormalDist().inv_cdf(power)) * math.sqrt(variance)


def remarks_on_size(metric: Metric, score: Score) -> tuple[str, ...]:
    """Say that samples are too few for a number: nothing by it could be seen, or it is mostly bias.

    Of a distance without end nobody knows what is much, and of a perfect model all is chance:
    nothing is said of either.
    """
    if score.value is None or score.standard_error is None:
        return ()
    value, error, ideal = score.value, score.standard_error, score.ideal
    best = ideal if score.real is None else score.real
    sees = least_difference(2 * error**2)
    if best is not None and 0 < (span := _span(score, best)) < sees:
        return (
            f"too few samples for {metric.name}: two models are told apart if they differ by "
            f"{sees:.2g} (in 4 of 5 cases), and from best to worst there is only {span:.2g}; "
            "genbench plan says how many it takes.",
        )
    # Where it is a matter of sizes what a perfect model gets, that much of the number is bias.
    if metric.aim == "low" and callable(metric.ideal) and ideal is not None:
        seen = value - ideal > APART * error
        if seen and ideal > value / 2:
            return (
                f"{ideal:.3g} of {metric.name} is what a perfect model gets with so few samples: "
                "compare it with values of as many samples only.",
            )
    return ()


def _span(score: Score, best: float) -> float:
    """Return how far it is from the best value to one that says nothing, or to the farther end."""
    if score.chance is not None and score.chance != score.ideal:
        return abs(best - score.chance)
    return max(abs(best - bound) for bound in score.bounds)

"""Geometry score: do generated samples have as many loops as test samples?

Khrulkov and Oseledets, "Geometry score: A method for comparing generative adversarial networks",
ICML 2018, https://arxiv.org/abs/1802.02664.

As published: 64 landmarks, slacks up to n / 5000 / 128 of the largest distance, up to 100 loops.
Differs from the paper: landmarks are drawn without replacement and 100 times instead of thousands;
both sets have one size, of 2,500 points at most.
"""

from genbench.evidence.living_times import LivingTimes
from genbench.metric import Metric


def geometry_score(times: LivingTimes) -> float:
    """Squared distance between the shares of scales at which either set has so and so many loops.

    Blind to scale and position. At most 2; what small sets score depends on their size.
    """
    return float(((times.test - times.generated) ** 2).sum())


METRICS = (
    Metric(
        compute=geometry_score,
        needs=LivingTimes,
        aim="low",
        bounds=(0, 2),
        catches=("noise", "collapse", "dropped mode"),
        revision=2,
    ),
)

"""Density and coverage: balls of real samples only, which outliers cannot blow up.

Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020,
https://arxiv.org/abs/2002.09797.

Differs from the paper: a sample on a ball's surface is inside, so that repeated samples hold each
other.
"""

import numpy as np

from genbench.evidence import Overlap
from genbench.evidence.parts import OverParts
from genbench.metric import Metric


def density(overlap: Overlap) -> float:
    """How many test balls hold a generated sample, on average, over how many hold a test sample.

    Above 1 where samples crowd into the densest places.
    """
    return float(overlap.test_balls_around.mean() / overlap.k)


def coverage(overlap: Overlap) -> float:
    """Share of test samples whose ball holds a generated sample."""
    return float(overlap.test_ball_occupied.mean())


def expected_density(overlap: Overlap) -> float | None:
    """Density when both samples have one distribution: 1, or more where distances are tied.

    Of one test point fewer it is exactly so, on average: taken out and put back as a fresh one, a
    point lies in just the balls that it lay in before.
    """
    return None if overlap.held is None else float(overlap.held.mean() / overlap.k)


def expected_coverage(overlap: Overlap) -> float | None:
    """Coverage when both samples have one distribution, if no distances are tied.

    A ball stays empty if the k nearest of the n - 1 + m other points are all test points:
    1 - prod_(i=1..k) (n - i) / (n + m - i).
    """
    if overlap.held is None or (overlap.held > overlap.k).any():
        return None
    n, m = len(overlap.test_ball_occupied), len(overlap.test_balls_around)
    i = np.arange(1, overlap.k + 1)
    return float(1 - np.prod((n - i) / (n + m - i)))


METRICS = (
    Metric(
        compute=density,
        needs=Overlap,
        aim="match",
        bounds=(0, np.inf),
        catches=("noise", "shift"),
        ideal=expected_density,
        chance=0.0,
        standard_error=OverParts(),
        revision=3,
    ),
    Metric(
        compute=coverage,
        needs=Overlap,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=expected_coverage,
        chance=0.0,
        standard_error=OverParts(),
        revision=3,
    ),
)

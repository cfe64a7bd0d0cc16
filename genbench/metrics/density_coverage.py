"""Density and coverage: balls of real samples only, which outliers cannot blow up.

Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020,
https://arxiv.org/abs/2002.09797.

Differs from the paper: a sample on a ball's surface is inside, so that repeated samples hold each
other.
"""

import numpy as np

from genbench.evidence import Overlap
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def density(overlap: Overlap) -> float:
    """How many test balls hold a generated sample, on average, over how many hold a test sample.

    Above 1 where samples crowd into the densest places.
    """
    return float(overlap.test_balls_around.mean() / overlap.k)


def coverage(overlap: Overlap) -> float:
    """Share of test samples whose ball holds a generated sample."""
    return float(overlap.test_ball_occupied.mean())


def expected_coverage(overlap: Overlap) -> float:
    """Coverage when both samples have one continuous distribution.

    A ball stays empty if the k nearest of the n - 1 + m other points are all test points:
    1 - prod_(i=1..k) (n - i) / (n + m - i).
    """
    n, m = len(overlap.test_ball_occupied), len(overlap.test_balls_around)
    i = np.arange(1, overlap.k + 1)
    return float(1 - np.prod((n - i) / (n + m - i)))


def density_error(overlap: Overlap) -> float:
    """Standard error of the mean over generated samples, the test balls held fixed."""
    balls = overlap.test_balls_around / overlap.k
    return error_of_mean(balls)


METRICS = (
    Metric(
        compute=density,
        needs=Overlap,
        aim="match",
        bounds=(0, np.inf),
        catches=("noise", "shift"),
        ideal=1.0,
        chance=0.0,
        standard_error=density_error,
        revision=2,
    ),
    Metric(
        compute=coverage,
        needs=Overlap,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=expected_coverage,
        chance=0.0,
        revision=2,
    ),
)

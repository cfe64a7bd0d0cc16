"""Memorization-informed Frechet distance (MiFID): good samples, unless they were learned by heart.

Bai et al., "On training sample memorization: lessons from benchmarking generative modeling with a
large-scale competition", KDD 2021, https://arxiv.org/abs/2106.03062.

The mean goes over generated samples, the minimum over training samples. (Some libraries have it the
other way round, and then pass a model that makes many copies of a few training samples.)

Differs from the paper: the Frechet distance is to the test set, not to the training set, in which
samples learned by heart are at home.
"""

import numpy as np

from genbench.evidence.memorization import InformedMoments, Memorization
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric

THRESHOLD = 0.1  # of the distance, below which it counts: the competition's, for Inception features
NEARLY_ZERO = 1e-15  # added to the distance, so that copies are punished but still compared


def memorization_distance(memorization: Memorization) -> float:
    """Mean cosine distance, 1 - |cos|, from a generated sample to the nearest training sample.

    0 for copies, also for brighter or darker ones. As near as can be to what real samples get is
    best, not as high.
    """
    return float(memorization.distances.mean())


def memorization_informed_frechet_distance(informed: InformedMoments) -> float:
    """Frechet distance, divided by the memorization distance where that is below 0.1 (MiFID).

    The threshold is made for Inception features; of points of few dimensions most are nearer. Real
    samples are above 0, as they are in the Frechet distance.
    """
    by_heart = memorization_distance(informed.memorization)
    frechet = informed.moments.squared_distance
    return frechet / (by_heart + NEARLY_ZERO) if by_heart < THRESHOLD else frechet


def distance_error(memorization: Memorization) -> float:
    """Standard error of the mean over generated samples, the training set held fixed."""
    distances = memorization.distances
    return error_of_mean(distances)


METRICS = (
    Metric(
        compute=memorization_distance,
        needs=Memorization,
        aim="match",
        bounds=(0, 1),
        catches=("copying",),
        standard_error=distance_error,
    ),
    Metric(
        compute=memorization_informed_frechet_distance,
        needs=InformedMoments,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse", "dropped mode", "copying"),
    ),
)

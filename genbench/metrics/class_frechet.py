"""Frechet distance within classes: what a model makes of each, where it is told which to draw.

Miyato, Koyama, "cGANs with projection discriminator", ICLR 2018, https://arxiv.org/abs/1802.05637,
section 6 (intra-FID). Differs from the paper: it has a standard error, and what chance makes of it
is known, which with few samples a class is most of it.
"""

import numpy as np

from genbench.evidence.class_moments import ClassMoments
from genbench.metric import Metric
from genbench.metrics.frechet import frechet_by_chance, frechet_distance, frechet_error


def class_frechet_distance(moments: ClassMoments) -> float:
    """Mean over the classes of the Frechet distance between their test and generated points.

    In squared units of the points; every class counts alike. Not to be had without the classes that
    generated samples were made for: who mixes classes up, or draws the same for all, is seen by it
    and not by the distance of all points together.
    """
    return float(np.mean([frechet_distance(one) for one in moments.moments]))


def class_frechet_by_chance(moments: ClassMoments) -> float:
    """Mean over the classes of what two samples of one law would get."""
    return float(np.mean([frechet_by_chance(one) for one in moments.moments]))


def class_frechet_error(moments: ClassMoments) -> float:
    """Standard error of the mean over the classes, which share no sample."""
    return float(np.linalg.norm([frechet_error(one) for one in moments.moments])) / len(
        moments.classes
    )


METRICS = (
    Metric(
        compute=class_frechet_distance,
        needs=ClassMoments,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=class_frechet_by_chance,
        chance=class_frechet_by_chance,
        standard_error=class_frechet_error,
        uncertainty="delta method, with the second order of Gaussians",
    ),
)

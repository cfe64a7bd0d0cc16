"""MAUVE: the area under the curve of what either set's code wastes on the other.

Pillutla et al., "MAUVE: Measuring the gap between neural text and human text using divergence
frontiers", NeurIPS 2021, https://arxiv.org/abs/2102.01454; "MAUVE scores for generative models:
Theory and practice", JMLR 2023, https://jmlr.org/papers/v24/23-0023.html.

As published: points are scaled to length one and reduced to 90 % of their variance, one cluster for
every ten points, c = 5. Differs from the papers: any features will do, k-means runs once, and the
area is that of the whole curve instead of 25 points of it.
"""

import math

import numpy as np
import scipy

from genbench.evidence.shared_clusters import DirectionClusters
from genbench.ground.arrays import Array
from genbench.metric import Metric

SCALING = 5
N_MIXTURES = 2001
FLOOR = 1 / math.comb(2 * SCALING, SCALING)


def mauve(clusters: DirectionClusters) -> float:
    """Area under exp(-5 KL) of either set's cluster shares from mixtures of both; 1 if equal.

    1/252 where no cluster holds points of both sets.
    """
    return area(clusters.test, clusters.generated)


def area(test: Array, generated: Array) -> float:
    """Return the area under the divergence curve, corners included.

    The mixture r = w test + (1 - w) generated goes from one set to the other; the curve is
    exp(-c KL(test | r)) over exp(-c KL(generated | r)). Weights lie densest near either end.
    """
    weights = np.sin(np.linspace(0, np.pi / 2, N_MIXTURES)) ** 2
    mixtures = weights[:, None] * test + (1 - weights[:, None]) * generated
    along, up = (
        np.exp(-SCALING * scipy.special.rel_entr(shares, mixtures).sum(axis=1))
        for shares in (generated, test)
    )
    along, up = np.append(along, 0.0), np.append(up, 1.0)
    found = ((up[1:] + up[:-1]) / 2 * (along[:-1] - along[1:])).sum()
    return float(np.clip(found, FLOOR, 1))


METRICS = (
    Metric(
        compute=mauve,
        needs=DirectionClusters,
        aim="high",
        bounds=(FLOOR, 1),
        catches=("noise", "shift", "collapse", "dropped mode"),
        chance=FLOOR,
        revision=2,
    ),
)

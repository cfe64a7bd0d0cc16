"""Sliced Wasserstein distances: exact transport along random lines, averaged over the lines.

Rabin et al., "Wasserstein barycenter and its application to texture mixing", SSVM 2011,
https://doi.org/10.1007/978-3-642-24785-9_37; Bonneel et al., "Sliced and Radon Wasserstein
barycenters of measures", JMIV 2015, https://doi.org/10.1007/s10851-014-0506-3.

Differs from the papers: sets of unequal size are compared exactly, by merging their quantiles.
"""

import math

from genbench.evidence.parts import OverParts
from genbench.evidence.projections import Projections
from genbench.metric import Metric


def sliced_wasserstein_1(projections: Projections) -> float:
    """Mean distance that projected points must travel, averaged over random directions.

    In units of the points; about |shift| / sqrt(pi d / 2) for a shift in d dimensions. Two
    samples of one distribution are apart as well.
    """
    return float(projections.distances.mean())


def sliced_wasserstein_2(projections: Projections) -> float:
    """Mean squared distance that projected points must travel, averaged over random directions.

    The square of the sliced Wasserstein-2 distance, in squared units of the points;
    |shift|^2 / d for a shift in d dimensions, and above 0 for samples of one distribution.
    """
    return float(projections.squared_distances.mean())


METRICS = (
    Metric(
        compute=sliced_wasserstein_1,
        needs=Projections,
        aim="low",
        bounds=(0, math.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        standard_error=OverParts(),
        revision=2,
    ),
    Metric(
        compute=sliced_wasserstein_2,
        needs=Projections,
        aim="low",
        bounds=(0, math.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        standard_error=OverParts(power=0.5),
        revision=2,
    ),
)

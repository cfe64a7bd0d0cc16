"""Probability mass: a chi-square test of counts in random cells of the space.

Lemos et al., "PQMass: Probabilistic assessment of the quality of generative models using
probability mass estimation", ICLR 2025, https://arxiv.org/abs/2402.04355.

Differs from the paper: statistics of several drawings of the cells are averaged into one number per
degree of freedom, and their p-values into one that is valid however much they depend: twice the
mean (Rueschendorf, "Random variables with maximum sums", 1982; Vovk and Wang, "Combining p-values
via averaging", Biometrika 2020, https://doi.org/10.1093/biomet/asaa027).
"""

import math

import numpy as np

from genbench.evidence.voronoi_counts import VoronoiCounts
from genbench.ground.errors import Unavailable
from genbench.metric import Metric


def probability_mass_chi_square(counts: VoronoiCounts) -> float:
    """Chi-square per degree of freedom of counts in random cells; 1 for one distribution.

    Below 1 where generated samples follow the test samples more closely than chance lets them.
    """
    statistics, freedom = counts.chi_squares()
    if not freedom.any():
        raise Unavailable("all points are one and the same")
    return float((statistics[freedom > 0] / freedom[freedom > 0]).mean())


def mass_p_value(counts: VoronoiCounts) -> float:
    """Twice the mean p-value of the drawings: an upper bound, whatever their dependence."""
    return float(np.minimum(2 * counts.p_values().mean(), 1))


METRICS = (
    Metric(
        compute=probability_mass_chi_square,
        needs=VoronoiCounts,
        aim="match",
        bounds=(0, math.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=1.0,
        chance=1.0,
        p_value=mass_p_value,
    ),
)

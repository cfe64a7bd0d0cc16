"""Energy distance: how much farther two samples lie from each other than from themselves.

Szekely and Rizzo, "Energy statistics: A class of statistics based on distances", JSPI 2013,
https://doi.org/10.1016/j.jspi.2013.03.018. It is the squared maximum mean discrepancy under the
kernel -|x - y|: Sejdinovic et al., "Equivalence of distance-based and RKHS-based statistics in
hypothesis testing", Annals of Statistics 2013, https://doi.org/10.1214/13-AOS1140.

Differs from the papers: pairs of a point with itself are left out (the U-statistic), so that equal
distributions average zero instead of more.
"""

from genbench.evidence import Kernels
from genbench.metric import Metric


def energy_distance(kernels: Kernels) -> float:
    """Twice the mean distance of test to generated points, less the mean distances within each.

    The U-statistic of 2 E|X - Y| - E|X - X'| - E|Y - Y'|, in units of the points; may be negative.
    Some libraries return its square root.
    """
    return kernels.negated_distance.unbiased


def energy_error(kernels: Kernels) -> float:
    """Standard error of the U-statistic."""
    return kernels.negated_distance.standard_error


METRICS = (
    Metric(
        compute=energy_distance,
        needs=Kernels,
        aim="low",
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=0.0,
        chance=0.0,
        standard_error=energy_error,
        uncertainty="jackknife of the U-statistic, less what it counts twice",
        revision=3,
    ),
)

"""Squared maximum mean discrepancies, unbiased: they average zero for a perfect model.

Gretton et al., "A kernel two-sample test", JMLR 2012, https://jmlr.org/papers/v13/gretton12a.html;
Binkowski et al., "Demystifying MMD GANs", ICLR 2018, https://arxiv.org/abs/1801.01401.

Differs from the papers: the kernel distance (KID) uses all pairs rather than subsets of 1,000,
which is the estimator of least variance, and allows sets of unequal size.

What tables of measures print as the discrepancy itself is most often its square, as here.
"""

from genbench.evidence import Kernels
from genbench.metric import Metric

JACKKNIFE = "jackknife of the U-statistic, corrected where it is degenerate"


def maximum_mean_discrepancy(kernels: Kernels) -> float:
    """Squared mean discrepancy under a Gaussian kernel as wide as test points typically lie apart.

    The U-statistic of MMD^2; may be negative.
    """
    return kernels.gaussian.unbiased


def kernel_distance(kernels: Kernels) -> float:
    """Squared mean discrepancy under the kernel (x.y/d + 1)^3; KID on Inception features.

    The U-statistic of MMD^2; may be negative.
    """
    return kernels.polynomial.unbiased


def discrepancy_error(kernels: Kernels) -> float:
    """Standard error over both samples."""
    return kernels.gaussian.standard_error


def kernel_distance_error(kernels: Kernels) -> float:
    """Standard error over both samples."""
    return kernels.polynomial.standard_error


METRICS = (
    Metric(
        compute=maximum_mean_discrepancy,
        needs=Kernels,
        aim="low",
        bounds=(-2, 2),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=0.0,
        chance=0.0,
        standard_error=discrepancy_error,
        uncertainty=JACKKNIFE,
        revision=3,
    ),
    Metric(
        compute=kernel_distance,
        needs=Kernels,
        aim="low",
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=0.0,
        chance=0.0,
        standard_error=kernel_distance_error,
        uncertainty=JACKKNIFE,
        revision=3,
    ),
)

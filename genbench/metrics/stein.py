"""Kernel Stein discrepancy: do test samples look like draws from the model's density?

Liu, Lee and Jordan, "A kernelized Stein discrepancy for goodness-of-fit tests", ICML 2016,
https://arxiv.org/abs/1602.03253; Chwialkowski, Strathmann and Gretton, "A kernel test of goodness
of fit", ICML 2016, https://arxiv.org/abs/1602.02964; Gorham and Mackey, "Measuring sample quality
with kernels", ICML 2017, https://arxiv.org/abs/1703.01717, for the kernel
(1 + |x - y|^2)^(-1/2), under which no mass escapes unseen.

The density need not be normalised. The score is local: of well-separated modes, one that has the
wrong weight goes unnoticed.
"""

from genbench.evidence.pair_means import PairMeans
from genbench.evidence.stein import SteinMeans
from genbench.ground.spread import error_where_degenerate
from genbench.metric import Metric


def kernel_stein_discrepancy(means: SteinMeans) -> float:
    """Squared Stein discrepancy of test samples from the model's density, by the slope of its log.

    The U-statistic, zero on average for the true density; may be negative.
    """
    return float(means.rows.mean())


def stein_error(means: SteinMeans) -> float:
    """Standard error of the U-statistic, valid for the true density and for others."""
    n = len(means.rows)
    within = PairMeans(means.rows, means.rows, means.square).within
    first = 4 * within.rows.var(ddof=1) / n
    degenerate = 2 * within.centred_square / (n * (n - 1))
    return error_where_degenerate(float(first), degenerate)


def stein_p_value(means: SteinMeans) -> float:
    """Chance of such a discrepancy or a larger one under the model's density, by random signs."""
    as_large = (means.signed >= means.rows.mean()).sum()
    return float((1 + as_large) / (1 + len(means.signed)))


METRICS = (
    Metric(
        compute=kernel_stein_discrepancy,
        needs=SteinMeans,
        aim="low",
        catches=(),  # it reads no generated samples
        ideal=0.0,
        chance=0.0,
        standard_error=stein_error,
        uncertainty="jackknife of the U-statistic, less what it counts twice",
        p_value=stein_p_value,
        revision=2,
    ),
)

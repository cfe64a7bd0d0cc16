"""Mean discrepancy of directions in feature space: CMMD, when the features are CLIP's.

Jayasumana et al., "Rethinking FID: Towards a better evaluation metric for image generation",
CVPR 2024, https://arxiv.org/abs/2401.09603.

As published: the kernel is a Gaussian of width 10, pairs of a point with itself are counted (the
V-statistic, never negative), and the value is multiplied by 1000. Differs from the paper: sets may
be of unequal size, and the level that chance alone gives is reported beside the value.
"""

from genbench.evidence.unit_kernel import UnitKernel
from genbench.metric import Metric

SCALE = 1000


def embedding_discrepancy(kernel: UnitKernel) -> float:
    """Squared mean discrepancy, times 1000, of points scaled to length one; CMMD on CLIP features.

    The V-statistic under a Gaussian kernel of width 10, so wide that it sees little but the mean
    direction and, weakly, its spread.
    """
    means = kernel.means
    n, m = len(means.test.rows), len(means.generated.rows)
    with_themselves = (1 - means.test.mean) / n + (1 - means.generated.mean) / m
    return max(SCALE * (means.unbiased + with_themselves), 0.0)  # rounding can leave -1e-13


def discrepancy_by_chance(kernel: UnitKernel) -> float:
    """Expected value for two samples of the test set's distribution, of these sizes."""
    means = kernel.means
    n, m = len(means.test.rows), len(means.generated.rows)
    return SCALE * (1 / n + 1 / m) * (1 - means.test.mean)


def discrepancy_error(kernel: UnitKernel) -> float:
    """Standard error of the U-statistic, which differs from the V-statistic's by O(1 / n) of it."""
    return SCALE * kernel.means.standard_error


METRICS = (
    Metric(
        compute=embedding_discrepancy,
        needs=UnitKernel,
        aim="low",
        bounds=(0, 2 * SCALE),
        catches=("shift", "collapse", "dropped mode"),
        ideal=discrepancy_by_chance,
        chance=discrepancy_by_chance,
        standard_error=discrepancy_error,
        uncertainty="jackknife of the U-statistic, less what it counts twice",
        revision=2,
    ),
)

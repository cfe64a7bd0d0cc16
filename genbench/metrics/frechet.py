"""Frechet distance between Gaussians fitted to features; FID when the features are Inception's.

Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
NeurIPS 2017, https://arxiv.org/abs/1706.08500.
"""

import numpy as np

from genbench.evidence import Moments
from genbench.metric import Metric


def frechet_distance(moments: Moments) -> float:
    """Squared distance between Gaussians fitted to test and generated points.

    |mu1 - mu2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2), where the last trace is the sum of the
    singular values of F1 F2' for any factors S = F'F: no matrix root, no complex numbers, exact
    for fewer points than dimensions. Covariances divide by n - 1.
    """
    test, generated = moments.test, moments.generated
    shift = ((test.mean - generated.mean) ** 2).sum()
    overlap = np.linalg.svd(test.factor @ generated.factor.T, compute_uv=False).sum()
    distance = shift + test.total_variance + generated.total_variance - 2 * overlap
    return max(float(distance), 0.0)  # rounding can leave -1e-15 for equal sets


def frechet_by_chance(moments: Moments) -> float:
    """Expected distance between two samples of one Gaussian, of these sizes.

    The means differ by (1/n + 1/m) tr S; to second order the covariances add
    (1/n + 1/m) sum_ij (1 + [i = j]) s_i s_j / (2 (s_i + s_j)) over the variances s of S.
    """
    test, generated = moments.test, moments.generated
    variances = test.variances()
    variances = variances[variances > variances.max(initial=0) * 1e-12]
    pairs = variances[:, None] * variances / (variances[:, None] + variances)
    spread = variances.sum() + (pairs.sum() + np.trace(pairs)) / 2
    return float((1 / test.n + 1 / generated.n) * spread)


METRICS = (
    Metric(
        compute=frechet_distance,
        needs=Moments,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=0.0,
        chance=frechet_by_chance,
    ),
)

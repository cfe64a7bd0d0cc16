"""Effective numbers of modes, and kernel divergences, from eigenvalues of kernel matrices.

Friedman and Dieng, "The Vendi score: A diversity evaluation metric for machine learning", TMLR
2023, https://arxiv.org/abs/2210.02410; Jalali, Li and Farnia, "An information-theoretic evaluation
of generative models in learning multi-modal distributions" (RKE), NeurIPS 2023,
https://openreview.net/forum?id=PdZhf6PiAb; Bach, "Information theory with kernel methods", IEEE
Transactions on Information Theory 2023, https://arxiv.org/abs/2202.08545.

Differs from the papers: the Gaussian kernel is as wide as test points typically lie apart, the same
for every model; the cross-entropy has a ridge, without which it is infinite for any generated set
that does not span what the test set spans.
"""

import math

from genbench.evidence.kernel_operators import RIDGE, KernelOperators
from genbench.evidence.spectra import CollisionModes, CosineSpectrum, entropy_of
from genbench.metric import Metric


def vendi_score(spectrum: CosineSpectrum) -> float:
    """Effective number of different directions among generated points: exp of spectral entropy.

    From 1, all alike, to the number of points or of dimensions, whichever is less.
    """
    return math.exp(entropy_of(spectrum.shares))


def renyi_kernel_modes(modes: CollisionModes) -> float:
    """Effective number of generated modes: one over the mean squared similarity of two points.

    The exponential of the Renyi kernel entropy (RKE) of order 2. Pairs of a point with itself
    count, so that n points have n modes at most.
    """
    return 1 / modes.mean_square


def relative_renyi_kernel_entropy(operators: KernelOperators) -> float:
    """Renyi divergence, of order one half, of generated from test points' kernel operators.

    -2 log of the sum of singular values of the kernel matrix between the sets over the root of
    n m (RRKE); in nats, 0 for equal sets. Positive by chance, the more so the narrower the kernel;
    infinite where no generated point is like any test point at all.
    """
    overlap = float(operators.overlap.sum())
    return max(-2 * math.log(overlap), 0.0) if overlap > 0 else math.inf


def kernel_cross_entropy(operators: KernelOperators) -> float:
    """Nats that a code for generated points spends on test points: kernel cross-entropy.

    -tr S_test log(S_generated + ridge), S being covariance operators of trace one under a Gaussian
    kernel. Least, but for the ridge, where the operators are equal, which those of two samples
    of one distribution are not: then it is their entropy.
    """
    return operators.code_length


METRICS = (
    Metric(
        compute=vendi_score,
        needs=CosineSpectrum,
        aim="match",
        bounds=(1, math.inf),
        catches=("collapse", "dropped mode"),
    ),
    Metric(
        compute=renyi_kernel_modes,
        needs=CollisionModes,
        aim="match",
        bounds=(1, math.inf),
        catches=("noise", "collapse", "dropped mode"),
        revision=2,
    ),
    Metric(
        compute=relative_renyi_kernel_entropy,
        needs=KernelOperators,
        aim="low",
        bounds=(0, math.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        revision=2,
    ),
    Metric(
        compute=kernel_cross_entropy,
        needs=KernelOperators,
        aim="low",
        bounds=(-math.log(1 + RIDGE), -math.log(RIDGE)),
        catches=("noise", "shift", "collapse", "dropped mode"),
        revision=2,
    ),
)

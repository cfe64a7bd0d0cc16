"""Frechet distance between Gaussians fitted to features; FID when the features are Inception's.

Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
NeurIPS 2017, https://arxiv.org/abs/1706.08500. Extrapolated to sets without end: Chong and Forsyth,
"Effectively unbiased FID and Inception score and where to find them", CVPR 2020,
https://arxiv.org/abs/1911.07023.

Differs from the papers: distances have standard errors; the extrapolation goes to infinitely many
test points as well, averages several draws of each size, and does not redraw from the model.
"""

import numpy as np

from genbench.evidence import Gaussian, Moments
from genbench.evidence.frechet_extrapolation import FrechetExtrapolation
from genbench.evidence.moments import influences
from genbench.ground.arrays import Array
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def frechet_distance(moments: Moments) -> float:
    """Squared distance between Gaussians fitted to test and generated points.

    The square of their Wasserstein-2 distance, though often called by that name; in squared units
    of the points. Covariances divide by n - 1.
    """
    return moments.squared_distance


def frechet_distance_infinity(extrapolation: FrechetExtrapolation) -> float:
    """Frechet distance that the growth of either set without end would leave.

    The intercept of a line through distances of smaller and smaller parts of both sets, against
    one over their size; may be negative.
    """
    return float(extrapolation.intercepts.mean())


def frechet_by_chance(moments: Moments) -> float:
    """Expected distance between two samples of one Gaussian, of these sizes.

    The means differ by (1/n + 1/m) tr S; to second order the covariances add
    (1/n + 1/m) sum_ij (1 + [i = j]) s_i s_j / (2 (s_i + s_j)) over the variances s of S. Those of
    the test set spread wider than the truth's, which makes that sum too small: its bias is taken
    off, to first order in dimensions per sample.
    """
    test, generated = moments.test, moments.generated
    variances, pairs = _spectrum(test)
    spread = variances.sum() + (pairs.sum() + np.trace(pairs)) / 2
    return float((1 / test.n + 1 / generated.n) * (spread - _bias_of_pairs(variances, test.n - 1)))


def frechet_error(moments: Moments) -> float:
    """Standard error by the delta method, valid for different and for equal distributions.

    To first order the distance moves with the mean influence of the points. Where distributions are
    equal none has any, and what is left is of second order, as large as for Gaussians: the squared
    shift of the means, and squares of the covariances' differences. The plug-in variance counts
    that part twice (as a jackknife does): once is taken off again.
    """
    test, generated = moments.test, moments.generated
    of_test, of_generated = influences(test, generated)
    first = of_test.var(ddof=1) / test.n + of_generated.var(ddof=1) / generated.n
    variances, pairs = _spectrum(test)
    second = 2 * (variances**2).sum() + (pairs**2).sum() + (np.diag(pairs) ** 2).sum()
    second *= (1 / test.n + 1 / generated.n) ** 2
    return float(np.sqrt(max(first - second, second)))


def _spectrum(gaussian: Gaussian) -> tuple[Array, Array]:
    """Return the variances s (r,) that differ from zero, and s_i s_j / (s_i + s_j), (r, r)."""
    variances = gaussian.variances
    variances = variances[variances > variances.max(initial=0) * 1e-12]
    return variances, variances[:, None] * variances / (variances[:, None] + variances)


def _bias_of_pairs(variances: Array, freedom: int) -> float:
    """Return the bias of sum_ij s_i s_j / (2 (s_i + s_j)) over the variances of a sample, below 0.

    These move apart by E[ds_i] = s_i / f sum_j s_j / (s_i - s_j), and fluctuate by
    Var[ds_i] = 2 s_i^2 / f (Lawley, "Tests of significance for the latent roots of covariance and
    correlation matrices", Biometrika 1956, https://doi.org/10.1093/biomet/43.1-2.128). In the sum
    the poles cancel: with p_ik = s_k / (s_i + s_k) and q_ik = p_ik / (s_i + s_k), a pair i < j adds
    -s_i s_j (p q' + q p')_ij.
    """
    together = variances[:, None] + variances
    p = variances / together
    q = p / together
    apart = (variances @ p) @ (variances @ q) - variances**2 @ (p * q).sum(axis=1)
    bent = 2 * variances[:, None] ** 2 * p**2 / together
    return -float(apart + bent.sum() - np.trace(bent)) / freedom


def extrapolation_error(extrapolation: FrechetExtrapolation) -> float:
    """Join the standard error of the distance itself and that of the mean over repeated draws."""
    sampling = frechet_error(extrapolation.moments)
    drawing = error_of_mean(extrapolation.intercepts)
    return float(np.hypot(sampling, drawing))


METRICS = (
    Metric(
        compute=frechet_distance,
        needs=Moments,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=frechet_by_chance,
        chance=frechet_by_chance,
        standard_error=frechet_error,
        uncertainty="delta method, with the second order of Gaussians",
    ),
    Metric(
        compute=frechet_distance_infinity,
        needs=FrechetExtrapolation,
        aim="low",
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=0.0,
        chance=0.0,
        standard_error=extrapolation_error,
        uncertainty="delta method, and spread of the intercept over repeated draws",
    ),
)

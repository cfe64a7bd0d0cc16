"""Frechet distance between Gaussians fitted to features; FID when the features are Inception's.

Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash equilibrium",
NeurIPS 2017, https://arxiv.org/abs/1706.08500. Extrapolated to sets without end: Chong and Forsyth,
"Effectively unbiased FID and Inception score and where to find them", CVPR 2020,
https://arxiv.org/abs/1911.07023. Within classes: Miyato, Koyama, "cGANs with projection
discriminator", ICLR 2018, https://arxiv.org/abs/1802.05637 (intra-FID).

Differs from the papers: distances have standard errors; the extrapolation goes to infinitely many
test points as well, averages several draws of each size, and does not redraw from the model.
"""

import math

import numpy as np

from genbench.evidence import Gaussian, Moments
from genbench.evidence.class_moments import ClassMoments
from genbench.evidence.frechet_extrapolation import FrechetExtrapolation
from genbench.evidence.gaussians import rough_squared_distance
from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric

FEWEST_DRAWS = 3  # to measure what chance makes of a distance, unless each takes long
DIMENSIONS_DRAWN = 200  # over all draws: a draw tells the less, the fewer points really vary in
MOST_OPERATIONS = 2e9  # of products, beyond which the fewest draws must do, and of one that is long
MOST_IN_A_DRAW = 10 * MOST_OPERATIONS  # where few samples may be written down, and are nearly right
NEARLY_ENOUGH = 4  # samples a dimension: to second order chance is then known to three percent


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
    """Expected distance between two samples of one law, of these sizes.

    Measured where samples are few beside dimensions, and points are at hand: the mean distance of
    disjoint draws of real points, or, where these are too few, of both sets pooled, the generated
    one moved and scaled onto the other, and split anew. That is right for a perfect model, and
    hardly moved by where another one lies and how wide it is. Where draws would take longer than
    all else and samples are nearly enough, it is written down as well.
    """
    fewest = min(moments.test.n, moments.generated.n)
    nearly = fewest >= NEARLY_ENOUGH * len(moments.test.mean)
    long = nearly and _operations(moments) > MOST_IN_A_DRAW
    if moments.few and moments.pool is not None and not long:
        return _between_draws(moments, *moments.pool)
    return _between_gaussians(moments)


def _between_draws(moments: Moments, test: Array, others: Array) -> float:
    if not moments.pool_is_real:
        others = _like(moments.test, moments.generated, others)
    points = np.concatenate([test, others])
    n, m = moments.test.n, moments.generated.n
    rng = rng_for(0, "frechet_by_chance")
    distances: list[float] = []
    variances: list[float] = []
    for _ in range(_n_draws(moments)):
        order = rng.permutation(len(points))
        sides = (Gaussian.fast(points[order[:n]]), Gaussian.fast(points[order[n : n + m]]))
        distances.append(rough_squared_distance(*sides))
        variances.extend(side.total_variance for side in sides)
    scale = np.mean(variances)
    return float(np.mean(distances) * moments.test.total_variance / scale) if scale else 0.0


def _like(one: Gaussian, other: Gaussian, points: Array) -> Array:
    """Return points of the other's, with the first one's mean and total variance."""
    scale = one.total_variance / other.total_variance if other.total_variance else 1.0
    return np.asarray(one.mean + np.sqrt(scale) * (points - other.mean))


def _n_draws(moments: Moments) -> int:
    affordable = MOST_OPERATIONS / _operations(moments)
    if affordable < 1:
        return 1
    variances = moments.test.variances
    total, d = variances.sum(), len(moments.test.mean)
    effective = total**2 / (variances**2).sum() if total else d
    return max(FEWEST_DRAWS, math.ceil(min(DIMENSIONS_DRAWN / effective, affordable)))


def _operations(moments: Moments) -> float:
    n, m, d = moments.test.n, moments.generated.n, len(moments.test.mean)
    return float((n + m) * d * min(max(n, m), d))


def _between_gaussians(moments: Moments) -> float:
    """Write down what sample moments make of it, to second order.

    The means differ by (1/n + 1/m) tr S, and covariances add (1/n + 1/m) sum_ij Var(x_i x_j) /
    (2 (s_i + s_j)) over the variances s of S; for Gaussians Var(x_i x_j) is (1 + [i = j]) s_i s_j,
    and other laws' are taken to be larger by one factor, if samples are enough to see it. Variances
    of the test set spread wider than the truth's, which makes that sum too small: its bias is taken
    off, to first order in dimensions per sample.
    """
    test, generated = moments.test, moments.generated
    shares = test.shares
    pairs = shares @ test.inverse_sums.weighted(shares)  # sum of s_i s_j / (s_i + s_j)
    fluctuations = (pairs + shares.sum() / 2) / 2 - _bias_of_pairs(test)
    beside = 1.0 if moments.few and moments.pool is None else _beside_gaussian(test)
    spread = test.total_variance * (1 + beside * fluctuations)
    return float((1 / test.n + 1 / generated.n) * spread)


def _beside_gaussian(gaussian: Gaussian) -> float:
    """Return sum_ij Var(x_i x_j) of points over that of a Gaussian's; 1 without points."""
    if gaussian.some is None:
        return 1.0
    squares, total = (gaussian.variances**2).sum(), gaussian.total_variance
    fourth = (((gaussian.some - gaussian.mean) ** 2).sum(axis=1) ** 2).mean()
    return float((fourth - squares) / (total**2 + squares)) if total else 1.0


def frechet_error(moments: Moments) -> float:
    """Standard error by the delta method, valid for different and for equal distributions."""
    return moments.standard_error


def _bias_of_pairs(gaussian: Gaussian) -> float:
    """Return the bias of sum_ij s_i s_j / (2 (s_i + s_j)) over a sample's shares, below 0.

    These move apart by E[ds_i] = s_i / f sum_j s_j / (s_i - s_j), f = n - 1, and fluctuate by
    Var[ds_i] = 2 s_i^2 / f (Lawley, "Tests of significance for the latent roots of covariance and
    correlation matrices", Biometrika 1956, https://doi.org/10.1093/biomet/43.1-2.128). In the sum
    the poles cancel: with p_ik = s_k / (s_i + s_k) and q_ik = p_ik / (s_i + s_k), a pair i < j adds
    -s_i s_j (p q' + q p')_ij. What fluctuates adds 2 s_i^2 q_ik p_ik over i != k.
    """
    s, over = gaussian.shares, gaussian.inverse_sums
    apart = s**2 @ (over.weighted(s) * over.weighted(s, 2))
    cubes = s**2 @ over.weighted(s**2, 3)  # sum_ik s_i^2 p_ik q_ik
    return -float(apart + cubes - s.sum() / 4) / (gaussian.n - 1)


def extrapolation_error(extrapolation: FrechetExtrapolation) -> float:
    """Join the standard error of the distance itself and that of the mean over repeated draws."""
    sampling = frechet_error(extrapolation.moments)
    drawing = error_of_mean(extrapolation.intercepts)
    return float(np.hypot(sampling, drawing))


def class_frechet_distance(moments: ClassMoments) -> float:
    """Mean over the classes of the Frechet distance between their test and generated points.

    In squared units of the points; every class counts alike. Not to be had without the classes that
    generated samples were made for: who mixes classes up, or draws the same for all, is seen by it
    and not by the distance of all points together.
    """
    return float(np.mean([frechet_distance(one) for one in moments.moments]))


def class_frechet_by_chance(moments: ClassMoments) -> float:
    """Mean over the classes of what two samples of one law would get."""
    return float(np.mean([frechet_by_chance(one) for one in moments.moments]))


def class_frechet_error(moments: ClassMoments) -> float:
    """Standard error of the mean over the classes, which share no sample."""
    return float(np.linalg.norm([frechet_error(one) for one in moments.moments])) / len(
        moments.classes
    )


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
        revision=2,
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
        revision=2,
    ),
    Metric(
        compute=class_frechet_distance,
        needs=ClassMoments,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=class_frechet_by_chance,
        chance=class_frechet_by_chance,
        standard_error=class_frechet_error,
        uncertainty="delta method, with the second order of Gaussians",
    ),
)

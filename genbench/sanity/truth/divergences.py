"""True distances of models from a law, each with its standard error and a second estimate.

Kullback-Leibler divergences are means of log-ratios of exact densities over samples of one law. The
second estimate is by samples of the other one, weighted by the ratio (importance sampling): it
shares no sample with the first. W2 is closed where both are Gaussians, and else, in the plane, that
of many samples less what two draws of one law are apart; it has no meaning for rows of symbols.
"""

from dataclasses import dataclass

import numpy as np

from genbench.datasets.densities import Density
from genbench.ground.arrays import Array
from genbench.ground.spread import error_of_mean
from genbench.sanity.truth.models import Blend, Gaussian

N_DRAWN = 50_000
ENOUGH_COUNT, LARGEST = 0.1, 0.002  # share that counts, and share of one sample, of all weights
SURE = 4.0  # standard errors
N_MATCHED, DRAWS = 1000, 5  # samples that are matched, and how often
SHARP = 4.0  # times its error that a distance must be, to be known


@dataclass(frozen=True)
class Known:
    """A number with its standard error; infinity is exact."""

    value: float
    error: float = 0.0

    def agrees(self, other: "Known", *, within: float = SURE) -> bool:
        """Tell whether two estimates differ by no more than so many standard errors."""
        if not (np.isfinite(self.value) and np.isfinite(other.value)):
            return self.value == other.value
        return bool(
            abs(self.value - other.value) <= within * np.hypot(self.error, other.error) + 1e-9
        )


def divergence(
    law: Density, model: Density, *, rng: np.random.Generator, n: int = N_DRAWN
) -> Known:
    """Return KL(law | model), in nats: how much worse the model says the law's samples."""
    points, _ = law.sample(n, rng=rng)
    ratios = law.log_prob(points) - model.log_prob(points)
    if np.isposinf(ratios).any():  # the model holds something to be impossible
        return Known(float("inf"))
    return Known(float(ratios.mean()), error_of_mean(ratios))


def divergence_by_weights(
    law: Density, model: Density, *, rng: np.random.Generator, n: int = N_DRAWN
) -> Known | None:
    """Return KL(law | model) from samples of the model: the mean of w log w, w = law / model.

    None where weights are of a few samples only, or do not average one: then the model has next to
    nothing where some of the law is, and its samples do not tell.
    """
    points, _ = model.sample(n, rng=rng)
    logs = law.log_prob(points) - model.log_prob(points)
    weights = np.exp(logs)
    total = weights.sum()
    if total**2 / (n * (weights**2).sum()) < ENOUGH_COUNT or weights.max() / total > LARGEST:
        return None
    if abs(weights.mean() - 1) > SURE * error_of_mean(weights):
        return None
    # The mean weight is one: taken as a control, it takes most of the scatter away.
    terms = np.where(weights > 0, weights * np.where(weights > 0, logs, 0.0), 0.0)
    slope = np.cov(terms, weights)[0, 1] / max(weights.var(ddof=1), 1e-300)
    values = terms - slope * (weights - 1)
    return Known(float(values.mean()), error_of_mean(values))


def divergence_in_parts(
    blend: Blend, law: Density, *, rng: np.random.Generator, n: int = N_DRAWN
) -> Known:
    """Return KL(blend | law) from samples of either part of the blend, each as it weighs."""
    value, variance = 0.0, 0.0
    for part, share in ((blend.law, 1 - blend.share), (blend.other, blend.share)):
        points, _ = part.sample(n, rng=rng)
        ratios = blend.log_prob(points) - law.log_prob(points)
        value += share * float(ratios.mean())
        variance += (share * error_of_mean(ratios)) ** 2
    return Known(value, float(np.sqrt(variance)))


def divergence_of_gaussians(one: Gaussian, other: Gaussian) -> float:
    """Return KL(one | other) of two Gaussians, in nats."""
    inverse = np.linalg.inv(other.covariance)
    shift = other.mean - one.mean
    volumes = np.linalg.slogdet(other.covariance)[1] - np.linalg.slogdet(one.covariance)[1]
    traces = np.trace(inverse @ one.covariance) + shift @ inverse @ shift
    return float((traces - len(shift) + volumes) / 2)


def overlap(law: Density, model: Density, *, rng: np.random.Generator, n: int = N_DRAWN) -> Known:
    """Return how much of the law the model has: one less their total variation distance."""
    points, _ = law.sample(n, rng=rng)
    shares = np.minimum(1.0, np.exp(model.log_prob(points) - law.log_prob(points)))
    return Known(float(shares.mean()), error_of_mean(shares))


def squared_w2_of_gaussians(one: Gaussian, other: Gaussian) -> float:
    """Return the squared Wasserstein-2 distance of two Gaussians."""
    values, vectors = np.linalg.eigh(one.covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    both = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ other.covariance @ root), 0)).sum()
    shift = ((one.mean - other.mean) ** 2).sum()
    return float(shift + np.trace(one.covariance) + np.trace(other.covariance) - 2 * both)


def w2(law: Density, model: Density, *, rng: np.random.Generator) -> Known | None:
    """Return the Wasserstein-2 distance of laws of points in the plane, or of Gaussians.

    The squared distance of samples is too large by about what two draws of either law are apart:
    half of each is taken off (as in a Sinkhorn divergence). None where it is lost in the error.
    """
    if isinstance(law, Gaussian) and isinstance(model, Gaussian):
        return Known(float(np.sqrt(squared_w2_of_gaussians(law, model))))
    found = []
    for _ in range(DRAWS):
        one, again = (law.sample(N_MATCHED, rng=rng)[0] for _ in range(2))
        other, anew = (model.sample(N_MATCHED, rng=rng)[0] for _ in range(2))
        found.append(_matched(one, other) - (_matched(one, again) + _matched(other, anew)) / 2)
    squared, error = float(np.mean(found)), error_of_mean(np.array(found))
    if squared < SHARP * error:
        return None
    return Known(float(np.sqrt(squared)), float(error / (2 * np.sqrt(squared))))


def _matched(one: Array, other: Array) -> float:
    """Return the squared Wasserstein-2 distance of as many points of two sets."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    costs = cdist(one, other, "sqeuclidean")
    return float(costs[linear_sum_assignment(costs)].mean())

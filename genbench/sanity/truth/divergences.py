"""True distances of models from a law, each with its standard error and a second estimate.

Kullback-Leibler divergences are means of log-ratios of exact densities over samples of one law. The
second estimate is closed for Gaussians, and else a weighted mean over samples of both laws, of
which the first has seen none. W2 is closed where both are Gaussians, and else, in the plane, that
of many samples less what two draws of one law are apart; it has no meaning for rows of symbols.
"""

from dataclasses import dataclass

import numpy as np

from genbench.datasets.densities import Density
from genbench.ground.arrays import Array
from genbench.ground.spread import error_of_mean
from genbench.sanity.truth.models import Gaussian

N_DRAWN = 50_000
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


def divergence_by_mixture(
    law: Density, model: Density, *, rng: np.random.Generator, n: int = N_DRAWN
) -> Known:
    """Return KL(law | model) from samples of both, as many of each, weighted as the law's.

    Weights are at most two, so that none is of a few samples only, as where the model alone is
    drawn from: Hesterberg, "Weighted average importance sampling and defensive mixture
    distributions", Technometrics 1995, https://doi.org/10.1080/00401706.1995.10484303.
    """
    points = np.concatenate([each.sample(n // 2, rng=rng)[0] for each in (law, model)])
    p, q = law.log_prob(points), model.log_prob(points)
    weights = 2 * np.exp(p - np.logaddexp(p, q))
    drawn = weights > 0
    if np.isneginf(q[drawn]).any():
        return Known(float("inf"))
    terms = np.zeros(len(points))
    terms[drawn] = weights[drawn] * (p - q)[drawn]
    # The mean weight is one: taken as a control, it takes some of the scatter away.
    slope = np.cov(terms, weights)[0, 1] / max(weights.var(ddof=1), 1e-300)
    values = terms - slope * (weights - 1)
    of_parts = np.array([part.var(ddof=1) / len(part) for part in np.split(values, 2)])
    return Known(float(values.mean()), float(np.sqrt(of_parts.sum()) / 2))


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

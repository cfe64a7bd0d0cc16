"""Metrics in torch, for those that have a gradient: what an attack can follow downhill.

Each is the metric itself, but that of classes is at first a bound of it, from which no picture gets
stuck in another's class.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from genbench.evidence.kernel_means import median_distance
from genbench.ground.arrays import Array
from genbench.sanity.attack.world import WHITE, World

Slope = Callable[[Tensor, float], Tensor]  # from pictures (n, 64), and how much is done, to a value
BOUND = 0.7  # of the way that the bound is followed


def _logits(world: World, pictures: Tensor) -> Tensor:
    scaled = pictures.reshape(-1, 1, 8, 8).float() / WHITE
    found: Tensor = world.classifier.network(scaled)
    return found.double()


def _features(world: World, pictures: Tensor) -> Tensor:
    scaled = pictures.reshape(-1, 1, 8, 8).float() / WHITE
    found: Tensor = world.classifier.network.features(scaled)
    return found.double()


def frechet(world: World, against: str) -> Slope:
    """Squared Frechet distance of features."""
    real = world.features(against)
    mean, covariance = torch.tensor(real.mean(axis=0)), torch.tensor(np.cov(real.T))
    values, vectors = torch.linalg.eigh(covariance)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T

    def slope(pictures: Tensor, _: float) -> Tensor:
        points = _features(world, pictures)
        own = torch.cov(points.T)
        both = torch.linalg.eigvalsh(root @ own @ root).clamp(min=1e-12).sqrt().sum()
        shift = (points.mean(dim=0) - mean).square().sum()
        found: Tensor = shift + own.trace() + covariance.trace() - 2 * both
        return found

    return slope


def discrepancy(world: World, against: str) -> Slope:
    """Unbiased squared mean discrepancy under a Gaussian kernel as wide as the metric's."""
    width = median_distance(world.features(against))
    return _unbiased(world, against, lambda squared: torch.exp(-squared / (2 * width**2)))


def energy(world: World, against: str) -> Slope:
    """Energy distance, unbiased."""
    return _unbiased(world, against, lambda squared: -squared.clamp(min=1e-12).sqrt())


def _unbiased(world: World, against: str, kernel: Callable[[Tensor], Tensor]) -> Slope:
    real = torch.tensor(world.features(against))
    n = len(real)
    within_real = (kernel(_squared(real, real)).sum() - n * kernel(torch.zeros(1))[0]) / n / (n - 1)

    def slope(pictures: Tensor, _: float) -> Tensor:
        points = _features(world, pictures)
        m = len(points)
        apart = ~torch.eye(m, dtype=torch.bool)
        within = kernel(_squared(points, points)[apart]).sum() / m / (m - 1)
        return within + within_real - 2 * kernel(_squared(points, real)).mean()

    return slope


def _squared(one: Tensor, other: Tensor) -> Tensor:
    return (one.square().sum(dim=1)[:, None] + other.square().sum(dim=1) - 2 * one @ other.T).clamp(
        min=0
    )


def inception(world: World, _: str) -> Slope:
    """Inception score of the digit classifier's probabilities.

    Its logarithm, a mutual information, is at least the mean log-probability of classes that are
    dealt out evenly, plus their entropy: Barber and Agakov, "The IM algorithm", NeurIPS 2003,
    https://proceedings.neurips.cc/paper/2003/hash/a6ea8471c120fe8cc35a2954c9b9c595-Abstract.html.
    """

    def slope(pictures: Tensor, done: float) -> Tensor:
        logs = torch.log_softmax(_logits(world, pictures), dim=1)
        n, k = logs.shape
        if done < BOUND:
            dealt = torch.arange(n) % k
            return (logs[torch.arange(n), dealt].mean() + math.log(min(n, k))).exp()
        shares = logs.exp()
        marginal = shares.mean(dim=0)
        apart = (shares * (logs - marginal.clamp(min=1e-300).log())).sum(dim=1)
        return apart.mean().exp()

    return slope


SLOPES: dict[str, Callable[[World, str], Slope]] = {
    "frechet_distance": frechet,
    "maximum_mean_discrepancy": discrepancy,
    "energy_distance": energy,
    "inception_score": inception,
}


def descend(
    slope: Slope, start: Array, steps: int, *, sign: float, repeats: int = 1, rate: float
) -> Array:
    """Move pictures (n, 64) down (sign 1) or up (-1) a slope, inside the range of pixels.

    Adam, whose steps shrink to nothing. Each picture counts `repeats` times.
    """
    pictures = torch.tensor(np.asarray(start), requires_grad=True)
    optimiser = torch.optim.Adam([pictures], lr=rate)
    schedule: Any = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        optimiser.zero_grad()
        (sign * slope(pictures.repeat(repeats, 1), step / steps)).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            pictures.clamp_(0, WHITE)
    return np.asarray(pictures.detach().numpy())

"""Likelihoods of a sample given its latents, in nats per unit of volume of the sample space.

Whole numbers get a logistic likelihood cut into cells of one unit, whose outermost cells also hold
the tails (Salimans et al., "PixelCNN++", ICLR 2017, https://arxiv.org/abs/1701.05517); other data
get a normal one. The centre and the log-width (n, d) of either come from the decoder, in units of
standardized samples.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import logsigmoid

Array = NDArray[np.float64]


def normal_log_prob(x: Tensor, mean: Tensor, log_width: Tensor) -> Tensor:
    """Return the log-density of each coordinate."""
    return -0.5 * (((x - mean) / log_width.exp()) ** 2 + math.log(2 * math.pi)) - log_width


class Normal:
    """A normal for each coordinate.

    Args:
        spread: unit of each coordinate (d,) of the samples.
    """

    def __init__(self, spread: Array) -> None:
        self.log_volume = float(np.log(spread).sum())

    def log_prob(self, points: Tensor, centre: Tensor, log_width: Tensor) -> Tensor:
        """Return log p(sample | latent) (n,)."""
        return normal_log_prob(points, centre, log_width).sum(dim=1) - self.log_volume

    def noise(self, shape: torch.Size, random: torch.Generator) -> Tensor:
        """Draw noise, which the width multiplies and the centre shifts."""
        return torch.randn(shape, generator=random, dtype=torch.float64)

    def nearest(self, samples: Array) -> Array:
        """Return the nearest samples that the likelihood allows."""
        return samples

    def outside(self, samples: Array) -> NDArray[np.bool_]:
        """Return which samples (n,) have no likelihood at all."""
        return np.zeros(len(samples), dtype=bool)


class DiscretizedLogistic:
    """A logistic for each coordinate, cut into cells around the whole numbers seen in training.

    A coordinate constant in training may take the values that others take.

    Args:
        train: whole numbers (n, d).
        mean: of each coordinate (d,).
        spread: unit of each coordinate (d,).
    """

    def __init__(self, train: Array, mean: Array, spread: Array) -> None:
        d = train.shape[1]
        self.lowest, self.highest = np.full(d, train.min()), np.full(d, train.max())
        self.half_cell = torch.as_tensor(0.5 / spread, dtype=torch.float32)
        self.first, self.last = (
            torch.as_tensor((value - mean) / spread, dtype=torch.float32)
            for value in (self.lowest, self.highest)
        )

    def log_prob(self, points: Tensor, centre: Tensor, log_width: Tensor) -> Tensor:
        """Return the log-probability of each point's cell (n,), whose volume is one."""
        half_cell = self.half_cell
        lowest, highest = points <= self.first + half_cell / 2, points >= self.last - half_cell / 2
        inverse = (-log_width).exp()
        below = logsigmoid((points - centre + half_cell) * inverse)  # log P(X < upper edge)
        above = logsigmoid((centre - points + half_cell) * inverse)  # log P(X > lower edge)
        # The logistic's mass between two edges is below * above * (1 - exp(-width of the cell)).
        inside = below + above + torch.log(-torch.expm1(-2 * half_cell * inverse))
        mass = torch.where(highest, above, torch.where(lowest, below, inside))
        return torch.where(lowest & highest, torch.zeros_like(mass), mass).sum(dim=1)

    def noise(self, shape: torch.Size, random: torch.Generator) -> Tensor:
        uniform = torch.rand(shape, generator=random, dtype=torch.float64)
        return torch.logit(uniform, eps=1e-9)

    def nearest(self, samples: Array) -> Array:
        return np.clip(np.rint(samples), self.lowest, self.highest)

    def outside(self, samples: Array) -> NDArray[np.bool_]:
        whole = np.rint(samples)
        return np.asarray(((whole < self.lowest) | (whole > self.highest)).any(axis=1))


Likelihood = Normal | DiscretizedLogistic


def likelihood_for(train: Array, mean: Array, spread: Array) -> Likelihood:
    """Return the likelihood that suits the samples (n, d), standardized by `mean` and `spread`."""
    if np.array_equal(train, np.rint(train)):
        return DiscretizedLogistic(train, mean, spread)
    return Normal(spread)

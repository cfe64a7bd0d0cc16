"""Radial flow: layers that push points away from one centre each, or pull them towards it.

Danilo Jimenez Rezende, Shakir Mohamed, "Variational inference with normalizing flows", ICML 2015,
https://arxiv.org/abs/1505.05770.

The paper, which fits posteriors, makes the layers lead from noise to samples; here they lead from
samples to noise, because maximum likelihood needs the density of given samples. Back again, a point
stays on its ray and its distance from the centre is the root of a quadratic equation. Samples are
whitened first.

Over five seeds it takes 1.17 to 1.39 nats a test sample of the ring of eight Gaussians (entropy
.31) and 2.26 bits a pixel of the digits, the most of the flows here: a layer moves points along
rays from one centre only, and so can hardly part eight modes.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from .flow import Bijection, Composition, NormalizingFlow
from .preprocessing import Whiten

MIN_SLOPE = 0.01  # of a layer, so that inversion magnifies errors a hundredfold at most
SOFTPLUS_IS_ONE = math.log(math.expm1(1.0))


class RadialLayer(Bijection):
    """x + b (x - c) / (a + r), where r = |x - c|: moves points along rays from the centre c."""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.centre = nn.Parameter(torch.randn(d))
        self.raw_a = nn.Parameter(torch.tensor(SOFTPLUS_IS_ONE))
        self.raw_b = nn.Parameter(torch.tensor(0.0))  # the layer begins as the identity

    def sizes(self) -> tuple[Tensor, Tensor]:
        """Return a > 0 and b > -a, without which the layer could not be inverted."""
        a = 1e-3 + softplus(self.raw_a)
        slope = MIN_SLOPE + softplus(self.raw_b + math.log(math.expm1(1 - MIN_SLOPE)))
        return a, a * (slope - 1)  # the slope at the centre is 1 + b / a

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        a, b = self.sizes()
        ray = x - self.centre
        reach = a + torch.linalg.vector_norm(ray, dim=1)
        across, along = b / reach, a * b / reach**2  # what the ray's two stretches exceed one by
        return (
            x + across[:, None] * ray,
            (x.shape[1] - 1) * torch.log1p(across) + torch.log1p(along),
        )

    def inverse(self, y: Tensor) -> Tensor:
        """Solve r (1 + b / (a + r)) = |y - c| for the distance r from the centre."""
        a, b = self.sizes()
        ray = y - self.centre
        target = torch.linalg.vector_norm(ray, dim=1)
        half = (target - a - b) / 2  # r^2 - 2 half r - a target = 0
        root = (half**2 + a * target).sqrt()
        # Of the two forms of the positive root, the one that subtracts nothing alike.
        r = torch.where(half > 0, half + root, a * target / (root - half).clamp(min=1e-300))
        return self.centre + ray / (1 + b / (a + r))[:, None]


@dataclass(kw_only=True, eq=False)
class RadialFlow(NormalizingFlow):
    """Radial layers that turn samples into standard normal noise, and noise into samples.

    Args:
        layers: how many.
        margin, steps, batch, learning_rate: as every `NormalizingFlow` has them.
    """

    layers: int = 32
    learning_rate: float = 1e-1

    title: ClassVar[str] = "A radial flow"
    preprocessing: ClassVar = Whiten

    def network(self, n: int, d: int) -> Bijection:
        return Composition([RadialLayer(d) for _ in range(self.layers)])

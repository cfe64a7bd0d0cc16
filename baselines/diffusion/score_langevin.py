"""Score network at many levels of noise, and Langevin chains that follow it from noisy to clean.

Song, Ermon, "Generative modeling by estimating gradients of the data distribution", NeurIPS 2019,
https://arxiv.org/abs/1907.05600. The levels, as close together as chains can follow, and the last
step, which takes out what noise is left, are those of Song, Ermon, "Improved techniques for
training score-based generative models", NeurIPS 2020, https://arxiv.org/abs/2006.09011.

Differs from the papers: the network is a small residual perceptron that reads the level and
corrects what a Gaussian would predict.

With one seed the share of samples at the density that .95 of real ones reach is 1.00 on the grid of
25 Gaussians and .97 on spirals (samples are somewhat too near the modes), in some 40 CPU seconds;
over three seeds the Fréchet distance on digits is 6.7 to 9.7, inception score 7.8, recall .85, in
some 32.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from ..training import torch_generator
from .denoising import Array, Denoising, PrincipalAxes, ResidualNetwork


class ScoreNetwork(ResidualNetwork):
    """Gradient of the log-density of noisy points (n, d), given the noise's width (n, 1)."""

    def forward(self, x: Tensor, noise: Tensor) -> Tensor:
        width = (self.spread**2 + noise**2).sqrt()  # of noisy points, on each axis
        correction = self.correction(x / width, noise.log() / 4, 2 * noise.atan())
        return self.spread / (noise * width) * correction - x / width**2


@dataclass(kw_only=True, eq=False)
class ScoreLangevin(Denoising):
    """Runs a chain of Langevin steps at each level of noise, from the highest to the lowest.

    Args:
        lowest: width of the least noise, in standard deviations of the data.
        chain: Langevin steps at each level.
        stride: variance of a step, in variances of the level's noise.
        hidden, blocks, steps, batch, learning_rate, ema_decay, passes: as `Denoising` has them.
    """

    lowest: float = 0.03
    chain: int = 5
    stride: float = 1.0

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.axes = PrincipalAxes(train)
        farthest = float(np.linalg.norm(self.axes.standardize(train), axis=1).max())
        self.levels = _levels(max(farthest, 1.0), self.lowest, train.shape[1])
        self.network = self._train(ScoreNetwork, train, self.axes, rng)
        return self

    def _loss(
        self, network: nn.Module, clean: Tensor, random: torch.Generator, *context: Tensor
    ) -> Tensor:
        epsilon = torch.randn(clean.shape, generator=random)
        noise = self.levels[torch.randint(len(self.levels), (len(clean), 1), generator=random)]
        # Denoising score matching; times the noise, so that all levels weigh the same.
        error: Tensor = noise * network(clean + noise * epsilon, noise) + epsilon
        return error.square().mean()

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        random = torch_generator(rng)
        x = self.levels[0] * torch.randn((n, len(self.axes.spread)), generator=random)
        for noise in self.levels[:, None, None]:
            step = self.stride * noise**2
            for _ in range(self.chain):
                epsilon = torch.randn(x.shape, generator=random)
                x = x + step / 2 * self.network(x, noise) + step.sqrt() * epsilon
        x = x + noise**2 * self.network(x, noise)  # the mean of what this noise may have hidden
        return self.axes.decode(x)

    def score(self, samples: Array) -> Array:
        """Return the gradient (n, d) of the log-density of samples with the least of the noise."""
        score = self.network(self.axes.encode(samples), self.levels[-1].view(1, 1))
        gradient: Array = score.double().numpy() @ self.axes.rotation.T / self.axes.scale
        return gradient


def _levels(highest: float, lowest: float, d: int) -> Tensor:
    """Return widths of noise (levels,) from high to low, each close enough to the one before.

    Noise of width s keeps its points within 3 s / sqrt(2) of a sphere of radius s sqrt(d): one
    level must begin where the next still has points. In few dimensions that would allow leaps
    after which a short chain remains too wide: a tenth at a time errs by a few percent.
    """
    ratio = min(1.1, (1 + 3 / (2 * d) ** 0.5) ** 0.5)
    many = int(np.log(highest / lowest) / np.log(ratio)) + 2
    return torch.logspace(np.log10(highest), np.log10(lowest), many)

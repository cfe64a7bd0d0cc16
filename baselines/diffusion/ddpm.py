"""Denoising diffusion: noise is taken out of a sample a little at a time, in a thousand steps.

Ho, Jain, Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020,
https://arxiv.org/abs/2006.11239. `predict="velocity"` trains the same network to predict the mix of
noise and sample of Salimans, Ho, "Progressive distillation for fast sampling of diffusion models",
ICLR 2022, https://arxiv.org/abs/2202.00512, which counts the noisiest steps more.

Differs from the paper: the network is a small residual perceptron, not a U-Net, that corrects what
a Gaussian would predict.

With one seed the share of samples at the density that .95 of real ones reach is .93 on the grid of
25 Gaussians, .91 on the checkerboard and .90 on spirals, in some 40 CPU seconds; over three seeds
the Fréchet distance on digits is 6.2 (velocity: 6.2), inception score 7.8 (7.9), recall .90 (.86),
in some 35.
"""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import torch
from torch import Tensor, nn

from ..training import torch_generator
from .denoising import Array, Denoising, PrincipalAxes, ResidualNetwork


class Denoiser(ResidualNetwork):
    """Predicts the noise in noisy points (n, d), given the shares of signal and noise (n, 1)."""

    def forward(self, x: Tensor, signal: Tensor, noise: Tensor, *context: Tensor) -> Tensor:
        width = ((signal * self.spread) ** 2 + noise**2).sqrt()  # of noisy points, on each axis
        angle = torch.atan2(noise, signal)  # from 0, all signal, to a right angle, all noise
        gaussian = noise / width**2 * x
        error = signal * self.spread / width  # of the Gaussian's prediction
        return gaussian + error * self.correction(x / width, angle, 2 * angle, *context)


@dataclass(kw_only=True, eq=False)
class DDPM(Denoising):
    """Begins at noise and walks the steps back, adding fresh noise after all but the last.

    Args:
        predict: what the loss compares: the noise, as in the paper, or the velocity.
        times: steps of the walk.
        first, last: variance of the noise that the first and the last of these have added.
        hidden, blocks, steps, batch, learning_rate, ema_decay, passes: as `Denoising` has them.
    """

    predict: Literal["noise", "velocity"] = "noise"
    times: int = 1000
    first: float = 1e-4
    last: float = 0.02

    def __post_init__(self) -> None:
        if self.predict not in ("noise", "velocity"):
            raise ValueError(f'predict must be "noise" or "velocity", not {self.predict!r}.')

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        added = torch.linspace(self.first, self.last, self.times, dtype=torch.float64)
        kept = torch.cumprod(1 - added, dim=0)
        self.signal, self.noise = kept.sqrt(), (1 - kept).sqrt()  # shares at each step (times,)
        self.axes = PrincipalAxes(train)
        self.denoiser = self._denoiser(train, rng)
        return self

    def _denoiser(self, train: Array, rng: np.random.Generator) -> Denoiser:
        return self._train(Denoiser, train, self.axes, rng)

    def _loss(
        self, network: nn.Module, clean: Tensor, random: torch.Generator, *context: Tensor
    ) -> Tensor:
        epsilon = torch.randn(clean.shape, generator=random)
        timesteps = torch.randint(self.times, (len(clean), 1), generator=random)
        signal, noise = self.signal.float()[timesteps], self.noise.float()[timesteps]
        error: Tensor = network(signal * clean + noise * epsilon, signal, noise, *context) - epsilon
        if self.predict == "velocity":  # signal * epsilon - noise * clean, at the same noisy point
            error = error / signal
        return error.square().mean()

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return self._walk(n, torch_generator(rng))

    def _walk(self, n: int, random: torch.Generator, *context: Tensor) -> Array:
        x = torch.randn((n, len(self.axes.spread)), generator=random)
        for timestep in reversed(range(self.times)):
            x = self._step_back(x, timestep, random, *context)
        return self.axes.decode(x)

    def _step_back(
        self, x: Tensor, timestep: int, random: torch.Generator, *context: Tensor
    ) -> Tensor:
        """Draw the points (n, d) one step less noisy, from the paper's posterior."""
        kept = float(self.signal[timestep]) ** 2
        before = float(self.signal[timestep - 1]) ** 2 if timestep else 1.0
        beta = 1 - kept / before  # variance of the noise that this step had added
        signal, noise = torch.tensor([[kept**0.5]]), torch.tensor([[(1 - kept) ** 0.5]])
        predicted = self.denoiser(x, signal, noise, *context)
        mean = (x - beta / (1 - kept) ** 0.5 * predicted) / (1 - beta) ** 0.5
        variance = beta * (1 - before) / (1 - kept)
        drawn: Tensor = mean + variance**0.5 * torch.randn(x.shape, generator=random)
        return drawn

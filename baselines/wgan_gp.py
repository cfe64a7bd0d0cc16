"""Wasserstein GAN: the critic estimates a transport distance, which the generator shortens.

Wasserstein GAN, Arjovsky et al., ICML 2017, https://arxiv.org/abs/1701.07875, with the gradient
penalty of Improved Training of Wasserstein GANs, Gulrajani et al., NeurIPS 2017,
https://arxiv.org/abs/1704.00028: between real and generated points the critic should have slope 1.
The critic takes several steps for each of the generator, as the distance must be up to date.
"""

import math
from copy import deepcopy
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Array = NDArray[np.float64]


def network(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Three hidden layers; no batch normalisation, since the penalty is one of single points."""
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, outputs),
    )


class WassersteinGAN:
    """Samples come from a running average of the generator."""

    def __init__(
        self,
        *,
        latent: int = 32,
        hidden: int = 160,
        steps: int = 1200,
        critic_steps: int = 3,
        batch: int = 128,
        learning_rate: float = 1e-3,
        slope_penalty: float = 0.03,
        average: float = 0.995,
    ) -> None:
        self.latent, self.hidden, self.batch = latent, hidden, batch
        self.steps, self.critic_steps, self.learning_rate = steps, critic_steps, learning_rate
        self.slope_penalty, self.average = slope_penalty, average

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        noise = torch.Generator().manual_seed(int(rng.integers(2**31)))
        # Whole numbers get even noise: else the critic need only look for fractions.
        grain = float(np.array_equal(train, np.rint(train)))
        deviation = np.sqrt(train.var(axis=0) + grain / 12)
        if grain:  # they share a unit, and dull coordinates should stay small
            deviation[:] = np.sqrt((deviation**2).mean())
        self.centre, self.scale = train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
        cell = torch.tensor(grain / self.scale, dtype=torch.float32)
        # In many coordinates points are farther apart, and the critic's values with them.
        weight = self.slope_penalty * train.shape[1]
        data = torch.tensor((train - self.centre) / self.scale, dtype=torch.float32)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**31)))
            generator = network(self.latent, self.hidden, train.shape[1])
            critic = network(train.shape[1], self.hidden, 1)
        self.generator = deepcopy(generator).requires_grad_(requires_grad=False)
        # Little momentum: the other player's move makes yesterday's slope misleading.
        players = [
            torch.optim.Adam(
                player.parameters(), lr=self.learning_rate, betas=(0.5, 0.9), fused=True
            )
            for player in (critic, generator)
        ]

        def draw() -> Tensor:
            z = torch.randn(self.batch, self.latent, generator=noise)
            fakes: Tensor = generator(z)
            return fakes

        for step in range(self.steps):
            rate = self.learning_rate * (1 + math.cos(math.pi * step / self.steps)) / 2
            for player in players:
                player.param_groups[0]["lr"] = rate
            for _ in range(self.critic_steps):
                real = data[torch.randint(len(data), (self.batch,), generator=noise)]
                real = real + (torch.rand(real.shape, generator=noise) - 0.5) * cell
                with torch.no_grad():
                    fake = draw()
                share = torch.rand(self.batch, 1, generator=noise)
                between = (share * real + (1 - share) * fake).requires_grad_()
                (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
                penalty = weight * (slope.norm(dim=1) - 1).square().mean()
                loss = critic(fake).mean() - critic(real).mean() + penalty
                players[0].zero_grad()
                torch.autograd.backward(loss)
                players[0].step()

            loss_of_generator = -critic(draw()).mean()
            players[1].zero_grad()
            torch.autograd.backward(loss_of_generator)
            players[1].step()
            decay = min(self.average, step / (step + 10))
            with torch.no_grad():
                pairs = zip(self.generator.parameters(), generator.parameters(), strict=True)
                for kept, new in pairs:
                    kept.lerp_(new, 1 - decay)
        if not math.isfinite(loss.item() + loss_of_generator.item()):
            raise FloatingPointError("The Wasserstein GAN diverged: its losses are not finite.")
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        z = torch.tensor(rng.normal(size=(n, self.latent)), dtype=torch.float32)
        samples: Array = self.generator(z).double().numpy() * self.scale + self.centre
        if not np.isfinite(samples).all():
            raise FloatingPointError("The Wasserstein GAN drew samples that are not finite.")
        return samples

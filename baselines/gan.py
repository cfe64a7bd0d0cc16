"""Generative adversarial network: a generator and a discriminator trained against each other.

Generative Adversarial Nets, Goodfellow et al., NeurIPS 2014, https://arxiv.org/abs/1406.2661.
The generator maximises log D (the paper's non-saturating loss). What steadies the game: the
discriminator pays for steep slopes at real samples (R1, from Which Training Methods for GANs do
actually Converge?, Mescheder et al., ICML 2018, https://arxiv.org/abs/1801.04406), both rates
fall to zero, and samples come from a running average of the generator.
"""

import math
from copy import deepcopy
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Array = NDArray[np.float64]
softplus = nn.functional.softplus


def network(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Three hidden layers."""
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, hidden),
        nn.LeakyReLU(0.2),
        nn.Linear(hidden, outputs),
    )


class GAN:
    """One step of the discriminator for each of the generator, with the same rate."""

    def __init__(
        self,
        *,
        latent: int = 32,
        hidden: int = 128,
        steps: int = 3000,
        batch: int = 128,
        learning_rate: float = 1e-3,
        slope_penalty: float = 0.05,
        average: float = 0.998,
    ) -> None:
        self.latent, self.hidden, self.steps, self.batch = latent, hidden, steps, batch
        self.learning_rate, self.slope_penalty, self.average = learning_rate, slope_penalty, average

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        noise = torch.Generator().manual_seed(int(rng.integers(2**31)))
        # Whole numbers get even noise: else the discriminator need only look for fractions.
        grain = float(np.array_equal(train, np.rint(train)))
        deviation = np.sqrt(train.var(axis=0) + grain / 12)
        if grain:  # they share a unit, and dull coordinates should stay small
            deviation[:] = np.sqrt((deviation**2).mean())
        self.centre, self.scale = train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
        cell = torch.tensor(grain / self.scale, dtype=torch.float32)
        # Distances grow with the root of d, so slopes shrink and their squares by d.
        penalty = self.slope_penalty * train.shape[1] / 2
        data = torch.tensor((train - self.centre) / self.scale, dtype=torch.float32)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**31)))
            generator = network(self.latent, self.hidden, train.shape[1])
            critic = network(train.shape[1], self.hidden, 1)
        self.generator = deepcopy(generator).requires_grad_(requires_grad=False)
        players = [
            torch.optim.Adam(
                player.parameters(), lr=self.learning_rate, betas=(0.5, 0.99), fused=True
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
            real = data[torch.randint(len(data), (self.batch,), generator=noise)]
            real = real + (torch.rand(real.shape, generator=noise) - 0.5) * cell
            with torch.no_grad():
                fake = draw()
            loss = softplus(-critic(real)).mean() + softplus(critic(fake)).mean()
            if step % 4 == 0:  # a fourth as often, four times as strong: cheaper, as good
                real.requires_grad_()
                (slope,) = torch.autograd.grad(critic(real).sum(), real, create_graph=True)
                loss = loss + 4 * penalty * slope.square().sum(1).mean()
            players[0].zero_grad()
            torch.autograd.backward(loss)
            players[0].step()

            loss_of_generator = softplus(-critic(draw())).mean()
            players[1].zero_grad()
            torch.autograd.backward(loss_of_generator)
            players[1].step()
            decay = min(self.average, step / (step + 10))
            with torch.no_grad():
                pairs = zip(self.generator.parameters(), generator.parameters(), strict=True)
                for kept, new in pairs:
                    kept.lerp_(new, 1 - decay)
        if not math.isfinite(loss.item() + loss_of_generator.item()):
            raise FloatingPointError("The GAN diverged: its losses are not finite.")
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        z = torch.tensor(rng.normal(size=(n, self.latent)), dtype=torch.float32)
        samples: Array = self.generator(z).double().numpy() * self.scale + self.centre
        if not np.isfinite(samples).all():
            raise FloatingPointError("The GAN drew samples that are not finite.")
        return samples

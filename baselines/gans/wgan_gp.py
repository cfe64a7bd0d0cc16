"""Wasserstein GAN with a gradient penalty: a critic of slope one estimates a transport distance.

Arjovsky, Chintala, Bottou, "Wasserstein generative adversarial networks", ICML 2017,
https://arxiv.org/abs/1701.07875, and Gulrajani et al., "Improved training of Wasserstein GANs",
NeurIPS 2017, https://arxiv.org/abs/1704.00028: the distance is the most by which a function of
slope one or less can tell real from generated samples in the mean, and the critic pays where
between the two its slope is not one. It takes several steps for each of the generator, as the
distance must be up to date.

Differs from the papers: the penalty is weaker, the rates fall to zero, and samples come from a
running average of the generator. Whole numbers and what is generated in their place get the same
even noise: else the critic need only look for fractions.

Over three seeds .77 of the ring's samples reach the density that .95 of real ones reach; on digits
the Fréchet distance is 3.6 to 5.8, recall .94, in some 25 CPU seconds.
"""

import math
import sys
from copy import deepcopy
from itertools import pairwise
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn

Array = NDArray[np.float64]


def network(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Return a perceptron with three hidden layers."""
    modules: list[nn.Module] = []
    for before, after in pairwise([inputs, hidden, hidden, hidden]):
        modules += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
    return nn.Sequential(*modules, nn.Linear(hidden, outputs))


class WassersteinGAN:
    """Several steps of the critic for each of the generator.

    Args:
        latent: coordinates of the normal noise that the generator maps to samples.
        hidden: width of the hidden layers of both networks.
        steps: gradient steps of the generator, with rates that fall along half a cosine.
        critic_steps: steps of the critic for each of these.
        batch: samples per step.
        rate: first learning rate of both.
        slope_penalty: weight of the squared distance of the slope from one, per coordinate.
        average: memory of the running average of the generator.
    """

    def __init__(
        self,
        *,
        latent: int = 64,
        hidden: int = 192,
        steps: int = 2500,
        critic_steps: int = 2,
        batch: int = 128,
        rate: float = 1e-3,
        slope_penalty: float = 0.1,
        average: float = 0.995,
    ) -> None:
        self.latent, self.hidden, self.steps = latent, hidden, steps
        self.critic_steps, self.batch, self.rate = critic_steps, batch, rate
        self.slope_penalty, self.average = slope_penalty, average

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        random = torch.Generator().manual_seed(int(rng.integers(2**31)))
        d = train.shape[1]
        self.grain = float(np.array_equal(train, np.rint(train)))
        deviation = np.sqrt(train.var(axis=0) + self.grain / 12)
        if self.grain:  # they share a unit, and dull coordinates should stay small
            deviation[:] = np.sqrt((deviation**2).mean())
        self.centre, self.scale = train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
        data, cell = self._points(train), torch.tensor(self.grain / self.scale).float()
        # Whole numbers end at the least and the greatest: often there are many of these.
        self.edges = self._points(np.tile([[train.min()], [train.max()]], d))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**31)))
            generator = network(self.latent, self.hidden, d)
            self.critic = network(d, self.hidden, 1)
        self.generator = deepcopy(generator).requires_grad_(requires_grad=False)
        players = [
            # Little momentum: the other player's move makes yesterday's slope misleading.
            torch.optim.Adam(network.parameters(), lr=self.rate, betas=(0.5, 0.9), fused=True)
            for network in (self.critic, generator)
        ]

        def blurred(points: Tensor) -> Tensor:
            return points + (torch.rand(points.shape, generator=random) - 0.5) * cell

        def generated() -> Tensor:
            z = torch.randn(self.batch, self.latent, generator=random)
            return blurred(self._bounded(generator(z)))

        for step in track(
            range(self.steps),
            description="WGAN",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            for player in players:
                fall = (1 + math.cos(math.pi * step / self.steps)) / 2
                player.param_groups[0]["lr"] = self.rate * fall
            for _ in range(self.critic_steps):
                real = blurred(data[torch.randint(len(data), (self.batch,), generator=random)])
                with torch.no_grad():
                    fake = generated()
                share = torch.rand(self.batch, 1, generator=random)
                between = (share * real + (1 - share) * fake).requires_grad_()
                (slope,) = torch.autograd.grad(
                    self.critic(between).sum(), between, create_graph=True
                )
                # In many coordinates points are farther apart, and the critic's values with them.
                weight = self.slope_penalty * d
                penalty = weight * (slope.norm(dim=1) - 1).square().mean()
                loss = self.critic(fake).mean() - self.critic(real).mean() + penalty
                players[0].zero_grad()
                torch.autograd.backward(loss)
                players[0].step()

            loss_of_generator = -self.critic(generated()).mean()
            players[1].zero_grad()
            torch.autograd.backward(loss_of_generator)
            players[1].step()
            if not math.isfinite(loss.item() + loss_of_generator.item()):
                raise FloatingPointError("The Wasserstein GAN diverged: its losses are not finite.")
            decay = min(self.average, step / (step + 10))
            with torch.no_grad():
                pairs = zip(self.generator.parameters(), generator.parameters(), strict=True)
                for kept, new in pairs:
                    kept.lerp_(new, 1 - decay)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        z = torch.tensor(rng.normal(size=(n, self.latent)), dtype=torch.float32)
        points = self._bounded(self.generator(z)).double().numpy()
        samples: Array = points * self.scale + self.centre
        if not np.isfinite(samples).all():
            raise FloatingPointError("The Wasserstein GAN drew samples that are not finite.")
        return np.rint(samples) if self.grain else samples

    def _points(self, samples: Array) -> Tensor:
        return torch.tensor((samples - self.centre) / self.scale, dtype=torch.float32)

    def _bounded(self, output: Tensor) -> Tensor:
        lowest, highest = self.edges
        return lowest + (highest - lowest) * output.sigmoid() if self.grain else output

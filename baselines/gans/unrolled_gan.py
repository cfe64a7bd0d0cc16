"""Unrolled GAN: the generator learns against the discriminator as it will be a few steps later.

Metz, Poole, Pfau, Sohl-Dickstein, "Unrolled generative adversarial networks", ICLR 2017,
https://arxiv.org/abs/1611.02163. Before each step of the generator the discriminator takes some
plain gradient steps in mind, and the generator's gradient goes through them: it is told that the
discriminator will move to where its samples pile up. Then the discriminator takes one step in
earnest, from where it was.

Differs from the paper: the discriminator pays for steep slopes at real samples (R1, from Mescheder
et al., "Which training methods for GANs do actually converge?", ICML 2018,
https://arxiv.org/abs/1801.04406), though not in the steps in mind, both rates fall to zero, and
samples come from a running average of the generator. Whole numbers and what is generated in their
place get the same even noise.

Over three seeds .75 to .84 of the ring's samples reach the density that .95 of real ones reach; on
digits the Fréchet distance is 11 to 15, recall .68 (.32 after 2,000 steps in place of 2,500), in
some 45 CPU seconds.
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
from torch.func import functional_call

Array = NDArray[np.float64]
Weights = dict[str, Tensor]
softplus = nn.functional.softplus


def network(inputs: int, hidden: int, layers: int, outputs: int) -> nn.Sequential:
    """Return a perceptron with this many hidden layers."""
    modules: list[nn.Module] = []
    for before, after in pairwise([inputs] + layers * [hidden]):
        modules += [nn.Linear(before, after), nn.LeakyReLU(0.2)]
    return nn.Sequential(*modules, nn.Linear(hidden, outputs))


class UnrolledGAN:
    """One step of the discriminator for each of the generator, whose loss does not saturate.

    Args:
        unroll: steps of the discriminator through which the generator looks; 0 is a plain GAN.
        unroll_rate: learning rate of these steps, which are plain gradient descent.
        latent: coordinates of the normal noise that the generator maps to samples.
        hidden: width of the hidden layers of both networks.
        layers: hidden layers of each.
        steps: gradient steps of each, with rates that fall along half a cosine.
        batch: samples per step.
        rate: first learning rate of the generator.
        discriminator_rate: first learning rate of the discriminator.
        slope_penalty: weight of the squared slope at real samples, per coordinate.
        average: memory of the running average of the generator; 0 for none.
    """

    def __init__(
        self,
        *,
        unroll: int = 3,
        unroll_rate: float = 0.02,
        latent: int = 64,
        hidden: int = 160,
        layers: int = 3,
        steps: int = 2500,
        batch: int = 128,
        rate: float = 1e-3,
        discriminator_rate: float = 1e-3,
        slope_penalty: float = 0.1,
        average: float = 0.998,
    ) -> None:
        self.unroll, self.unroll_rate = unroll, unroll_rate
        self.latent, self.hidden, self.layers = latent, hidden, layers
        self.steps, self.batch, self.rate = steps, batch, rate
        self.discriminator_rate, self.slope_penalty = discriminator_rate, slope_penalty
        self.average = average

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
            generator = network(self.latent, self.hidden, self.layers, d)
            self.discriminator = network(d, self.hidden, self.layers, 1)
        self.generator = deepcopy(generator).requires_grad_(requires_grad=False)
        rates = self.discriminator_rate, self.rate
        players = [
            torch.optim.Adam(network.parameters(), lr=rate, betas=(0.5, 0.99), fused=True)
            for network, rate in zip((self.discriminator, generator), rates, strict=True)
        ]

        def blurred(points: Tensor) -> Tensor:
            return points + (torch.rand(points.shape, generator=random) - 0.5) * cell

        def generated() -> Tensor:
            z = torch.randn(self.batch, self.latent, generator=random)
            return blurred(self._bounded(generator(z)))

        for step in track(
            range(self.steps),
            description="Unrolled",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            fall = (1 + math.cos(math.pi * step / self.steps)) / 2
            for player, rate in zip(players, rates, strict=True):
                player.param_groups[0]["lr"] = rate * fall
            real = blurred(data[torch.randint(len(data), (self.batch,), generator=random)])
            with torch.no_grad():
                fake = generated()
            weights = dict(self.discriminator.named_parameters())
            loss = self._loss(weights, real, fake)
            if self.slope_penalty and step % 4 == 0:  # seldom but strong: cheaper, as good
                real.requires_grad_()
                (slope,) = torch.autograd.grad(
                    self.discriminator(real).sum(), real, create_graph=True
                )
                # Distances grow with the root of d, so slopes shrink and their squares by d.
                loss = loss + 4 * self.slope_penalty * d / 2 * slope.square().sum(1).mean()
            players[0].zero_grad()
            torch.autograd.backward(loss)
            players[0].step()

            fake = generated()
            later = self.unrolled(weights, real.detach(), fake)
            loss_of_generator = softplus(-functional_call(self.discriminator, later, fake)).mean()
            players[1].zero_grad()
            torch.autograd.backward(loss_of_generator)
            players[1].step()
            if not math.isfinite(loss.item() + loss_of_generator.item()):
                raise FloatingPointError("The unrolled GAN diverged: its losses are not finite.")
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
            raise FloatingPointError("The unrolled GAN drew samples that are not finite.")
        return np.rint(samples) if self.grain else samples

    def discriminate(self, samples: Array) -> Array:
        """Return the probability that each sample is real (n,), as the discriminator sees it."""
        with torch.no_grad():
            logit = self.discriminator(self._points(samples))[:, 0]
        return logit.double().sigmoid().numpy()

    def unrolled(self, weights: Weights, real: Tensor, fake: Tensor) -> Weights:
        """Return the discriminator's weights some steps later, as a function of `fake`."""
        for _ in range(self.unroll):
            slopes = torch.autograd.grad(
                self._loss(weights, real, fake), list(weights.values()), create_graph=True
            )
            pairs = zip(weights.items(), slopes, strict=True)
            weights = {name: weight - self.unroll_rate * slope for (name, weight), slope in pairs}
        return weights

    def _loss(self, weights: Weights, real: Tensor, fake: Tensor) -> Tensor:
        of_real, of_fake = (
            functional_call(self.discriminator, weights, points) for points in (real, fake)
        )
        return softplus(-of_real).mean() + softplus(of_fake).mean()

    def _points(self, samples: Array) -> Tensor:
        return torch.tensor((samples - self.centre) / self.scale, dtype=torch.float32)

    def _bounded(self, output: Tensor) -> Tensor:
        lowest, highest = self.edges
        return lowest + (highest - lowest) * output.sigmoid() if self.grain else output

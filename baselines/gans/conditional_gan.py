"""Conditional GAN: generator and discriminator are told which class a sample is of.

Mirza, Osindero, "Conditional generative adversarial nets", 2014, https://arxiv.org/abs/1411.1784.
Both networks get the class, as one of so many flags, beside their other input.

Differs from the paper: where no labels are given, the classes are made: clusters of the training
data by k-means; and the game is steadied by R1 and more, as `adversarial` says.

With one seed, told the modes, all of the grid's samples reach the density that .95 of real ones
reach (1.00: modes are too narrow), all 25 modes among them; told the digits, the Fréchet distance
is 3.3, recall .84, and a classifier of real digits takes .99 of the samples for the digit that was
asked for, in some 60 CPU seconds.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from ..training import Classes, Labels
from .adversarial import R1GAN, Array, Units, probability


@dataclass(kw_only=True, eq=False)
class ConditionalGAN(R1GAN):
    """One step of the discriminator for each of the generator, with the settings of `R1GAN`.

    Batches (n, d + classes) are of labelled points: after the coordinates a flag for each class.

    Args:
        classes: clusters to make of training data without labels.
    """

    classes: int = 10
    name = "cGAN"

    def fit(self, train: Array, *, rng: np.random.Generator, labels: Labels | None = None) -> Self:
        points = Units(train).standardize(train).double().numpy()
        self.known = Classes(points, labels, self.classes, rng)
        return super().fit(train, rng=rng)

    def sample(self, n: int, *, rng: np.random.Generator, labels: Labels | None = None) -> Array:
        z = self.latents(n, rng)
        flags = self.known.flags(self.known.asked(n, labels, rng))
        return self.units.samples(self.generator(torch.cat([z, flags], dim=1)))

    def discriminate(self, samples: Array) -> Array:
        """Return the probability that each sample is real (n,), as one of its nearest class."""
        points = self.units.standardize(samples)
        flags = self.known.flags(self.known.nearest(points.double().numpy()))
        return probability(self.discriminator, torch.cat([points, flags], dim=1))

    def prepare(self, train: Array, rng: np.random.Generator) -> Tensor:
        points = super().prepare(train, rng)
        return torch.cat([points, self.known.flags(self.known.of)], dim=1)

    def told(self) -> int:
        return len(self.known)

    def real_batch(self, data: Tensor, step: int) -> Tensor:
        return data[torch.randint(len(data), (self.batch,))]

    def fake_batch(self, generator: nn.Module, real: Tensor, step: int) -> Tensor:
        _, flags = self._parts(real)  # samples are made for the same classes
        z = torch.randn(self.batch, self.latent_width(len(self.units.scale)))
        points = self.units.bound(generator(torch.cat([z, flags], dim=1)))
        return torch.cat([points, flags], dim=1)

    def discriminator_output(self, inputs: Tensor) -> Tensor:
        points, flags = self._parts(inputs)
        return super().discriminator_output(
            torch.cat([self.units.dequantize(points), flags], dim=1)
        )

    def slope(self, real: Tensor) -> Tensor:
        slope, _ = self._parts(super().slope(real))  # from class to class there is none
        return slope

    def _parts(self, labelled: Tensor) -> tuple[Tensor, Tensor]:
        d = len(self.units.scale)
        return labelled[:, :d], labelled[:, d:]

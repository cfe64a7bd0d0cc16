"""Conditional GAN: generator and discriminator are told which class a sample is of.

Mirza, Osindero, "Conditional generative adversarial nets", 2014, https://arxiv.org/abs/1411.1784.
Both networks get the class, as one of so many flags, beside their other input.

Differs from the paper: models are given no labels here, so the classes are made: clusters of the
training data by k-means, drawn by their share in it; and the game is steadied by R1 and more, as
`adversarial` says.

Over three seeds .99 of the ring's samples reach the density that .95 of real ones reach (modes are
too narrow: recall is .90); on digits the Fréchet distance is 3.3 to 4.1, inception score 8.0,
recall .87, in some 25 CPU seconds.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from torch import Tensor, nn

from ..training import new_seed
from .adversarial import R1GAN, Array, probability


@dataclass(kw_only=True, eq=False)
class ConditionalGAN(R1GAN):
    """One step of the discriminator for each of the generator, with the settings of `R1GAN`.

    Batches (n, d + classes) are of labelled points: after the coordinates a flag for each class.

    Args:
        classes: clusters to make of the training data; fewer if it has fewer different samples.
    """

    classes: int = 10
    name = "cGAN"

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return self._draw(rng.choice(len(self.shares), size=n, p=self.shares), rng)

    def sample_class(self, n: int, label: int, *, rng: np.random.Generator) -> Array:
        """Draw `n` samples (n, d) of one cluster, which are numbered from 0.

        Raises:
            ValueError: there is no such cluster.
        """
        if not 0 <= label < len(self.shares):
            raise ValueError(f"label must be from 0 to {len(self.shares) - 1}, not {label}.")
        return self._draw(np.full(n, label), rng)

    def discriminate(self, samples: Array) -> Array:
        """Return the probability that each sample is real (n,), as one of its nearest cluster."""
        points = self.units.standardize(samples)
        labelled = self._labelled(points, self.clusters.predict(points.numpy()))
        return probability(self.discriminator, labelled)

    def prepare(self, train: Array, rng: np.random.Generator) -> Tensor:
        points = super().prepare(train, rng)
        k = min(self.classes, len(np.unique(train, axis=0)))
        self.clusters = KMeans(k, n_init=4, random_state=new_seed(rng)).fit(points.numpy())
        self.shares = np.bincount(self.clusters.labels_, minlength=k) / len(train)
        return self._labelled(points, self.clusters.labels_)

    def input_widths(self, d: int) -> tuple[int, int]:
        return self.latent + len(self.shares), d + len(self.shares)

    def real_batch(self, data: Tensor, step: int) -> Tensor:
        return data[torch.randint(len(data), (self.batch,))]

    def fake_batch(self, generator: nn.Module, real: Tensor, step: int) -> Tensor:
        _, flags = self._parts(real)  # samples are made for the same classes
        z = torch.randn(self.batch, self.latent)
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

    def _draw(self, labels: NDArray[np.int64], rng: np.random.Generator) -> Array:
        z = self.latents(len(labels), rng)
        return self.units.samples(self.generator(self._labelled(z, labels)))

    def _labelled(self, points: Tensor, labels: NDArray[np.int64]) -> Tensor:
        return torch.cat([points, torch.eye(len(self.shares))[labels]], dim=1)

    def _parts(self, labelled: Tensor) -> tuple[Tensor, Tensor]:
        d = len(self.units.scale)
        return labelled[:, :d], labelled[:, d:]

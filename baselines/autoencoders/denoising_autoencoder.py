"""Autoencoder that mends blurred samples, with a Gaussian mixture as the density of its code.

Vincent et al., "Extracting and composing robust features with denoising autoencoders", ICML 2008,
https://doi.org/10.1145/1390156.1390294.

The blur is as wide as the gaps between samples: less would let the network copy its input, more
would merge what lies apart.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

from ..training import spread
from .frame import Array, DeterministicAutoencoder


@dataclass(kw_only=True, eq=False)
class DenoisingAutoencoder(DeterministicAutoencoder):
    """A code from which a sample is decoded without the noise that it was encoded with.

    Args:
        corruption: length of the blur, in median distances from a sample to the nearest other.

    The other settings are those of the base class.
    """

    code: int = 16
    corruption: float = 1.0

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError(
                "DenoisingAutoencoder needs at least 2 samples to know how far to blur."
            )
        points = (train - train.mean(axis=0)) / spread(train)
        nearest = NearestNeighbors(n_neighbors=1).fit(points).kneighbors()[0]
        self.blur = self.corruption * float(np.median(nearest)) / np.sqrt(train.shape[1])
        return super().fit(train, rng=rng)

    def _loss(self, points: Tensor, random: torch.Generator) -> Tensor:
        noise = torch.randn(points.shape, generator=random)
        return self._reconstruction_error(self.encoder(points + self.blur * noise), points)

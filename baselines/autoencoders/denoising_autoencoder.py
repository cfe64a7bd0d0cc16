"""Autoencoder that mends blurred samples, with a Gaussian mixture as the density of its code.

Vincent et al., "Extracting and composing robust features with denoising autoencoders", ICML 2008,
https://doi.org/10.1145/1390156.1390294. The mixture on the code, which turns the autoencoder into
a generative model, is the after-training density of Ghosh et al., "From variational to
deterministic autoencoders", ICLR 2020, https://arxiv.org/abs/1903.12436.

The blur is as wide as the gaps between samples: less would let the network copy its input, more
would merge what lies apart. There is no `log_prob`: the decoder is a map without a density.
"""

import sys
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import NearestNeighbors
from torch import nn

Array = NDArray[np.float64]


class DenoisingAutoencoder:
    """Draws a code from the mixture and decodes it.

    Args:
        code: coordinates of the code, at most as many as a sample has.
        hidden: width of the two hidden layers on either side of the code.
        corruption: length of the blur, in median distances from a sample to the nearest other.
        components: sizes of mixture to choose from, by the Akaike information criterion.
        steps: gradient steps, with a learning rate that falls from `rate` along half a cosine.
        batch: samples per step.
        rate: highest learning rate.
    """

    def __init__(
        self,
        code: int = 16,
        hidden: int = 256,
        corruption: float = 1.0,
        components: tuple[int, ...] = (1, 4, 8, 12, 16, 20, 25, 30),
        steps: int = 1500,
        batch: int = 128,
        rate: float = 2e-3,
    ) -> None:
        self.code = code
        self.hidden = hidden
        self.corruption = corruption
        self.components = components
        self.steps = steps
        self.batch = batch
        self.rate = rate

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError(
                "DenoisingAutoencoder needs at least 2 samples to know how far to blur."
            )
        self.mean, self.spread = train.mean(axis=0), _spread(train)
        points = (train - self.mean) / self.spread
        nearest = NearestNeighbors(n_neighbors=1).fit(points).kneighbors()[0]
        blur = self.corruption * float(np.median(nearest)) / np.sqrt(train.shape[1])
        clean = torch.as_tensor(points, dtype=torch.float32)
        self._train(clean, blur, torch.Generator().manual_seed(int(rng.integers(2**31))))
        self._fit_mixture(self.encode(train), int(rng.integers(2**31)))
        return self

    def _train(self, clean: torch.Tensor, blur: float, generator: torch.Generator) -> None:
        d = clean.shape[1]
        code = min(self.code, d)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(generator.initial_seed())
            self.encoder, self.decoder = self._network(d, code), self._network(code, d)
        network = nn.Sequential(self.encoder, self.decoder)
        optimiser = torch.optim.AdamW(network.parameters(), lr=self.rate, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, self.steps)
        for _ in track(
            range(self.steps),
            description="Denoising",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            batch = clean[torch.randint(len(clean), (self.batch,), generator=generator)]
            noise = torch.randn(batch.shape, generator=generator)
            loss = ((network(batch + blur * noise) - batch) ** 2).mean()
            if not torch.isfinite(loss):
                raise FloatingPointError("The autoencoder's loss is not finite.")
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()

    def _network(self, inputs: int, outputs: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Linear(inputs, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, outputs),
        )

    def _fit_mixture(self, codes: Array, seed: int) -> None:
        # A tenth of a thousandth of the code's variance keeps every component solid; ten samples
        # for each is the least from which a covariance can be told.
        floor = 1e-4 * float(codes.var(axis=0).mean()) + 1e-12
        mixtures = [
            GaussianMixture(size, reg_covar=floor, random_state=seed).fit(codes)
            for size in self.components
            if size == 1 or 10 * size <= len(codes)
        ]
        best = min(mixtures, key=lambda mixture: float(mixture.aic(codes)))
        self.weights, self.centres = best.weights_, best.means_
        self.factors = np.linalg.cholesky(best.covariances_)

    def encode(self, samples: Array) -> Array:
        """Return the code (n, k) of each sample."""
        points = torch.as_tensor((samples - self.mean) / self.spread, dtype=torch.float32)
        with torch.no_grad():
            codes: Array = self.encoder(points).double().numpy()
        return codes

    def decode(self, latents: Array) -> Array:
        """Return the sample (n, d) that each code stands for."""
        with torch.no_grad():
            points = self.decoder(torch.as_tensor(latents, dtype=torch.float32)).double().numpy()
        samples: Array = points * self.spread + self.mean
        return samples

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw codes (n, k) from the mixture."""
        drawn = rng.choice(len(self.weights), size=n, p=self.weights)
        noise = rng.standard_normal((n, self.centres.shape[1]))
        codes: Array = self.centres[drawn] + np.einsum("nij,nj->ni", self.factors[drawn], noise)
        return codes

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        samples = self.decode(self.sample_latents(n, rng=rng))
        if not np.isfinite(samples).all():
            raise FloatingPointError("The autoencoder decoded to values that are not finite.")
        return samples


def _spread(train: Array) -> Array:
    """Return the unit of each coordinate (d,): its standard deviation, or a stand-in for zero."""
    deviations: Array = train.std(axis=0)
    if np.array_equal(train, np.rint(train)):
        deviations = np.maximum(deviations, 1.0)  # one step: what hardly varies hardly matters
    size: Array = np.maximum(1.0, np.abs(train).max(axis=0))
    return np.where(deviations <= 1e-9 * size, 1e-4 * size, deviations)

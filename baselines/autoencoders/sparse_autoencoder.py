"""Sparse autoencoder: a long code that is mostly near zero, with a mixture as its density.

Ng, "Sparse autoencoder", lecture notes, Stanford, 2011,
https://web.stanford.edu/class/cs294a/sparseAutoencoder.pdf. Each coordinate of the code lies
between zero and one and is wanted near zero for most samples: the network pays for the divergence
of its mean from a small share. To be silent always is as dear as to be loud, so none dies. Differs
from the notes: two hidden layers on either side of the code, and the mean is that of a batch.

A mixture of Gaussians may leave the range of a code: its draws are cut off at zero and one.
The mixture on the code, which turns the autoencoder into a generative model, is the
after-training density of Ghosh et al., "From variational to deterministic autoencoders", ICLR 2020,
https://arxiv.org/abs/1903.12436. There is no `log_prob`: the decoder is a map without a density.

On digits, where half of all coordinates are below .05, the Fréchet distance over three seeds is 4.8
to 6.7, inception score 8.2, recall .83; the share of the ring's samples at the density that .95 of
real ones reach is .95. It takes 4 to 8 CPU seconds.
"""

import sys
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from sklearn.mixture import GaussianMixture
from torch import Tensor, nn

Array = NDArray[np.float64]


class SparseAutoencoder:
    """Draws a code from the mixture and decodes it.

    Args:
        code: coordinates of the code; it may be longer than a sample.
        activity: mean that each of them is wanted to have.
        sparsity: weight of the divergence from that mean.
        hidden: width of the two hidden layers on either side of the code.
        components: sizes of mixture to choose from, by the Akaike information criterion.
        steps: gradient steps, with a learning rate that falls from `rate` along half a cosine.
        batch: samples per step.
        rate: highest learning rate.
    """

    def __init__(
        self,
        code: int = 64,
        activity: float = 0.1,
        sparsity: float = 0.3,
        hidden: int = 256,
        components: tuple[int, ...] = (1, 4, 8, 12, 16, 20, 25, 30),
        steps: int = 1500,
        batch: int = 128,
        rate: float = 2e-3,
    ) -> None:
        self.code = code
        self.activity = activity
        self.sparsity = sparsity
        self.hidden = hidden
        self.components = components
        self.steps = steps
        self.batch = batch
        self.rate = rate

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError(f"SparseAutoencoder needs at least 2 samples, not {len(train)}.")
        self.mean, self.spread = train.mean(axis=0), _spread(train)
        points = torch.as_tensor((train - self.mean) / self.spread, dtype=torch.float32)
        self._train(points, torch.Generator().manual_seed(int(rng.integers(2**31))))
        self._fit_mixture(self.encode(train), int(rng.integers(2**31)))
        return self

    def _train(self, points: Tensor, generator: torch.Generator) -> None:
        d = points.shape[1]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(generator.initial_seed())
            self.encoder = self._network(d, self.code, nn.Sigmoid())
            self.decoder = self._network(self.code, d)
        weights = [*self.encoder.parameters(), *self.decoder.parameters()]
        optimiser = torch.optim.AdamW(weights, lr=self.rate, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, self.steps)
        for _ in track(
            range(self.steps),
            description="Sparse",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            batch = points[torch.randint(len(points), (self.batch,), generator=generator)]
            codes = self.encoder(batch)
            loss = (self.decoder(codes) - batch).square().mean()
            loss = loss + self.sparsity * _divergence(self.activity, codes.mean(dim=0)).mean()
            if not torch.isfinite(loss):
                raise FloatingPointError("The autoencoder's loss is not finite.")
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()

    def _network(self, inputs: int, outputs: int, *last: nn.Module) -> nn.Sequential:
        return nn.Sequential(
            nn.Linear(inputs, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, outputs),
            *last,
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
        return np.clip(codes, 0.0, 1.0)

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        samples = self.decode(self.sample_latents(n, rng=rng))
        if not np.isfinite(samples).all():
            raise FloatingPointError("The autoencoder decoded to values that are not finite.")
        return samples


def _divergence(wanted: float, found: Tensor) -> Tensor:
    """Return the Kullback-Leibler divergence of coins with these shares of heads, in nats."""
    found = found.clamp(1e-6, 1 - 1e-6)
    return wanted * (wanted / found).log() + (1 - wanted) * ((1 - wanted) / (1 - found)).log()


def _spread(train: Array) -> Array:
    """Return the unit of each coordinate (d,): its standard deviation, or a stand-in for zero."""
    deviations: Array = train.std(axis=0)
    if np.array_equal(train, np.rint(train)):
        deviations = np.maximum(deviations, 1.0)  # one step: what hardly varies hardly matters
    size: Array = np.maximum(1.0, np.abs(train).max(axis=0))
    return np.where(deviations <= 1e-9 * size, 1e-4 * size, deviations)

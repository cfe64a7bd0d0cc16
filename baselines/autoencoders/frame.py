"""What the autoencoders share: a code learned by reconstruction, then a density of the codes.

The density, a mixture of Gaussians, turns an autoencoder into a generative model: the ex-post
density estimation of Ghosh et al., "From variational to deterministic autoencoders", ICLR 2020,
https://arxiv.org/abs/1903.12436. There is no `log_prob` where the decoder is a network: it is a map
without a density.
"""

import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from torch import Tensor, nn

from ..training import (
    Array,
    Trained,
    finite,
    minimise,
    mlp,
    new_seed,
    seeded,
    spread,
    torch_generator,
)

STEPS_ON_ALL = 5  # of expectation maximisation, after a mixture has settled on some


class CodeMixture:
    """A mixture of Gaussians on codes: weights (m,), means (m, k) and covariances (m, k, k)."""

    def __init__(self, weights: Array, means: Array, covariances: Array) -> None:
        self.weights, self.means = weights, means
        self.factors = np.linalg.cholesky(covariances)

    @classmethod
    def by_aic(cls, codes: Array, sizes: tuple[int, ...], *, seed: int, most: int) -> Self:
        """Fit mixtures of these sizes to the codes (n, k), keep the best by Akaike's criterion.

        Where there are more codes than `most`, so many are drawn to choose by, and the best mixture
        takes a few more steps on all.
        """
        # A tenth of a thousandth of the code's variance keeps every component solid; ten samples
        # for each is the least from which a covariance can be told.
        floor = 1e-4 * float(codes.var(axis=0).mean()) + 1e-12
        some = codes
        if len(codes) > most:
            some = np.random.default_rng(seed).choice(codes, size=most, replace=False)
        mixtures = [
            GaussianMixture(size, reg_covar=floor, random_state=seed).fit(some)
            for size in sizes
            if size == 1 or 10 * size <= len(some)
        ]
        best = min(mixtures, key=lambda mixture: float(mixture.aic(some)))
        if some is not codes:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # it had settled before
                best.set_params(warm_start=True, max_iter=STEPS_ON_ALL).fit(codes)
        return cls(best.weights_, best.means_, best.covariances_)

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw codes (n, k)."""
        component = rng.choice(len(self.weights), size=n, p=self.weights)
        noise = rng.standard_normal((n, self.means.shape[1]))
        return np.asarray(
            self.means[component] + np.einsum("nij,nj->ni", self.factors[component], noise)
        )


@dataclass(kw_only=True, eq=False)
class DeterministicAutoencoder(Trained, ABC):
    """Draws a code from the mixture and decodes it. A subclass says what training minimises.

    Args:
        code: coordinates of the code, at most as many as a sample has.
        hidden: width of the two hidden layers on either side of the code.
        components: sizes of mixture to choose from, by the Akaike information criterion.
        steps: gradient steps, with a learning rate that falls from `rate` along half a cosine.
        batch: samples per step.
        learning_rate: highest learning rate.
        compared: codes to choose the size of the mixture by, at most, of a full budget.
    """

    code: int = 12
    hidden: int = 256
    components: tuple[int, ...] = (1, 4, 8, 12, 16, 20, 25, 30)
    steps: int = 1500
    batch: int = 128
    learning_rate: float = 2e-3
    compared: int = 8000

    activation: ClassVar[type[nn.Module]] = nn.ReLU

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        name = type(self).__name__
        if len(train) < 2:
            raise ValueError(f"{name} needs at least 2 samples, not {len(train)}.")
        self.mean, self.spread = train.mean(axis=0), spread(train)
        points, random = self._standardize(train), torch_generator(rng)
        with seeded(random.initial_seed()):
            self.encoder, self.decoder = self._networks(train.shape[1])

        def batch_loss(_: int) -> Tensor:
            return self._loss(
                points[torch.randint(len(points), (self.batch,), generator=random)], random
            )

        weights = [*self.encoder.parameters(), *self.decoder.parameters()]
        optimiser = torch.optim.AdamW(weights, lr=self.learning_rate, fused=True)
        steps = self.scaled(self.steps)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        for _ in minimise(batch_loss, optimiser, schedule, steps=steps, name=name):
            pass
        self.mixture = CodeMixture.by_aic(
            self.encode(train),
            self.components,
            seed=new_seed(rng),
            most=max(3, self.scaled(self.compared)),
        )
        return self

    @abstractmethod
    def _loss(self, points: Tensor, random: torch.Generator) -> Tensor:
        """Return the loss, a scalar, of a batch of standardized samples (n, d)."""

    def _reconstruction_error(self, codes: Tensor, points: Tensor) -> Tensor:
        error: Tensor = (self.decoder(codes) - points).square().mean()
        return error

    def _networks(self, d: int) -> tuple[nn.Sequential, nn.Sequential]:
        """Return the encoder and the decoder of samples with `d` coordinates."""
        code, hidden = min(self.code, d), self.hidden
        return (
            mlp(d, hidden, hidden, code, activation=self.activation),
            mlp(code, hidden, hidden, d, activation=self.activation),
        )

    def _standardize(self, samples: Array) -> Tensor:
        return torch.as_tensor((samples - self.mean) / self.spread, dtype=torch.float32)

    def encode(self, samples: Array) -> Array:
        """Return the code (n, k) of each sample."""
        with torch.no_grad():
            codes: Array = self.encoder(self._standardize(samples)).double().numpy()
        return codes

    def decode(self, latents: Array) -> Array:
        """Return the sample (n, d) that each code stands for."""
        with torch.no_grad():
            points = self.decoder(torch.as_tensor(latents, dtype=torch.float32)).double().numpy()
        return np.asarray(points * self.spread + self.mean)

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw codes (n, k) from the mixture."""
        return self.mixture.sample(n, rng=rng)

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return finite(self.decode(self.sample_latents(n, rng=rng)), "The autoencoder")

"""Autoencoder whose code is a few entries of codebooks, with a learned prior over the entries.

Van den Oord, Vinyals, Kavukcuoglu, "Neural discrete representation learning", NeurIPS 2017,
https://arxiv.org/abs/1711.00937. Differs from the paper: pictures are too small for a map of codes,
so the code is a sum, each slot holding what the slots before it left over (Lee et al.,
"Autoregressive image generation using residual quantization", CVPR 2022,
https://arxiv.org/abs/2203.01941); the first slot then says what kind of sample it is, and a prior
that has few samples to learn from gets the most out of the rest.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor

from ..training import (
    Array,
    Trained,
    finite,
    gradient_step,
    mlp,
    progress,
    seeded,
    spread,
    torch_generator,
)
from .code_prior import Prior
from .codebooks import Codebooks


@dataclass(kw_only=True, eq=False)
class VQVAE(Trained):
    """Draws codes from the prior, slot by slot, and decodes them.

    Args:
        slots: codes of a sample.
        size: entries of each slot's codebook.
        width: coordinates of an entry.
        hidden: width of the two hidden layers of encoder and decoder.
        steps: gradient steps for these, with a learning rate that falls along half a cosine.
        batch: samples per step.
        learning_rate: highest learning rate.
        commitment: weight of the squared distance between a code and what was coded.
        codebook_rate: share by which each step replaces an entry's running mean.
        prior_hidden: width of the prior's recurrent state.
        prior_steps: most gradient steps for the prior, which stops when held-out codes get less
            likely.
    """

    slots: int = 4
    size: int = 32
    width: int = 24
    hidden: int = 256
    steps: int = 1500
    batch: int = 128
    learning_rate: float = 2e-3
    commitment: float = 0.25
    codebook_rate: float = 0.02
    prior_hidden: int = 64
    prior_steps: int = 1000

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        n, d = train.shape
        if n < 8:
            raise ValueError(f"VQVAE needs at least 8 samples, not {n}.")
        random = torch_generator(rng)
        self.mean, self.spread = train.mean(axis=0), spread(train)
        points = self._standardize(train)
        with seeded(random.initial_seed()):
            self.encoder = mlp(d, self.hidden, self.hidden, self.width)
            self.decoder = mlp(self.width, self.hidden, self.hidden, d)
            prior = Prior(self.slots, self.size, self.prior_hidden)
        self._train_code(points, random)
        codes = self._quantize(points)[torch.randperm(n, generator=random)]
        self.prior = prior.trained(
            codes, steps=self.scaled(self.prior_steps), batch=self.batch, random=random
        )
        return self

    def _train_code(self, points: Tensor, random: torch.Generator) -> None:
        with torch.no_grad():
            start = self.encoder(points)
        self.codebooks = Codebooks(start, self.slots, self.size, random)
        weights = [*self.encoder.parameters(), *self.decoder.parameters()]
        optimiser = torch.optim.AdamW(weights, lr=self.learning_rate, fused=True)
        steps = self.scaled(self.steps)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        for step in progress(range(steps), "VQ-VAE"):
            batch = points[torch.randint(len(points), (self.batch,), generator=random)]
            vectors = self.encoder(batch)
            codes, quantized, residuals = self.codebooks.quantize(vectors.detach())
            # The decoder sees the quantized vector; the gradient passes straight to the encoder.
            straight_through = vectors + (quantized - vectors).detach()
            loss = ((self.decoder(straight_through) - batch) ** 2).mean()
            loss = loss + self.commitment * ((vectors - quantized) ** 2).mean()
            gradient_step(optimiser, loss)
            schedule.step()
            self.codebooks.update(codes, residuals, self.codebook_rate)
            if step % 20 == 0 and step < 0.8 * steps:  # the last fifth is left to settle
                self.codebooks.revive(residuals, 0.05 * self.batch / self.size, random)

    def _quantize(self, points: Tensor) -> Tensor:
        with torch.no_grad():
            codes, _, _ = self.codebooks.quantize(self.encoder(points))
        return codes

    def _standardize(self, samples: Array) -> Tensor:
        return torch.as_tensor((samples - self.mean) / self.spread, dtype=torch.float32)

    def encode(self, samples: Array) -> Array:
        """Return the code (n, slots) of each sample: whole numbers that name entries."""
        return np.asarray(self._quantize(self._standardize(samples)).double().numpy())

    def decode(self, latents: Array) -> Array:
        """Return the sample (n, d) that each code stands for."""
        codes = torch.as_tensor(latents, dtype=torch.long)
        with torch.no_grad():
            points = self.decoder(self.codebooks.decode(codes)).double().numpy()
        return np.asarray(points * self.spread + self.mean)

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw codes (n, slots) from the prior."""
        with torch.no_grad():
            codes = self.prior.sample(n, torch_generator(rng))
        return np.asarray(codes.double().numpy())

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return finite(self.decode(self.sample_latents(n, rng=rng)), "The decoder")

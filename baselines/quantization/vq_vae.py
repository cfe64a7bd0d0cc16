"""Autoencoder whose code is a few entries of codebooks, with a learned prior over the entries.

Van den Oord, Vinyals, Kavukcuoglu, "Neural discrete representation learning", NeurIPS 2017,
https://arxiv.org/abs/1711.00937. Differs from the paper: pictures are too small for a map of codes,
so the code is a sum, each slot holding what the slots before it left over (Lee et al.,
"Autoregressive image generation using residual quantization", CVPR 2022,
https://arxiv.org/abs/2203.01941); the first slot then says what kind of sample it is, and a prior
that has few samples to learn from gets the most out of the rest.
"""

import sys
from copy import deepcopy
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

Array = NDArray[np.float64]


class Codebooks:
    """One codebook for each slot, holding the running mean of the vectors that chose each entry.

    With `forget=1` an update replaces the means outright: a step of Lloyd's algorithm.
    """

    def __init__(self, start: Tensor, slots: int, size: int, generator: torch.Generator) -> None:
        self.entries = torch.zeros(slots, size, start.shape[1])
        self.counts = torch.ones(slots, size)
        left = start
        for slot in range(slots):  # begins at samples of what each slot has to code
            self.entries[slot] = left[torch.randint(len(left), (size,), generator=generator)]
            left = left - self.entries[slot][_nearest(left, self.entries[slot])]
        self.totals = self.entries.clone()

    def quantize(self, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return codes (n, slots), their sum (n, width), what each slot saw (slots, n, width)."""
        codes, seen, left = [], [], vectors
        for entries in self.entries:
            codes.append(_nearest(left, entries))
            seen.append(left)
            left = left - entries[codes[-1]]
        return torch.stack(codes, dim=1), vectors - left, torch.stack(seen)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the sum of the entries (n, width) that the codes (n, slots) name."""
        return sum(
            (entries[codes[:, slot]] for slot, entries in enumerate(self.entries)),
            start=torch.zeros(()),
        )

    def update(self, codes: Tensor, seen: Tensor, forget: float) -> None:
        """Move every entry towards the mean of the vectors that chose it."""
        chosen = one_hot(codes.T, self.counts.shape[1]).to(seen.dtype)  # (slots, n, size)
        self.counts.lerp_(chosen.sum(dim=1), forget)
        self.totals.lerp_(chosen.transpose(1, 2) @ seen, forget)
        used = self.counts[:, :, None] > 0
        means = self.totals / self.counts[:, :, None].clamp(min=1e-8)
        self.entries = torch.where(used, means, self.entries)

    def revive(self, seen: Tensor, least: float, generator: torch.Generator) -> None:
        """Put entries that are chosen less than `least` times a batch at vectors just seen."""
        slots, entries = torch.nonzero(self.counts < least, as_tuple=True)
        rows = torch.randint(seen.shape[1], (len(slots),), generator=generator)
        share = seen.shape[1] / self.counts.shape[1]
        self.entries[slots, entries] = seen[slots, rows]
        self.totals[slots, entries] = seen[slots, rows] * share
        self.counts[slots, entries] = share


class Prior(nn.Module):
    """A recurrent network that predicts each slot's code from those before it."""

    def __init__(self, slots: int, size: int, hidden: int) -> None:
        super().__init__()
        self.slots = slots
        self.begin = nn.Parameter(torch.zeros(1, hidden))
        self.embeddings = nn.ModuleList(nn.Embedding(size, hidden) for _ in range(slots - 1))
        self.cell = nn.GRUCell(hidden, hidden)
        self.heads = nn.ModuleList(nn.Linear(hidden, size) for _ in range(slots))

    def forward(self, codes: Tensor) -> Tensor:
        """Return the logits of every code (n, size, slots)."""
        inputs = [self.begin.expand(len(codes), -1)]
        inputs += [embed(codes[:, slot]) for slot, embed in enumerate(self.embeddings)]
        state = torch.zeros_like(inputs[0])
        logits = []
        for entering, head in zip(inputs, self.heads, strict=True):
            state = self.cell(entering, state)
            logits.append(head(state))
        return torch.stack(logits, dim=2)

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        codes = torch.zeros((n, self.slots), dtype=torch.long)
        for slot in range(self.slots):
            shares = self(codes)[:, :, slot].softmax(dim=1)
            codes[:, slot] = torch.multinomial(shares, 1, generator=generator)[:, 0]
        return codes


class VQVAE:
    """Draws codes from the prior, slot by slot, and decodes them.

    Args:
        slots: codes of a sample.
        size: entries of each slot's codebook.
        width: coordinates of an entry.
        hidden: width of the two hidden layers of encoder and decoder.
        steps: gradient steps for these, with a learning rate that falls along half a cosine.
        batch: samples per step.
        rate: highest learning rate.
        commitment: weight of the squared distance between a code and what was coded.
        forget: share by which each step replaces an entry's running mean.
        prior_hidden: width of the prior's recurrent state.
        prior_steps: most gradient steps for the prior, which stops when held-out codes get less
            likely.
    """

    def __init__(
        self,
        slots: int = 4,
        size: int = 32,
        width: int = 24,
        hidden: int = 256,
        steps: int = 1500,
        batch: int = 128,
        rate: float = 2e-3,
        commitment: float = 0.25,
        forget: float = 0.02,
        prior_hidden: int = 64,
        prior_steps: int = 1000,
    ) -> None:
        self.slots = slots
        self.size = size
        self.width = width
        self.hidden = hidden
        self.steps = steps
        self.batch = batch
        self.rate = rate
        self.commitment = commitment
        self.forget = forget
        self.prior_hidden = prior_hidden
        self.prior_steps = prior_steps

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        n, d = train.shape
        if n < 8:
            raise ValueError(f"VQVAE needs at least 8 samples, not {n}.")
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        self.mean, self.spread = train.mean(axis=0), _spread(train)
        points = torch.as_tensor((train - self.mean) / self.spread, dtype=torch.float32)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(generator.initial_seed())
            self.encoder = _perceptron(d, self.hidden, self.width)
            self.decoder = _perceptron(self.width, self.hidden, d)
            self.prior = Prior(self.slots, self.size, self.prior_hidden)
        self._train_code(points, generator)
        with torch.no_grad():
            codes, _, _ = self.codebooks.quantize(self.encoder(points))
        self._train_prior(codes[torch.randperm(n, generator=generator)], generator)
        return self

    def _train_code(self, points: Tensor, generator: torch.Generator) -> None:
        with torch.no_grad():
            start = self.encoder(points)
        self.codebooks = Codebooks(start, self.slots, self.size, generator)
        weights = [*self.encoder.parameters(), *self.decoder.parameters()]
        optimiser = torch.optim.AdamW(weights, lr=self.rate, fused=True)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, self.steps)
        for step in track(
            range(self.steps),
            description="VQ-VAE",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            batch = points[torch.randint(len(points), (self.batch,), generator=generator)]
            vectors = self.encoder(batch)
            codes, quantized, seen = self.codebooks.quantize(vectors.detach())
            # The decoder sees the quantized vector; the gradient passes straight to the encoder.
            straight = vectors + (quantized - vectors).detach()
            loss = ((self.decoder(straight) - batch) ** 2).mean()
            loss = loss + self.commitment * ((vectors - quantized) ** 2).mean()
            if not torch.isfinite(loss):
                raise FloatingPointError("The autoencoder's loss is not finite.")
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            schedule.step()
            self.codebooks.update(codes, seen, self.forget)
            if step % 20 == 0 and step < 0.8 * self.steps:  # the last fifth is left to settle
                self.codebooks.revive(seen, 0.05 * self.batch / self.size, generator)

    def _train_prior(self, codes: Tensor, generator: torch.Generator) -> None:
        held_out, used = codes[: len(codes) // 10 + 1], codes[len(codes) // 10 + 1 :]
        # The prior that is kept is a moving average of the one that is trained.
        trained = deepcopy(self.prior)
        optimiser = torch.optim.AdamW(trained.parameters(), lr=1e-3, weight_decay=0.1, fused=True)
        best, best_step, best_state = np.inf, 0, self.prior.state_dict()
        for step in track(
            range(1, self.prior_steps + 1),
            description="Prior",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            batch = used[torch.randint(len(used), (self.batch,), generator=generator)]
            loss = cross_entropy(trained(batch), batch)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            with torch.no_grad():
                pairs = zip(self.prior.parameters(), trained.parameters(), strict=True)
                for kept, new in pairs:
                    kept.lerp_(new, 1 - min(0.98, step / (step + 9)))
                if step % 20 and step < self.prior_steps:
                    continue
                surprise = float(cross_entropy(self.prior(held_out), held_out))
            if surprise < best:
                best, best_step, best_state = surprise, step, deepcopy(self.prior.state_dict())
            elif step - best_step >= 200:
                break
        self.prior.load_state_dict(best_state)

    def encode(self, samples: Array) -> Array:
        """Return the code (n, slots) of each sample: whole numbers that name entries."""
        points = torch.as_tensor((samples - self.mean) / self.spread, dtype=torch.float32)
        with torch.no_grad():
            codes, _, _ = self.codebooks.quantize(self.encoder(points))
        named: Array = codes.double().numpy()
        return named

    def decode(self, latents: Array) -> Array:
        """Return the sample (n, d) that each code stands for."""
        codes = torch.as_tensor(latents, dtype=torch.long)
        with torch.no_grad():
            points = self.decoder(self.codebooks.decode(codes)).double().numpy()
        samples: Array = points * self.spread + self.mean
        return samples

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw codes (n, slots) from the prior."""
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        with torch.no_grad():
            codes: Array = self.prior.sample(n, generator).double().numpy()
        return codes

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        samples = self.decode(self.sample_latents(n, rng=rng))
        if not np.isfinite(samples).all():
            raise FloatingPointError("The decoder returned values that are not finite.")
        return samples


def _nearest(vectors: Tensor, entries: Tensor) -> Tensor:
    """Return the index of the nearest entry (n,)."""
    return ((entries**2).sum(dim=1) - 2 * vectors @ entries.T).argmin(dim=1)


def _perceptron(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, outputs),
    )


def _spread(train: Array) -> Array:
    """Return the unit of each coordinate (d,): its standard deviation, or a stand-in for zero."""
    deviations: Array = train.std(axis=0)
    if np.array_equal(train, np.rint(train)):
        deviations = np.maximum(deviations, 1.0)  # one step: what hardly varies hardly matters
    size: Array = np.maximum(1.0, np.abs(train).max(axis=0))
    return np.where(deviations <= 1e-9 * size, 1e-4 * size, deviations)

"""What the autoregressive models share: training, drawing coordinate by coordinate."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from ..training import (
    Array,
    Trained,
    WarmupCosine,
    minimise_held_out,
    n_held_out,
    new_seed,
    scarce,
    seeded,
)
from .levels import SYMBOLS, Levels
from .network import AutoregressiveNetwork, Cache, Reader

IMPOSSIBLE = -1e4  # logit of a level that a coordinate does not have
EPOCH = 2000  # samples at most that an epoch goes through, so that a fit keeps to its budget


@dataclass(kw_only=True, eq=False)
class AutoregressiveModel(Trained, ABC):
    """Trained until held-out samples are no longer predicted better.

    Args:
        bins: levels that data other than whole numbers are cut into.
        scarce_bins: as many at most where samples are scarce: fewer than a hundred for each
            coordinate.
        blur: how far samples move in training, in bins: a bin's border is arbitrary.
        dropout: share of hidden units dropped in training.
        epochs: most passes over the training samples, or over `EPOCH` of more of them, with a rate
            that falls along half a cosine.
        patience: epochs without better held-out samples before training ends.
        batch: samples per step.
        learning_rate: highest learning rate.

    After `fit`, `n_parameters` says how many weights were learned, embeddings not counted, and
    `n_seen` how many coordinates were predicted in training, each as often as it was; `held_out`
    are the numbers of the training samples that were held out.
    """

    bins: int = 112
    scarce_bins: int = 64
    blur: float = 0.5
    dropout: float = 0.2
    epochs: int = 40
    patience: int = 8
    batch: int = 64
    learning_rate: float = 3e-3

    name: ClassVar[str]
    clip: ClassVar[float | None] = 1.0  # the longest gradient

    @abstractmethod
    def network(self, marginals: Tensor) -> AutoregressiveNetwork:
        """Return a fresh network for coordinates with these log-probabilities (d, levels)."""

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Learn from samples (n, d), some of which are held out.

        Raises:
            ValueError: there is one sample only.
            FloatingPointError: training diverged.
        """
        if len(train) < 2:
            raise ValueError(f"A {self.name} needs 2 training samples or more: one is held out.")
        self.levels = self._levels(train)
        order = rng.permutation(len(train))
        self.held_out, others = np.split(order, [n_held_out(len(train))])
        held_out, learned = self.levels.of(train[self.held_out]), train[others]
        with seeded(new_seed(rng)):  # dropout draws from that stream too
            net = self.network(self._marginals(learned))
            self.net = self._train(net, learned, held_out, rng)
        self.n_parameters = sum(
            weights.numel()
            for name, weights in net.named_parameters()
            if weights.requires_grad and "embedding" not in name
        )
        self.reader = Reader(self.net, len(self.levels.low))
        return self

    def _levels(self, train: Array) -> Levels:
        """Return how the coordinates of samples (n, d) are cut."""
        return Levels(train, self._bins(train))

    def _bins(self, train: Array) -> int:
        return min(self.bins, self.scarce_bins) if scarce(*train.shape) else self.bins

    def _marginals(self, samples: Array) -> Tensor:
        """Log-probability of each level of each coordinate (d, levels), on its own."""
        columns = self.levels.of(samples).T.numpy()
        counts = np.stack([np.bincount(column, minlength=self.levels.count) for column in columns])
        there = np.arange(self.levels.count) < self.levels.counts[:, None]
        logits = np.where(there, np.log(counts + 0.1), IMPOSSIBLE)
        return torch.tensor(logits, dtype=torch.float32).log_softmax(1)

    def _train(
        self,
        net: AutoregressiveNetwork,
        learned: Array,
        held_out: Tensor,
        rng: np.random.Generator,
    ) -> AutoregressiveNetwork:
        batches_per_epoch = math.ceil(min(len(learned), EPOCH) / self.batch)
        batches = self._batches(learned, rng)
        steps = self.scaled(self.epochs) * batches_per_epoch
        optimiser = torch.optim.AdamW(
            net.parameters(), lr=self.learning_rate, weight_decay=0.05, fused=True
        )
        schedule = WarmupCosine(optimiser, steps, warmup=50)
        self.n_seen = 0

        def loss(_: int) -> Tensor:
            levels = next(batches)
            self.n_seen += levels.numel()
            return net.log_mass(levels).mean().neg()

        return minimise_held_out(
            net,
            loss,
            lambda kept: kept.log_mass(held_out).mean().neg(),
            optimiser,
            schedule,
            steps=steps,
            name=self.name,
            check_every=batches_per_epoch,
            clip=self.clip,
            decay=0.0,  # of no average: what is kept is the network itself
            patience=(self.scaled(self.patience) + 1) * batches_per_epoch,
        )

    def _batches(self, learned: Array, rng: np.random.Generator) -> Iterator[Tensor]:
        """Yield levels (batch, d), pass after pass over all samples, each in an order of its own.

        Samples move a little in each pass, so that neighbouring bins share them.
        """
        blur = np.where(self.levels.exact, 0.0, self.blur)
        while True:
            order = rng.permutation(len(learned))
            moved = learned + blur * self.levels.width * rng.normal(size=learned.shape)
            levels = self.levels.of(moved)
            for rows in np.array_split(order, math.ceil(len(order) / self.batch)):
                yield levels[rows]

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw n samples (n, d), coordinate by coordinate."""
        return self._continue(torch.zeros((n, 0), dtype=torch.int64), rng)

    @torch.no_grad()
    def _continue(self, levels: Tensor, rng: np.random.Generator) -> Array:
        """Draw samples (n, d) whose first coordinates have these levels (n, i)."""
        given = levels.shape[1]
        levels = nn.functional.pad(levels, (0, len(self.levels.low) - given))
        cache: Cache = {}
        for i in range(levels.shape[1]):
            logits = self.net.next_logits(levels[:, :i], cache).numpy()  # which fills the cache
            if i >= given:
                noise = np.log(rng.exponential(size=logits.shape))
                levels[:, i] = torch.tensor((logits - noise).argmax(1))  # Gumbel-max
        return self.levels.dequantize(levels.double().numpy(), rng)

    def log_prob(self, samples: Array) -> Array:
        """Exact log-density in nats; minus infinity where whole numbers leave their range."""
        parts = torch.split(self.levels.of(samples), 256)
        mass = torch.cat([self.net.log_mass(part) for part in parts]).double().numpy()
        density: Array = mass + self.levels.log_density(samples)
        return density

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, symbols), in nats, after prefixes (n, t).

        Symbols are the whole numbers from 0 to the highest of training. A prefix that continues one
        of those that were asked for last is not read from its beginning again.

        Raises:
            ValueError: training samples were not whole numbers from 0 up, less than 256 apart.
        """
        if not self.levels.symbols:
            raise ValueError(
                f"To tell what comes next, a {self.name} needs {SYMBOLS}, in training too."
            )
        logits = self.reader.next_logits(self.levels.of(prefixes))
        log_probs = logits.double().log_softmax(1).numpy()
        return self.levels.by_symbol(log_probs, prefixes.shape[1])

"""What the autoregressive models share: levels, training, drawing coordinate by coordinate.

Coordinates are cut into levels, each predicted as a category. Those of whole numbers in a range of
at most 256 are the levels themselves; others get equal bins over the training range and one more at
either end, whose density falls off exponentially for ever.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from ..training import Array, Trained, WarmupCosine, minimise_held_out, new_seed, scarce, seeded

IMPOSSIBLE = -1e4  # logit of a level that a coordinate does not have

Cache = dict[nn.Module, tuple[Tensor, ...]]  # what layers keep of the coordinates they have read


class Levels:
    """Cuts coordinates into levels and back; knows the density inside each level."""

    def __init__(self, train: Array, bins: int) -> None:
        low, high = train.min(axis=0), train.max(axis=0)
        whole = (train == np.rint(train)).all(axis=0)
        if whole.all() and high.max() - low.min() < 256:
            # One range for all: a pixel blank in training may be inked elsewhere.
            low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
        self.exact = whole & (high - low < 256)
        binned = np.where(high > low, high - low, 1.0) / (bins - 2)
        self.width = np.where(self.exact, 1.0, binned)
        self.low = low - np.where(self.exact, 0.5, binned)
        self.counts = np.where(self.exact, high - low + 1, bins).astype(int)  # of each coordinate
        self.count = int(self.counts.max())

    def after_classes(self, count: int) -> Self:
        """Put before the others a coordinate whose levels are the whole numbers below `count`."""
        self.exact, self.width = np.append(True, self.exact), np.append(1.0, self.width)
        self.low, self.counts = np.append(-0.5, self.low), np.append(count, self.counts)
        self.count = int(self.counts.max())
        return self

    def of(self, samples: Array) -> Tensor:
        """Level of each coordinate (n, d); the end levels reach to infinity."""
        places = np.clip(np.floor((samples - self.low) / self.width), 0, self.counts - 1)
        return torch.tensor(places, dtype=torch.int64)

    def dequantize(self, levels: Array, rng: np.random.Generator) -> Array:
        """Draw a point (n, d) inside each level; its centre, where levels are whole numbers."""
        even, tail = rng.random(levels.shape), rng.exponential(size=levels.shape)
        places = np.where(levels == 0, 1 - tail, levels + even)
        places = np.where(levels == self.counts - 1, levels + tail, places)
        places = np.where(self.exact, levels + 0.5, places)
        points: Array = places * self.width + self.low
        return points

    def log_density(self, samples: Array) -> Array:
        """Log-density (n,) of samples given their levels: even, but exponential at either end."""
        places = (samples - self.low) / self.width
        outside = np.where((places < 0) | (places > self.counts), np.inf, 0.0)
        tail = np.maximum(0, np.maximum(1 - places, places - (self.counts - 1)))
        tail = np.where(self.exact, outside, tail)
        density: Array = -(np.log(self.width) + tail).sum(axis=1)
        return density


def cosine_basis(count: int) -> Tensor:
    """Features of levels (levels, features): slow cosines are large, so neighbours are alike."""
    places, frequencies = torch.arange(count) + 0.5, torch.arange(count)
    return torch.cos(math.pi * places[:, None] * frequencies / count) / (1 + frequencies) ** 0.5


class AutoregressiveNetwork(nn.Module):
    """Logits (n, d, levels) from levels (n, d); those of a coordinate see only those before it.

    Networks read levels, and write logits, in the cosine basis. They add to logits that are learned
    for each coordinate, and add nothing before training: those start at the marginals, which take
    long to learn and are known.
    """

    basis: Tensor

    def __init__(self, levels: int) -> None:
        super().__init__()
        self.register_buffer("basis", cosine_basis(levels))

    def log_mass(self, levels: Tensor) -> Tensor:
        """Log-probability (n,) of whole rows of levels."""
        logits: Tensor = self(levels).log_softmax(-1)
        return logits.gather(2, levels[:, :, None]).sum((1, 2))

    def next_logits(self, levels: Tensor, cache: Cache) -> Tensor:
        """Logits (n, levels) of the coordinate that follows `levels` (n, i).

        Coordinates are asked for one after another, with one `cache`, which is empty at first.
        Here it stays empty: the network reads everything again, with any level in the next place.
        """
        logits: Tensor = self(nn.functional.pad(levels, (0, 1)))[:, -1]
        return logits


class SequenceNetwork(AutoregressiveNetwork):
    """A network whose every position reads the coordinate before it, and where it is."""

    output_layer: nn.Linear

    def __init__(self, marginals: Tensor, width: int) -> None:
        d, count = marginals.shape
        super().__init__(count)
        self.level_embedding = nn.Linear(count, width)
        self.positional_embedding = nn.Parameter(0.3 * torch.randn(d, width))
        self.marginals = nn.Parameter(marginals)

    def embed(self, levels: Tensor, start: int = 0) -> Tensor:
        """Embeddings (n, 1 + length, width) of the positions from `start` on.

        Each reads the level before its own, out of `levels` (n, length); `start` itself reads none.
        """
        previous = nn.functional.pad(self.level_embedding(self.basis[levels]), (0, 0, 1, 0))
        return previous + self.positional_embedding[start : start + previous.shape[1]]

    def logits(self, hidden: Tensor, start: int = 0) -> Tensor:
        """Logits (n, length, levels) from hidden units (n, length, width) from `start` on."""
        marginals = self.marginals[start : start + hidden.shape[1]]
        logits: Tensor = marginals + self.output_layer(hidden) @ self.basis.T
        return logits


@dataclass(kw_only=True, eq=False)
class AutoregressiveModel(Trained, ABC):
    """Trained until held-out samples are no longer predicted better.

    Args:
        bins: levels that data other than whole numbers are cut into.
        scarce_bins: as many at most where samples are scarce: fewer than a hundred for each
            coordinate.
        blur: how far samples move in training, in bins: a bin's border is arbitrary.
        dropout: share of hidden units dropped in training.
        epochs: most passes over the training samples, with a rate that falls along half a cosine.
        patience: passes without better held-out samples before training ends.
        batch: samples per step.
        learning_rate: highest learning rate.
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
        """Learn from samples (n, d), a tenth of which is held out.

        Raises:
            ValueError: there is one sample only.
            FloatingPointError: training diverged.
        """
        if len(train) < 2:
            raise ValueError(f"A {self.name} needs 2 training samples or more: one is held out.")
        self.levels = self._levels(train)
        shuffled = rng.permutation(train)
        held_out = self.levels.of(shuffled[: max(1, len(train) // 10)])
        learned = shuffled[len(held_out) :]
        with seeded(new_seed(rng)):  # dropout draws from that stream too
            net = self.network(self._marginals(learned))
            self.net = self._train(net, learned, held_out, rng)
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
        batches_per_epoch = math.ceil(len(learned) / self.batch)
        batches = self._batches(learned, batches_per_epoch, rng)
        steps = self.scaled(self.epochs) * batches_per_epoch
        optimiser = torch.optim.AdamW(
            net.parameters(), lr=self.learning_rate, weight_decay=0.05, fused=True
        )
        schedule = WarmupCosine(optimiser, steps, warmup=50)

        def loss(_: int) -> Tensor:
            return net.log_mass(next(batches)).mean().neg()

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

    def _batches(
        self, learned: Array, per_epoch: int, rng: np.random.Generator
    ) -> Iterator[Tensor]:
        """Yield levels (batch, d), epoch after epoch, each in an order of its own.

        Samples move a little in each epoch, so that neighbouring bins share them.
        """
        blur = np.where(self.levels.exact, 0.0, self.blur)
        while True:
            order = rng.permutation(len(learned))
            moved = learned + blur * self.levels.width * rng.normal(size=learned.shape)
            levels = self.levels.of(moved)
            for rows in np.array_split(order, per_epoch):
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

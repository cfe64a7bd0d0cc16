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
        # How many whole numbers there are from 0 to the highest; 0 where data are not such numbers.
        self.symbols = int(high.max()) + 1 if self.exact.all() and low.min() >= 0 else 0

    def after_classes(self, count: int) -> Self:
        """Put before the others a coordinate whose levels are the whole numbers below `count`."""
        self.exact, self.width = np.append(True, self.exact), np.append(1.0, self.width)
        self.low, self.counts = np.append(-0.5, self.low), np.append(count, self.counts)
        self.count = int(self.counts.max())
        return self

    def of(self, samples: Array) -> Tensor:
        """Level of each coordinate (n, d), or of the first few; the end ones reach to infinity."""
        t = samples.shape[1]
        places = np.floor((samples - self.low[:t]) / self.width[:t])
        return torch.tensor(np.clip(places, 0, self.counts[:t] - 1), dtype=torch.int64)

    def by_symbol(self, values: Array, place: int) -> Array:
        """Return values of symbols (n, symbols) from those of a coordinate's levels (n, levels)."""
        first, count = round(self.low[place] + 0.5), self.counts[place]
        symbols = np.full((len(values), self.symbols), -np.inf)
        symbols[:, first : first + count] = values[:, :count]
        return symbols

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
    remembers: ClassVar[bool] = False  # whether `next_logits` fills its cache

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


class InputDropout(nn.Module):
    """Replaces, in training, a share of the levels by others, as common as these are.

    Xie et al., "Data noising as smoothing in neural network language models", ICLR 2017,
    https://arxiv.org/abs/1703.02573: what follows is then also learned from shorter contexts.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, levels: Tensor) -> Tensor:
        if not (self.training and self.share):
            return levels
        others = levels.flatten()[torch.randint(levels.numel(), levels.shape)]
        return torch.where(torch.rand(levels.shape) < self.share, others, levels)


class PlacedNetwork(AutoregressiveNetwork):
    """A network of one set of weights for all places, which are told apart by where they are.

    Where places are alike nothing tells them apart: they have no embedding, and the same marginals.
    The levels are symbols then, none of which is a neighbour of another: their basis is themselves.

    Args:
        levels: how many there are.
        width: numbers that describe one.
        alike: whether places are.
        input_dropout: share of the levels that are replaced in training where they are read.
    """

    def __init__(self, levels: int, width: int, *, alike: bool, input_dropout: float) -> None:
        super().__init__(levels)
        self.alike = alike
        if alike:
            self.basis = torch.eye(levels)
        self.level_embedding = nn.Linear(levels, width)
        self.input_dropout = InputDropout(input_dropout)

    def place(self, marginals: Tensor, width: int) -> None:
        """Tell places apart by their marginals (d, levels) and by embeddings (d, width)."""
        where = 0.3 * torch.randn(len(marginals), width) * (not self.alike)
        self.positional_embedding = nn.Parameter(where, requires_grad=not self.alike)
        self.marginals = nn.Parameter(marginals, requires_grad=not self.alike)

    def describe(self, levels: Tensor) -> Tensor:
        """Embeddings (n, length, width) of levels (n, length)."""
        embeddings: Tensor = self.level_embedding(self.basis[self.input_dropout(levels)])
        return embeddings


class SequenceNetwork(PlacedNetwork):
    """A network whose every position reads the coordinate before it, and where it is."""

    output_layer: nn.Linear

    def __init__(self, marginals: Tensor, width: int, *, alike: bool, input_dropout: float) -> None:
        count = marginals.shape[1]
        super().__init__(count, width, alike=alike, input_dropout=input_dropout)
        self.place(marginals, width)

    def embed(self, levels: Tensor, start: int = 0) -> Tensor:
        """Embeddings (n, 1 + length, width) of the positions from `start` on.

        Each reads the level before its own, out of `levels` (n, length); `start` itself reads none.
        """
        previous = nn.functional.pad(self.describe(levels), (0, 0, 1, 0))
        return previous + self.positional_embedding[start : start + previous.shape[1]]

    def logits(self, hidden: Tensor, start: int = 0) -> Tensor:
        """Logits (n, length, levels) from hidden units (n, length, width) from `start` on."""
        marginals = self.marginals[start : start + hidden.shape[1]]
        logits: Tensor = marginals + self.output_layer(hidden) @ self.basis.T
        return logits


class Reader:
    """Reads the beginnings of rows, and goes on from those it has read last.

    What continues one of the last beginnings, in any order and as often as it may, is not read from
    its first coordinate again. Answers do not depend on what was asked before.
    """

    def __init__(self, net: AutoregressiveNetwork, length: int) -> None:
        self.net, self.length = net, length
        self.forget()

    def forget(self) -> None:
        """Keep nothing of what was read."""
        self.levels = self.logits = torch.zeros((0, 0))
        self.cache: Cache = {}

    @torch.no_grad()
    def next_logits(self, levels: Tensor) -> Tensor:
        """Logits (n, levels) of the coordinate that follows `levels` (n, t)."""
        for i in range(self._recall(levels) + 1, levels.shape[1] + 1):
            if self.net.remembers or i == levels.shape[1]:
                self.logits = self.net.next_logits(levels[:, :i], self.cache)
        self.levels = levels
        if levels.shape[1] == self.length - 1:
            self.cache = {}  # nothing goes on from here
        return self.logits

    def _recall(self, levels: Tensor) -> int:
        """Return after how many coordinates of these the cache and the logits are; -1: none."""
        done = self.levels.shape[1]
        known = {row.tobytes(): i for i, row in enumerate(self.levels.numpy())}
        rows = [known.get(row.tobytes(), -1) for row in levels[:, :done].numpy()]
        if done > levels.shape[1] or -1 in rows:
            self.forget()
            return -1
        self.logits = self.logits[rows]
        for layer, kept in self.cache.items():
            self.cache[layer] = tuple(values[rows] for values in kept)
        return done


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

    After `fit`, `n_parameters` says how many weights were learned, embeddings not counted, and
    `n_seen` how many coordinates were predicted in training, each as often as it was.
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
        batches_per_epoch = math.ceil(len(learned) / self.batch)
        batches = self._batches(learned, batches_per_epoch, rng)
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

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, symbols), in nats, after prefixes (n, t).

        Symbols are the whole numbers from 0 to the highest of training. A prefix that continues one
        of those that were asked for last is not read from its beginning again.

        Raises:
            ValueError: the training samples were not whole numbers from 0 to at most 255.
        """
        if not self.levels.symbols:
            raise ValueError(
                f"A {self.name} tells what comes next only of whole numbers from 0 up, less than "
                "256 apart; its training samples were others."
            )
        logits = self.reader.next_logits(self.levels.of(prefixes))
        log_probs = logits.double().log_softmax(1).numpy()
        return self.levels.by_symbol(log_probs, prefixes.shape[1])


@dataclass(kw_only=True, eq=False)
class SequenceModel(AutoregressiveModel):
    """Predicts every place with the same weights.

    Args:
        alike: whether a place means nothing, as in windows of a text: no place has parameters of
            its own, and numbers are names of symbols, of which neighbours are not alike.
        input_dropout: share of the coordinates that are replaced by others, in training, where they
            are read.
    """

    alike: bool = False
    input_dropout: float = 0.0

    def _marginals(self, samples: Array) -> Tensor:
        marginals = super()._marginals(samples)
        return marginals.exp().mean(0).log().expand_as(marginals) if self.alike else marginals

"""A small network that predicts each coordinate from the last few before it.

Bengio, Ducharme, Vincent, Jauvin, "A neural probabilistic language model", Journal of Machine
Learning Research, 2003, https://www.jmlr.org/papers/v3/bengio03a.html: a Markov chain of high order
whose table of probabilities is a network. Differs from the paper: coordinates have places of their
own, so a learned offset for each tells the network where it is.

Coordinates are cut into levels, each predicted as a category. Whole numbers in a range of at most
256 are the levels themselves; other data get equal bins over the training range and one more at
either end, whose density falls off exponentially for ever.

Over three seeds it reaches 1.84 bits per dimension on digits, where the Fréchet distance is 5.7 to
7.5, in 16 CPU seconds, and .26 on the ring, in 2.
"""

import math
import sys
from copy import deepcopy
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn

Array = NDArray[np.float64]


class Levels:
    """Cuts coordinates into levels and back; knows the density inside each level."""

    def __init__(self, train: Array, bins: int) -> None:
        low, high = train.min(axis=0), train.max(axis=0)
        self.exact = bool(np.array_equal(train, np.rint(train)) and high.max() - low.min() < 256)
        if self.exact:
            self.count = int(high.max() - low.min()) + 1
            self.low, self.width = np.full_like(low, low.min() - 0.5), np.ones_like(low)
        else:
            self.count = bins
            self.width = np.where(high > low, high - low, 1.0) / (bins - 2)
            self.low = low - self.width

    def of(self, samples: Array) -> Tensor:
        """Level of each coordinate (n, d); the end levels reach to infinity."""
        places = np.clip(np.floor((samples - self.low) / self.width), 0, self.count - 1)
        return torch.tensor(places, dtype=torch.int64)

    def log_density_inside(self, samples: Array) -> Array:
        """Log-density (n,) of samples given their levels: even, but exponential at either end."""
        places = (samples - self.low) / self.width
        if self.exact:
            tail = np.where((places < 0) | (places > self.count), np.inf, 0.0)
        else:
            tail = np.maximum(0, np.maximum(1 - places, places - (self.count - 1)))
        density: Array = -(np.log(self.width) + tail).sum(axis=1)
        return density

    def draw_inside(self, levels: Array, rng: np.random.Generator) -> Array:
        """Draw a point (n, d) inside each level; its centre, where levels are whole numbers."""
        if self.exact:
            centres: Array = levels + self.low + 0.5
            return centres
        even, tail = rng.random(levels.shape), rng.exponential(size=levels.shape)
        places = np.where(levels == 0, 1 - tail, levels + even)
        places = np.where(levels == self.count - 1, levels + tail, places)
        points: Array = places * self.width + self.low
        return points


def waves(count: int) -> Tensor:
    """Cosines that describe levels (levels, waves); slow ones are loud, so neighbours are alike."""
    places, speeds = torch.arange(count) + 0.5, torch.arange(count)
    return torch.cos(math.pi * places[:, None] * speeds / count) / (1 + speeds) ** 0.5


class FiniteMemoryNetwork(nn.Module):
    """Logits (n, d, levels) from levels (n, d); a coordinate's see the last `memory` before it."""

    waves: Tensor

    def __init__(
        self, marginals: Tensor, memory: int, width: int, hidden: int, dropout: float
    ) -> None:
        super().__init__()
        d, count = marginals.shape
        self.memory = memory
        self.register_buffer("waves", waves(count))
        self.value = nn.Linear(count, width)
        self.enter = nn.Linear(memory * width, hidden)
        self.position = nn.Parameter(0.3 * torch.randn(d, hidden))
        self.middle = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, count)
        self.dropout = nn.Dropout(dropout)
        self.marginals = nn.Parameter(marginals)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, levels: Tensor) -> Tensor:
        # Places before the first read as zeros.
        values = nn.functional.pad(self.value(self.waves[levels]), (0, 0, self.memory, 0))
        windows = values[:, :-1].unfold(1, self.memory, 1).flatten(2)  # (n, d, width * memory)
        return self.read(windows, self.position, self.marginals)

    def at(self, i: int, levels: Tensor) -> Tensor:
        """Logits (n, levels) of coordinate i alone."""
        seen = self.value(self.waves[levels[:, max(0, i - self.memory) : i]])
        seen = nn.functional.pad(seen, (0, 0, max(0, self.memory - i), 0))
        return self.read(seen.transpose(1, 2).flatten(1), self.position[i], self.marginals[i])

    def read(self, windows: Tensor, position: Tensor, marginals: Tensor) -> Tensor:
        h = self.enter(windows) + position
        h = h + self.middle(self.dropout(nn.functional.silu(h)))
        logits: Tensor = marginals + self.last(self.dropout(nn.functional.silu(h))) @ self.waves.T
        return logits


class FiniteMemory:
    """Trained until held-out samples are no longer predicted better.

    Args:
        memory: coordinates that are remembered.
        width: numbers that describe each of them.
        hidden: width of the network's two hidden layers.
        bins: levels that data other than whole numbers are cut into.
        blur: how far samples move in training, in bins: a bin's border is arbitrary.
        dropout: share of hidden units dropped in training.
        epochs: most passes over the training samples, with a rate that falls along half a cosine.
        patience: passes without better held-out samples before training ends.
        batch: samples per step.
        learning_rate: highest learning rate.
    """

    def __init__(
        self,
        *,
        memory: int = 16,
        width: int = 16,
        hidden: int = 128,
        bins: int = 64,
        blur: float = 0.5,
        dropout: float = 0.2,
        epochs: int = 40,
        patience: int = 8,
        batch: int = 64,
        learning_rate: float = 3e-3,
    ) -> None:
        self.memory = memory
        self.width = width
        self.hidden = hidden
        self.bins, self.blur, self.dropout = bins, blur, dropout
        self.epochs, self.patience, self.batch = epochs, patience, batch
        self.learning_rate = learning_rate

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("A finite memory needs 2 training samples or more: one is held out.")
        self.levels = Levels(train, self.bins)
        shuffled = rng.permutation(train)
        held_out = self.levels.of(shuffled[: max(1, len(train) // 10)])
        learned = shuffled[len(held_out) :]
        # Start from the marginals: they take long to learn and are known.
        counts = np.stack(
            [np.bincount(x, minlength=self.levels.count) for x in self.levels.of(learned).T.numpy()]
        )
        marginals = torch.tensor(np.log(counts + 0.1), dtype=torch.float32).log_softmax(1)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**31)))
            net = FiniteMemoryNetwork(marginals, self.memory, self.width, self.hidden, self.dropout)
            self._train(net, learned, held_out, rng)
        return self

    def _train(
        self, net: FiniteMemoryNetwork, learned: Array, held_out: Tensor, rng: np.random.Generator
    ) -> None:
        steps = self.epochs * math.ceil(len(learned) / self.batch)
        optimizer = torch.optim.AdamW(
            net.parameters(), lr=self.learning_rate, weight_decay=0.05, fused=True
        )
        # A bin's border is arbitrary: move samples a little, so that neighbouring bins share them.
        blur = 0.0 if self.levels.exact else self.blur
        best, since, step = math.inf, 0, 0
        for _ in track(
            range(self.epochs),
            description="Finite memory",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            order = rng.permutation(len(learned))
            moved = learned + blur * self.levels.width * rng.normal(size=learned.shape)
            data = self.levels.of(moved)
            for rows in np.array_split(order, math.ceil(len(order) / self.batch)):
                rise, fall = min(1.0, (step + 1) / 50), (1 + math.cos(math.pi * step / steps)) / 2
                optimizer.param_groups[0]["lr"] = self.learning_rate * rise * fall
                step += 1
                loss = _log_mass(net, data[rows]).mean().neg()
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimizer.step()
            net.eval()
            with torch.no_grad():
                surprise = -_log_mass(net, held_out).mean().item()
            net.train()
            if not math.isfinite(surprise):
                raise FloatingPointError("The finite memory diverged: its loss is not finite.")
            since += 1
            if surprise < best:
                best, since = surprise, 0
                self.net = deepcopy(net).eval().requires_grad_(requires_grad=False)
            if since > self.patience:
                break

    @torch.no_grad()
    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        d = len(self.levels.low)
        levels = torch.zeros(n, d, dtype=torch.int64)
        for i in range(d):
            logits = self.net.at(i, levels).numpy()
            drawn = (logits - np.log(rng.exponential(size=logits.shape))).argmax(1)
            levels[:, i] = torch.tensor(drawn)
        return self.levels.draw_inside(levels.double().numpy(), rng)

    def log_prob(self, samples: Array) -> Array:
        """Exact log-density in nats; minus infinity where whole numbers leave their range."""
        parts = torch.split(self.levels.of(samples), 256)
        masses = [_log_mass(self.net, part) for part in parts]
        density: Array = torch.cat(masses).double().numpy() + self.levels.log_density_inside(
            samples
        )
        return density


def _log_mass(net: FiniteMemoryNetwork, levels: Tensor) -> Tensor:
    """Log-probability (n,) of whole rows of levels."""
    logits: Tensor = net(levels).log_softmax(-1)
    return logits.gather(2, levels[:, :, None]).sum((1, 2))

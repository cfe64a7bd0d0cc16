"""A small decoder-only Transformer that writes a sample coordinate by coordinate.

Attention Is All You Need, Vaswani et al., NeurIPS 2017, https://arxiv.org/abs/1706.03762.
Coordinates are cut into levels, each predicted as a category from all those before it.
Whole numbers in a range of at most 256 are the levels themselves; other data get equal bins over
the training range and one more at either end, whose density falls off exponentially for ever.
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


class Block(nn.Module):
    """Causal attention, then a network for each position; both add to what they read."""

    def __init__(self, length: int, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.ask_and_tell = nn.Linear(width, 3 * width)
        self.gather = nn.Linear(width, width)
        self.think = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.dropout = nn.Dropout(dropout)
        # Where to look, whatever is there: coordinates have fixed neighbours.
        self.habit = nn.Parameter(0.02 * torch.randn(heads, length, length))

    def forward(self, x: Tensor, memory: list[Tensor]) -> Tensor:
        """Extend `memory` (keys, values of earlier positions; may be empty) by positions x."""
        n, new, width = x.shape
        parts = self.ask_and_tell(self.norms[0](x)).view(n, new, 3, self.heads, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        if memory:
            key, value = torch.cat([memory[0], key], 2), torch.cat([memory[1], value], 2)
        memory[:] = [key, value]
        end = key.shape[2]
        later = torch.ones(new, end, dtype=torch.bool).triu(1 + end - new)
        habit = self.habit[:, end - new : end, :end].masked_fill(later, -math.inf)
        seen = nn.functional.scaled_dot_product_attention(
            query, key, value, attn_mask=habit.expand(n, -1, -1, -1)
        )
        x = x + self.dropout(self.gather(seen.transpose(1, 2).reshape(n, new, width)))
        thought: Tensor = self.dropout(self.think(self.norms[1](x)))
        return x + thought


class Decoder(nn.Module):
    """Logits (n, d, levels) from levels (n, d); those of a coordinate see only those before it."""

    waves: Tensor

    def __init__(
        self, marginals: Tensor, width: int, layers: int, heads: int, dropout: float
    ) -> None:
        super().__init__()
        length, count = marginals.shape
        self.register_buffer("waves", waves(count))
        self.value = nn.Linear(count, width)
        self.position = nn.Parameter(0.3 * torch.randn(length, width))
        self.blocks = nn.ModuleList([Block(length, width, heads, dropout) for _ in range(layers)])
        self.norm, self.last = nn.LayerNorm(width), nn.Linear(width, count)
        self.marginals = nn.Parameter(marginals)
        nn.init.zeros_(self.last.weight)

    def forward(self, levels: Tensor) -> Tensor:
        start = torch.zeros(len(levels), 1, self.position.shape[1])
        before = self.value(self.waves[levels[:, :-1]])  # each position reads the one before it
        return self.read(torch.cat([start, before], 1), 0, [[] for _ in self.blocks])

    def read(self, x: Tensor, first: int, memory: list[list[Tensor]]) -> Tensor:
        """Logits from inputs x (n, new, width) at positions from `first` on."""
        here = slice(first, first + x.shape[1])
        x = x + self.position[here]
        for block, keys_and_values in zip(self.blocks, memory, strict=True):
            x = block(x, keys_and_values)
        logits: Tensor = self.marginals[here] + self.last(self.norm(x)) @ self.waves.T
        return logits


class Transformer:
    """Trained until held-out samples are no longer predicted better."""

    def __init__(
        self,
        *,
        width: int = 64,
        layers: int = 2,
        heads: int = 4,
        bins: int = 64,
        blur: float = 0.5,
        dropout: float = 0.1,
        epochs: int = 25,
        patience: int = 5,
        batch: int = 32,
        learning_rate: float = 4e-3,
    ) -> None:
        self.width, self.layers, self.heads, self.dropout = width, layers, heads, dropout
        self.bins, self.blur, self.epochs, self.patience = bins, blur, epochs, patience
        self.batch, self.learning_rate = batch, learning_rate

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("A Transformer needs 2 training samples or more: one is held out.")
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
            net = Decoder(marginals, self.width, self.layers, self.heads, self.dropout)
            self._train(net, learned, held_out, rng)
        return self

    def _train(
        self, net: Decoder, learned: Array, held_out: Tensor, rng: np.random.Generator
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
            description="Transformer",
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
                optimizer.step()
            net.eval()
            with torch.no_grad():
                surprise = -_log_mass(net, held_out).mean().item()
            net.train()
            if not math.isfinite(surprise):
                raise FloatingPointError("The Transformer diverged: its loss is not finite.")
            since += 1
            if surprise < best:
                best, since = surprise, 0
                self.net = deepcopy(net).eval().requires_grad_(requires_grad=False)
            if since > self.patience:
                break

    @torch.no_grad()
    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        levels = np.empty((n, len(self.levels.low)))
        x = torch.zeros(n, 1, self.width)
        memory: list[list[Tensor]] = [[] for _ in range(self.layers)]
        for i in range(levels.shape[1]):
            logits = self.net.read(x, i, memory)[:, 0]
            drawn = (logits.numpy() - np.log(rng.exponential(size=logits.shape))).argmax(1)
            levels[:, i] = drawn
            x = self.net.value(self.net.waves[torch.tensor(drawn)])[:, None]
        return self.levels.draw_inside(levels, rng)

    def log_prob(self, samples: Array) -> Array:
        """Exact log-density in nats; minus infinity where whole numbers leave their range."""
        parts = torch.split(self.levels.of(samples), 256)
        masses = [_log_mass(self.net, part) for part in parts]
        density: Array = torch.cat(masses).double().numpy() + self.levels.log_density_inside(
            samples
        )
        return density


def _log_mass(net: Decoder, levels: Tensor) -> Tensor:
    """Log-probability (n,) of whole rows of levels."""
    logits: Tensor = net(levels).log_softmax(-1)
    return logits.gather(2, levels[:, :, None]).sum((1, 2))

"""Masked autoregressive network: every coordinate's distribution given those before it, at once.

MADE: Masked Autoencoder for Distribution Estimation, Germain et al., ICML 2015,
https://arxiv.org/abs/1502.03509. Coordinates are cut into levels, each predicted as a category.
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


class MaskedLinear(nn.Linear):
    """A linear layer some of whose weights are always zero."""

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.weight * self.mask, self.bias)


class MaskedNetwork(nn.Module):
    """Logits (n, d, levels) from levels (n, d); those of a coordinate see only those before it."""

    waves: Tensor

    def __init__(self, marginals: Tensor, hidden: int, dropout: float) -> None:
        super().__init__()
        d, count = marginals.shape
        rank = torch.arange(hidden) % max(d - 1, 1)  # a hidden unit sees coordinates 0 .. rank
        self.register_buffer("waves", waves(count))
        places = torch.arange(d).repeat_interleave(count)
        self.first = MaskedLinear((rank[:, None] >= places).float())
        self.second = MaskedLinear((rank[:, None] >= rank).float())
        self.last = MaskedLinear((places[:, None] > rank).float())
        self.dropout = nn.Dropout(dropout)
        self.marginals = nn.Parameter(marginals)
        nn.init.zeros_(self.last.weight)

    def forward(self, levels: Tensor) -> Tensor:
        n, d = levels.shape
        h = self.first(self.waves[levels].view(n, -1))
        h = h + self.second(self.dropout(nn.functional.silu(h)))
        h = self.last(self.dropout(nn.functional.silu(h))).view(n, d, -1)
        logits: Tensor = self.marginals + h @ self.waves.T
        return logits


class MaskedAutoregressive:
    """Trained until held-out samples are no longer predicted better."""

    def __init__(
        self,
        *,
        hidden: int = 512,
        bins: int = 64,
        blur: float = 0.5,
        dropout: float = 0.2,
        epochs: int = 100,
        patience: int = 10,
        batch: int = 64,
        learning_rate: float = 2e-3,
    ) -> None:
        self.hidden, self.bins, self.blur, self.dropout = hidden, bins, blur, dropout
        self.epochs, self.patience, self.batch = epochs, patience, batch
        self.learning_rate = learning_rate

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("A masked network needs 2 training samples or more: one is held out.")
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
            net = MaskedNetwork(marginals, self.hidden, self.dropout)
            self._train(net, learned, held_out, rng)
        return self

    def _train(
        self, net: MaskedNetwork, learned: Array, held_out: Tensor, rng: np.random.Generator
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
            description="MADE",
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
                raise FloatingPointError("The masked network diverged: its loss is not finite.")
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
            logits = self.net(levels)[:, i].numpy()
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


def _log_mass(net: MaskedNetwork, levels: Tensor) -> Tensor:
    """Log-probability (n,) of whole rows of levels."""
    logits: Tensor = net(levels).log_softmax(-1)
    return logits.gather(2, levels[:, :, None]).sum((1, 2))

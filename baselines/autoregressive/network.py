"""What the networks share: one output for each coordinate, given those before it."""

import math
from typing import ClassVar

import torch
from torch import Tensor, nn

Cache = dict[nn.Module, tuple[Tensor, ...]]  # what layers keep of the coordinates they have read


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

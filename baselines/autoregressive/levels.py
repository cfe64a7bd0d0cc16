"""Coordinates are cut into levels, each predicted as a category.

Those of whole numbers in a range of at most 256 are the levels themselves; others get equal bins
over the training range and one more at either end, whose density falls off exponentially for ever.
"""

from typing import Self

import numpy as np
import torch
from torch import Tensor

from ..training import Array

SYMBOLS = "whole numbers from 0 up that are less than 256 apart"


class Levels:
    """Cuts coordinates into levels and back; knows the density inside each level."""

    def __init__(self, train: Array, bins: int) -> None:
        low, high = train.min(axis=0), train.max(axis=0)
        whole = (train == np.rint(train)).all(axis=0)
        self.symbols = 0  # how many there are from 0 up, where data are symbols
        if whole.all() and high.max() - low.min() < 256:
            # One range for all: a pixel blank in training may be inked elsewhere.
            low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
            self.symbols = int(high[0]) + 1 if low[0] >= 0 else 0
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
        """Level of each coordinate (n, d), or of the first few; the end ones reach to infinity."""
        t = samples.shape[1]
        places = np.floor((samples - self.low[:t]) / self.width[:t])
        return torch.tensor(np.clip(places, 0, self.counts[:t] - 1), dtype=torch.int64)

    def by_symbol(self, values: Array, place: int) -> Array:
        """Return values of symbols (n, symbols) from those of a coordinate's levels (n, levels)."""
        before = self.symbols - self.counts[place]  # none of which occurs in training
        return np.pad(
            values[:, : self.counts[place]], ((0, 0), (before, 0)), constant_values=-np.inf
        )

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

"""Diffusion of tables whose columns are numbers, counts and categories.

Kotelnikov, Baranchuk, Rubachev, Babenko, "TabDDPM: modelling tabular data with diffusion models",
ICML 2023, https://arxiv.org/abs/2209.15421: columns of numbers are carried to normal ones by their
own quantiles, and categories are diffused beside them.

Differs from the paper: a category is so many numbers, one for each value, of which the greatest
decides (Chen, Zhang, Hinton, "Analog bits: generating discrete data using diffusion models with
self-conditioning", ICLR 2023, https://arxiv.org/abs/2208.04202), so that one Gaussian diffusion,
that of `ddpm`, has all columns; and a column is one of categories if it holds few different whole
numbers. Other columns of whole numbers are numbers that are rounded in the end.

With one seed, on diabetes (221 samples) authenticity is .61 and recall .92 after 600 steps, .17 and
.87 after 3,000; on wine (89 samples) .71 and .93 after 150, .11 and .93 after 600.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import ndtr, ndtri

from ..training import Array
from .ddpm import DDPM

EDGE = 2.0**-53  # keeps shares off 0, where normal numbers are infinite


class Category:
    """A column of few values, as a flag for each."""

    def __init__(self, column: Array) -> None:
        self.values = np.unique(column)
        self.width = len(self.values)

    def encode(self, column: Array, rng: np.random.Generator) -> Array:
        return np.asarray(2.0 * (column[:, None] == self.values) - 1)

    def decode(self, flags: Array) -> Array:
        return np.asarray(self.values[flags.argmax(axis=1)])


class Quantiles:
    """A column of numbers, by its empirical distribution function, as normal ones.

    Equal values share a step of that function evenly; between neighbours it is linear.
    """

    width = 1

    def __init__(self, column: Array) -> None:
        self.values, counts = np.unique(column, return_counts=True)
        self.whole = bool(np.array_equal(column, np.rint(column)))
        ends = np.cumsum(counts) / len(column)
        self.first, self.last = ends - counts / len(column), ends
        self.middle = (self.first + self.last) / 2

    def encode(self, column: Array, rng: np.random.Generator) -> Array:
        place = np.searchsorted(self.values, column)
        low, high = self.first[place], self.last[place]
        return np.asarray(ndtri(low + (high - low) * rng.uniform(EDGE, 1, size=len(column))))[
            :, None
        ]

    def decode(self, normal: Array) -> Array:
        share = ndtr(normal[:, 0])
        if self.whole:
            return np.asarray(self.values[np.searchsorted(self.last[:-1], share)])
        return np.interp(share, self.middle, self.values)


@dataclass(kw_only=True, eq=False)
class TabularDiffusion(DDPM):
    """Walks as `DDPM` does, which has the other settings, in columns made of those of a table.

    Args:
        categories: most different whole numbers in a column that is taken for categories.
    """

    categories: int = 20
    passes: int = 400

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.columns = [self._column(column) for column in train.T]
        parts = [c.encode(column, rng) for c, column in zip(self.columns, train.T, strict=True)]
        return super().fit(np.hstack(parts), rng=rng)

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        ends = np.cumsum([column.width for column in self.columns])[:-1]
        parts = np.split(super().sample(n, rng=rng), ends, axis=1)
        return np.column_stack(
            [c.decode(part) for c, part in zip(self.columns, parts, strict=True)]
        )

    def _column(self, column: Array) -> Category | Quantiles:
        whole = np.array_equal(column, np.rint(column))
        few = len(np.unique(column)) <= self.categories
        return Category(column) if whole and few else Quantiles(column)

"""Lloyd-Max quantiser: the best levels of each coordinate on its own, drawn by their shares.

Joel Max, "Quantizing for minimum distortion", IRE Transactions on Information Theory, 1960,
https://doi.org/10.1109/TIT.1960.1057548; Stuart Lloyd, "Least squares quantization in PCM", IEEE
Transactions on Information Theory, 1982, https://doi.org/10.1109/TIT.1982.1056489.

At the optimum each level is the mean of the samples nearest to it and each border lies midway
between two levels; the method makes one true, then the other, until nothing moves. The papers do
that for a known density, here it is done for the training samples. Levels start by splitting the
cell with the largest error in two until there are enough, for even or equally filled cells leave
gaps where samples repeat a value. Draws are independent across coordinates, so what ties these
together is lost on purpose: the gap to `vector_quantization` is what that is worth.

A distribution on finitely many points has no density, so there is no `log_prob`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(kw_only=True, eq=False)
class LloydMax:
    """Draws a level for every coordinate, as often as training samples are nearest to it.

    Args:
        levels: of each coordinate, at most; a coordinate with fewer values has these for levels.
        rounds: most rounds of the method.
    """

    levels: int = 16
    rounds: int = 2000

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if self.levels < 1:
            raise ValueError(f"LloydMax needs at least one level, not {self.levels}.")
        self.tables, self.shares, distortion = [], [], []
        for column in train.T:
            table, share, error = _quantise(np.sort(column), self.levels, self.rounds)
            self.tables.append(table)
            self.shares.append(share)
            distortion.append(error)
        self.distortion = np.array(distortion)  # mean squared error of each coordinate (d,)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        pairs = zip(self.tables, self.shares, strict=True)
        return np.column_stack([rng.choice(table, size=n, p=share) for table, share in pairs])

    def encode(self, samples: Array) -> Array:
        """Return which level of its coordinate is nearest to each number (n, d)."""
        columns = [
            np.searchsorted(_borders(table), column)
            for table, column in zip(self.tables, samples.T, strict=True)
        ]
        return np.column_stack(columns).astype(np.float64)

    def decode(self, latents: Array) -> Array:
        """Return the levels (n, d) with these numbers, rounded to what there is."""
        columns = [
            table[np.clip(np.rint(code), 0, len(table) - 1).astype(np.intp)]
            for table, code in zip(self.tables, latents.T, strict=True)
        ]
        return np.column_stack(columns)


def _borders(levels: Array) -> Array:
    middles: Array = (levels[1:] + levels[:-1]) / 2
    return middles


def _quantise(ordered: Array, wanted: int, rounds: int) -> tuple[Array, Array, float]:
    """Return levels, the share of each and the mean squared error, of numbers in order (n,)."""
    n, centre = len(ordered), ordered.mean()
    values = ordered - centre  # else squares of far-off numbers drown their differences
    # Sums up to each place give the mean and error of any cell at once.
    sums = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values**2)])

    cuts = np.array([0, n])
    n_levels = min(wanted, len(np.unique(values)))
    while len(cuts) <= n_levels:
        count, total = np.diff(cuts), np.diff(sums[cuts])
        error = np.diff(squares[cuts]) - total**2 / count
        error[values[cuts[:-1]] == values[cuts[1:] - 1]] = -1.0  # one value cannot be split
        worst = int(np.argmax(error))
        place = np.searchsorted(values, total[worst] / count[worst], side="right")
        place = np.clip(place, cuts[worst] + 1, cuts[worst + 1] - 1)
        cuts = np.insert(cuts, worst + 1, place)

    levels = np.diff(sums[cuts]) / np.diff(cuts)
    for _ in range(rounds):
        cuts = np.concatenate([[0], np.searchsorted(values, _borders(levels)), [n]])
        count = np.diff(cuts)
        moved = np.where(count > 0, np.diff(sums[cuts]) / np.maximum(count, 1), levels)
        if np.array_equal(moved, levels):
            break
        levels = moved
    cell = np.searchsorted(_borders(levels), values)
    share = np.bincount(cell, minlength=len(levels)) / n
    return levels + centre, share, float(((values - levels[cell]) ** 2).mean())

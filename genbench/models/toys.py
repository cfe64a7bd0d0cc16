"""Toy data that `genbench check` fits models to: a table of each kind, tiny, made on the spot."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for

N_TRAIN, N_POINTS = 200, 20
SIDE = 4  # of a picture
LENGTH = 6  # of a row of symbols
SYMBOLS = "rows of symbols"
KEPT = "toy.npz"


@dataclass(frozen=True)
class Toy:
    """What a model learns from, and points that its density is asked at."""

    name: str
    train: Array  # (N_TRAIN, d)
    points: Array  # (N_POINTS, d), even within their cells where the data are whole numbers

    @property
    def labels(self) -> Labels:
        """Two classes (N_TRAIN,): samples whose first value is below their median, and others."""
        first = self.train.reshape(len(self.train), -1)[:, 0]
        return (first > np.median(first)).astype(np.int64)

    def keep(self, folder: Path) -> None:
        """Write it to a folder, for another process to find it by `kept`."""
        np.savez(folder / KEPT, name=self.name, train=self.train, points=self.points)


def points_in_the_plane(n: int, rng: np.random.Generator) -> Array:
    """Three blobs in two dimensions."""
    centres = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 3.0]])
    return rng.normal(centres[rng.integers(3, size=n)], 0.4)


def whole_numbers(n: int, rng: np.random.Generator) -> Array:
    """Three counts from 0 to 6, tied to one another."""
    share = rng.uniform(0.2, 0.8, size=(n, 1))
    return rng.binomial(6, share, size=(n, 3)).astype(np.float64)


def square_pictures(n: int, rng: np.random.Generator) -> Array:
    """Pictures of 4 x 4 pixels in 17 grey levels, a bright bar on dark ground, as rows of 16."""
    pictures = rng.integers(0, 4, size=(n, SIDE, SIDE))
    pictures[np.arange(n), rng.integers(SIDE, size=n)] += 12
    return pictures.reshape(n, -1).astype(np.float64)


def rows_of_symbols(n: int, rng: np.random.Generator) -> Array:
    """Rows of 1 and 2, each mostly followed by the other, until 0 ends them: 0 follows it."""
    rows = np.zeros((n, LENGTH))
    rows[:, 0] = rng.integers(1, 3, size=n)
    for place in range(1, LENGTH):
        before = rows[:, place - 1]
        following = np.where(rng.random(n) < 0.8, 3 - before, before)
        rows[:, place] = np.where((before == 0) | (rng.random(n) < 0.3), 0, following)
    return rows


KINDS: dict[str, Callable[[int, np.random.Generator], Array]] = {
    "points in the plane": points_in_the_plane,
    "whole numbers": whole_numbers,
    "square pictures": square_pictures,
    SYMBOLS: rows_of_symbols,
}


def toy(kind: str) -> Toy:
    """Return the toy data of a kind, always the same."""
    draw = KINDS[kind]
    train = draw(N_TRAIN, rng_for(0, kind, "train"))
    points = draw(N_POINTS, rng_for(0, kind, "points"))
    if np.array_equal(train, np.rint(train)):
        points = points + rng_for(0, kind, "dequantize").uniform(-0.5, 0.5, size=points.shape)
    return Toy(kind, train, points)


def kept(folder: Path) -> Toy | None:
    """Return what was kept in a folder, if anything was."""
    if not (folder / KEPT).exists():
        return None
    with np.load(folder / KEPT) as found:
        return Toy(str(found["name"]), found["train"], found["points"])

"""Kinds of samples: a codebook, fitted to real samples and to known ways of missing them.

A kind is a cell of feature space together with how much a sample surprises, so that a copy and a
new sample beside it are two kinds. No model has a say in the codebook: what a model's samples are
is a histogram over its kinds, whoever else is looked at.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genbench.creativity.beliefs import JEFFREYS
from genbench.creativity.channels import sights
from genbench.creativity.laws import REVISION
from genbench.evidence.bins import FittedCells
from genbench.evidence.comparison import Comparison
from genbench.evidence.proximity import Proximity
from genbench.evidence.typicality import typicality
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for

N_CELLS = 60
BORDERS = (0.25, 0.42, 0.58, 0.69)  # nats, between five bins of surprise
FEWEST = 12  # samples of the pool in a kind
DECIMALS = 6  # that are kept: the last ones differ between machines


@dataclass(frozen=True, eq=False, kw_only=True)
class Kinds:
    """The codebook of a data set."""

    name: str  # of the data set
    cells: FittedCells
    of_bins: Labels  # (n_cells, n_bins) the kind of each cell and bin of surprise
    weights: Array  # (n_kinds,) in the belief before: 1/2 and the mean familiarity
    total: float  # weights of the belief in all symbols
    quality: Array  # (n_kinds,) mean typicality

    def count(self, comparison: Comparison) -> Labels:
        """Return how many generated samples are of each kind, (n_kinds,).

        Raises:
            Unavailable: no surprise can be told.
        """
        surprises = comparison.get(Proximity.of).surprises
        kinds = self.of_bins[self.cells.of(comparison.generated_set), bins_of(surprises)]
        return np.bincount(kinds, minlength=len(self.weights))

    @property
    def channel(self) -> Array:
        """What a sample of each kind makes one believe, (n_kinds, n_draws)."""
        return channel_of(self.name, self.weights, self.total)

    @cached_property
    def checksum(self) -> str:
        """A short hash of all that decides which kind a sample is of, and what a kind is worth."""
        digest = hashlib.sha256(f"{REVISION} {self.name} {self.of_bins.tolist()}".encode())
        for numbers in (self.cells.centres, self.weights, [self.total], self.quality):
            digest.update(" ".join(f"{x:.{DECIMALS}f}" for x in np.ravel(numbers)).encode())
        return digest.hexdigest()[:12]


@dataclass(frozen=True)
class Codebook:
    """So many cells for a data set of this name; `pool.get(Codebook(name))` fits them once."""

    name: str
    n_cells: int = N_CELLS

    def __call__(self, pool: Comparison) -> Kinds:
        """Fit kinds to the pool, which a comparison holds in place of a model's samples.

        Raises:
            Unavailable: no surprise or no typicality can be told, or cells are lost in rounding.
        """
        seen, quality = pool.get(Proximity.of), pool.get(typicality)
        rng = rng_for(0, self.name, "kinds")
        cells = FittedCells.to(pool.generated_set, self.n_cells, rng=rng)
        places = cells.of(pool.generated_set), bins_of(seen.surprises)
        counts = np.zeros((self.n_cells, len(BORDERS) + 1), dtype=np.int64)
        np.add.at(counts, places, 1)
        of_bins = joined(counts)
        kinds = of_bins[places]
        sizes = np.maximum(np.bincount(kinds, minlength=of_bins.max() + 1), 1)
        familiarity, worth = (
            np.bincount(kinds, values, minlength=len(sizes)) / sizes
            for values in (seen.familiarity, quality)
        )
        return Kinds(
            name=self.name,
            cells=cells,
            of_bins=of_bins,
            weights=np.round(JEFFREYS + familiarity, DECIMALS),
            total=seen.total,
            quality=np.round(worth, DECIMALS),
        )


def channel_of(name: str, weights: Array, total: float) -> Array:
    """Return what a sample of each kind makes one believe (n_kinds, n_draws), for a data set."""
    return sights(weights, total, rng=rng_for(0, name, "kinds", "belief"))


def bins_of(surprises: Array) -> Labels:
    """Return the bin of each surprise (n,), from 0."""
    return np.searchsorted(BORDERS, surprises, side="right")


def joined(counts: Labels) -> Labels:
    """Number the kinds of a table of counts (n_cells, n_bins), joining small ones.

    In each cell, bins from the least surprise up make one kind until it has `FEWEST` samples; what
    is left above the last such kind is part of it. A cell of fewer is one kind.
    """
    of_bins = np.empty(counts.shape, dtype=np.int64)
    n = -1
    for row, in_cell in zip(of_bins, counts, strict=True):
        n, held = n + 1, 0
        for place, count in enumerate(in_cell):
            if held >= FEWEST and in_cell[place:].sum() >= FEWEST:
                n, held = n + 1, 0
            row[place] = n
            held += count
    return of_bins

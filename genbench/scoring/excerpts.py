"""A few rows of symbols as text, and what in them stands in the training set: to be looked at."""

from dataclasses import dataclass

import numpy as np

from genbench.datasets import Dataset
from genbench.datasets.symbols import Symbols
from genbench.evidence.training_matches import TrainingMatches
from genbench.ground.arrays import Array, Flags, Labels
from genbench.scoring.dataset import compared

N_ROWS = 4
USUAL = 95  # per cent of test rows share no longer string with the training set


@dataclass(frozen=True)
class Excerpt:
    """What a row spells, and what is to be said of it."""

    text: str
    copied: tuple[tuple[int, int], ...] = ()  # from and to, in characters: longer than is usual
    possible: bool = True  # under the law of the data; where that is not known, all are


def excerpts_of(dataset: Dataset, samples: Array) -> tuple[Excerpt, ...]:
    """Return the first few samples (n, length) as text; none where they are no rows of symbols.

    Copied is every string of a row that occurs in a training row and is longer than the longest
    such string of all but 5 % of test rows.
    """
    symbols = dataset.symbols
    if symbols is None:
        return ()
    comparison = compared(dataset, samples[:N_ROWS])
    rows = np.asarray(comparison.generated)
    found = comparison.get(TrainingMatches.of)
    usual = np.percentile(found.test_spans, USUAL)
    law = dataset.density
    possible = np.full(len(rows), True) if law is None else np.isfinite(law.log_prob(rows))
    return tuple(
        Excerpt(symbols.spell(row), _in_characters(symbols, row, _covered(spans, usual)), bool(may))
        for row, spans, may in zip(rows, found.matches, possible, strict=True)
    )


def _covered(spans: Labels, usual: float) -> Flags:
    """Return which places are in a string longer than `usual`; `spans` are told where they end."""
    covered = np.zeros(len(spans), dtype=bool)
    for place in np.flatnonzero(spans > usual):
        covered[place + 1 - spans[place] : place + 1] = True
    return covered


def _in_characters(symbols: Symbols, row: Array, covered: Flags) -> tuple[tuple[int, int], ...]:
    """Return the runs of covered places as parts of the text, from and to."""
    said = int(symbols.lengths(row[None])[0])
    sizes = np.array([len(symbols.vocabulary[int(number)]) for number in row[:said]])
    starts = np.cumsum(sizes + len(symbols.joint)) - sizes - len(symbols.joint)
    spelled = covered[:said] & (sizes > 0)  # the end spells nothing
    edges = np.diff(spelled.astype(int), prepend=0, append=0)
    firsts, lasts = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0) - 1
    ends = (starts + sizes)[lasts]
    return tuple(zip(starts[firsts].tolist(), ends.tolist(), strict=True))

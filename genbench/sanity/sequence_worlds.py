"""Sequences whose truth is known: letters, sentences that end, and a series."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from genbench.datasets.ar_process import Autoregression
from genbench.datasets.markov import PairChain
from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for
from genbench.sanity.check import Make
from genbench.sanity.worlds import N, made_by

N_LETTERS, LENGTH, CONCENTRATION = 8, 32, 0.6
LETTERS = Symbols(tuple("abcdefgh"))
CHAIN = PairChain(
    rng_for(0, "sanity", "letters").dirichlet(
        np.full(N_LETTERS, CONCENTRATION), size=(N_LETTERS, N_LETTERS)
    ),
    LENGTH,
)
SERIES = Autoregression((0.75, -0.5, 0.3), LENGTH)


@dataclass(frozen=True, eq=False)
class Sentences:
    """A Markov chain that begins with its first symbol; its last symbol ends a row, and stays."""

    moves: Array  # (k, k): of the next symbol, given the last
    length: int  # of a row

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        rows = np.zeros((n, self.length), dtype=np.int64)
        for t in range(1, self.length):
            below = self.moves.cumsum(axis=1)[rows[:, t - 1], :-1]
            rows[:, t] = (rng.random((n, 1)) > below).sum(axis=1)
        return rows.astype(float), np.zeros(n, dtype=np.int64)

    def log_prob(self, points: Array) -> Array:
        """Log-probability of each row (n,), in nats."""
        rows = points.astype(np.int64)
        with np.errstate(divide="ignore"):  # some moves are impossible
            logs = np.log(self.moves)[rows[:, :-1], rows[:, 1:]]
        return np.asarray(np.where(rows[:, 0] == 0, logs.sum(axis=1), -np.inf))


def sparse_moves(k: int, *, seldom: float, end: float) -> Array:
    """Return moves among k symbols and an end, of which those below `seldom` are impossible."""
    moves = rng_for(0, "sanity", "sentences").dirichlet(np.full(k, 0.5), size=k)
    moves = np.where(moves < seldom, 0.0, moves)
    moves *= (1 - end) / moves.sum(axis=1, keepdims=True)
    return np.block([[moves, np.full((k, 1), end)], [np.zeros((1, k)), np.ones((1, 1))]])


WORDS = Symbols((*"abcdefgh", ""), end=8)
SENTENCES = Sentences(sparse_moves(8, seldom=0.05, end=0.2), length=16)

# From training rows, the level and the model's stream to generated rows.
Plant = Callable[[Array, float, np.random.Generator], Array]


def rows(rng: np.random.Generator, law: PairChain | Sentences | Autoregression = CHAIN) -> Array:
    """Draw rows (N, length)."""
    return law.sample(N, rng=rng)[0]


def letters(rng: np.random.Generator) -> dict[str, Any]:
    """Draw test and training rows of letters, and tell their law."""
    return {"test": rows(rng), "train": rows(rng), "symbols": LETTERS, "density": CHAIN}


def series(rng: np.random.Generator) -> dict[str, Any]:
    """Draw test and training series, and tell their law."""
    sets = {"test": rows(rng, SERIES), "train": rows(rng, SERIES)}
    return sets | {"series": True, "density": SERIES}


def on_letters(plant: Plant) -> Make:
    """Turn `plant(train, level, rng)`, generated rows with a fault, into a check's samples."""

    def make(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
        known = letters(real)
        return known | {"generated": plant(known["train"], level, model)}

    return made_by(plant, make)


def on_series(plant: Plant) -> Make:
    """Do the same with series."""

    def make(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
        known = series(real)
        return known | {"generated": plant(known["train"], level, model)}

    return made_by(plant, make)


def go_on(begun: Array, rng: np.random.Generator) -> Array:
    """Return rows (n, LENGTH) that begin like these (n, t) and go on by the law."""
    found = np.zeros((len(begun), LENGTH))
    found[:, : begun.shape[1]] = begun
    for t in range(begun.shape[1], LENGTH):
        below = np.exp(CHAIN.next_log_prob(found[:, :t])).cumsum(axis=1)[:, :-1]
        found[:, t] = (rng.random((len(found), 1)) > below).sum(axis=1)
    return found


def mistaken(sentences: Array, share: float, rng: np.random.Generator) -> Array:
    """Put any other word in place of one, in this share of sentences (n, length)."""
    n = np.arange(len(sentences))
    place = rng.integers(WORDS.lengths(sentences))
    said = sentences[n, place]
    other = (said + rng.integers(1, WORDS.count - 1, size=len(n))) % (WORDS.count - 1)
    chosen = (rng.permutation(len(n)) < round(share * len(n))) & (said != WORDS.end)
    found = sentences.copy()
    found[n, place] = np.where(chosen, other, said)
    return found


def tempered(power: float) -> PairChain:
    """Return the chain whose probabilities are this power of the true ones, but for their sum."""
    raised = CHAIN.transitions**power
    return PairChain(raised / raised.sum(axis=2, keepdims=True), LENGTH)


def forgetful(share: float) -> PairChain:
    """Return the chain that looks at the last letter alone, this often: its pairs are the same."""
    of_last = CHAIN.pairs[..., None] * CHAIN.transitions
    by_last = of_last.sum(axis=0) / CHAIN.pairs.sum(axis=0)[:, None]
    return PairChain((1 - share) * CHAIN.transitions + share * by_last, LENGTH)


def bits_under_truth(law: PairChain) -> float:
    """Return the bits a letter of the true law that rows of a chain take, in closed form."""
    first = -(law.pairs * np.log2(CHAIN.pairs)).sum()
    each = -(law.pairs[..., None] * law.transitions * np.log2(CHAIN.transitions)).sum()
    return float((first + (LENGTH - 2) * each) / LENGTH)


def divergence_from_truth(law: PairChain) -> float:
    """Return the Kullback-Leibler divergence of a chain from the true one, in bits a letter."""
    first = (CHAIN.pairs * np.log2(CHAIN.pairs / law.pairs)).sum()
    ratio = np.log2(CHAIN.transitions / law.transitions)
    each = (CHAIN.pairs[..., None] * CHAIN.transitions * ratio).sum()
    return float((first + (LENGTH - 2) * each) / LENGTH)

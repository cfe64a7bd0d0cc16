"""A chain of eight letters, each drawn by the two before it: its law is known in every respect.

The transitions are drawn once, from a Dirichlet law, and rows begin in the stationary law of pairs:
a row is as likely here as anywhere in an endless one.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import entr

from genbench.datasets.dataset import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.parts import draw
from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for

LETTERS = tuple("abcdefgh")
LENGTH = 64
CONCENTRATION = 0.4  # of the Dirichlet law: well below one, two or three letters are likely
SIZES = 1000, 500, 500
ROUNDS = 2000  # of the chain, until its law stands: it forgets within dozens


@dataclass(frozen=True, eq=False)
class PairChain:
    """The stationary chain of symbols of which each depends on the two before it."""

    transitions: Array  # (k, k, k): of the next symbol, given the two before it
    length: int  # of a row

    @cached_property
    def pairs(self) -> Array:
        """Stationary probabilities of two symbols in a row (k, k)."""
        k = len(self.transitions)
        pairs = np.full((k, k), 1 / k**2)
        for _ in range(ROUNDS):
            pairs = np.einsum("ab,abc->bc", pairs, self.transitions)
        return np.asarray(pairs / pairs.sum())

    @property
    def entropy_rate(self) -> float:
        """Entropy of a symbol, given all before it, in nats."""
        return float((self.pairs * entr(self.transitions).sum(axis=2)).sum())

    @property
    def row_entropy(self) -> float:
        """Entropy of a whole row, in nats."""
        return float(entr(self.pairs).sum() + (self.length - 2) * self.entropy_rate)

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        k = len(self.transitions)
        first = rng.choice(k * k, size=n, p=self.pairs.ravel())
        rows = np.zeros((n, self.length), dtype=np.int64)
        rows[:, 0], rows[:, 1] = divmod(first, k)
        below = self.transitions.cumsum(axis=2)[..., :-1]
        for t in range(2, self.length):
            draws = rng.random((n, 1))
            rows[:, t] = (draws > below[rows[:, t - 2], rows[:, t - 1]]).sum(axis=1)
        return rows.astype(np.float64), np.zeros(n, dtype=np.int64)

    def log_prob(self, points: Array) -> Array:
        """Log-probability of each row (n,), in nats."""
        rows = points.astype(np.int64)
        after = np.log(self.transitions)[rows[:, :-2], rows[:, 1:-1], rows[:, 2:]].sum(axis=1)
        return np.asarray(np.log(self.pairs)[rows[:, 0], rows[:, 1]] + after)

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, k), in nats, after prefixes (n, t)."""
        rows = prefixes.astype(np.int64)
        if rows.shape[1] == 0:
            return np.tile(np.log(self.pairs.sum(axis=0)), (len(rows), 1))
        if rows.shape[1] == 1:
            second = self.pairs / self.pairs.sum(axis=1, keepdims=True)
            return np.asarray(np.log(second)[rows[:, 0]])
        return np.asarray(np.log(self.transitions)[rows[:, -2], rows[:, -1]])


def load() -> Dataset:
    """Rows of 64 letters of eight: 1,000 to train on, 500 each for test and fresh.

    The entropy rate is 2.0805 bits a letter, the entropy of a row 2.1064 bits a letter.
    """
    k = len(LETTERS)
    transitions = rng_for(0, "markov").dirichlet(np.full(k, CONCENTRATION), size=(k, k))
    law = PairChain(transitions, LENGTH)
    (train, _), (test, _), (fresh, _) = draw("markov", law, SIZES)
    return Dataset(
        name="markov",
        train=train,
        test=test,
        fresh=fresh,
        features="ngrams",
        density=law,
        domain=Domain(whole=True, low=0, high=k - 1),
        symbols=Symbols(LETTERS),
    )

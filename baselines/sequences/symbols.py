"""What models of symbols share: rows of whole numbers from 0 up, each predicted from those before.

A row is as likely as its symbols one after another, so that a model which says what comes next can
draw rows and weigh them. A symbol that ends rows is a symbol like others to it: it learns that
after the end comes the end.
"""

from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

MOST_SYMBOLS = 1 << 16


class SymbolModel(ABC):
    """A law of rows (n, length) of symbols, made of laws of the next symbol."""

    def refuses(self, train: Array) -> str | None:
        """Return why these samples cannot be learned from, if they cannot."""
        broken = train[(train != np.rint(train)) | (train < 0) | (train >= MOST_SYMBOLS)]
        if len(broken):
            return (
                f"A model of symbols needs whole numbers from 0 to {MOST_SYMBOLS - 1}, but "
                f"{len(broken)} of {train.size} training values are not, such as {broken[0]:g}."
            )
        return None

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Learn from rows (n, length) of whole numbers from 0 to the greatest that occurs.

        Raises:
            ValueError: the model refuses these rows.
        """
        if reason := self.refuses(train):
            raise ValueError(reason)
        self.n_symbols, self.length = int(train.max()) + 1, train.shape[1]
        self._learn(train.astype(np.int64), rng)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw rows (n, length), symbol by symbol."""
        rows = np.zeros((n, self.length), dtype=np.int64)
        for t in range(self.length):
            rows[:, t] = drawn(self._next(rows[:, :t]), rng)
        return rows.astype(np.float64)

    def log_prob(self, samples: Array) -> Array:
        """Log-probability of the rows of whole numbers nearest (n,), in nats.

        Minus infinity where one of them is no symbol.
        """
        nearest = np.floor(samples + 0.5)
        known = ((nearest >= 0) & (nearest < self.n_symbols)).all(axis=1)
        log_prob = np.full(len(samples), -np.inf)
        log_prob[known] = self._log_prob(nearest[known].astype(np.int64))
        return log_prob

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, n_symbols), in nats, after prefixes (n, t)."""
        with np.errstate(divide="ignore"):  # some may be impossible
            return np.asarray(np.log(self._next(np.asarray(prefixes).astype(np.int64))))

    @abstractmethod
    def _learn(self, rows: Rows, rng: np.random.Generator) -> None:
        """Learn from rows (n, length)."""

    @abstractmethod
    def _next(self, prefixes: Rows) -> Array:
        """Return the probability of each symbol (n, n_symbols) after prefixes (n, t)."""

    @abstractmethod
    def _log_prob(self, rows: Rows) -> Array:
        """Return the log-probability of rows (n, length) of symbols, in nats."""


def drawn(probabilities: Array, rng: np.random.Generator) -> Rows:
    """Draw a number for each row (n,) of probabilities (n, count)."""
    heights = probabilities.cumsum(axis=1)
    level = rng.random(len(heights)) * heights[:, -1]
    return np.asarray((heights <= level[:, None]).sum(axis=1), dtype=np.int64)

"""What count models share: whole numbers only, and a table of probabilities over an alphabet.

Coordinates are independent; with a single coordinate a sample is one symbol.
"""

from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.intp]

MAX_COUNTS = 20_000_000  # of all coordinates: 160 MB


def refuse_fractions(train: Array) -> str | None:
    """Return why these samples cannot be counted, if they cannot."""
    broken = train[train != np.rint(train)]
    if len(broken):
        return (
            f"A count model needs whole numbers, but {len(broken)} of {train.size} training "
            f"values are not, such as {broken[0]:g}."
        )
    return None


def following(values: Array, probabilities: Array, greatest: float, n: int) -> Array:
    """Return n times the log-probabilities of the whole numbers 0, .., `greatest`, in nats.

    Raises:
        ValueError: some of the values, which have these probabilities, are below zero.
    """
    if values.min() < 0:
        raise ValueError(f"Symbols are whole numbers from 0 up, not {values.min():g}.")
    law = np.zeros(int(greatest) + 1)
    law[values.astype(int)] = probabilities
    with np.errstate(divide="ignore"):  # unseen values may have no mass
        return np.tile(np.log(law), (n, 1))


class CountTable(ABC):
    """Draws each coordinate as its table says; a model says what the probabilities are.

    The alphabet is all whole numbers between two, which with None are the least and the greatest of
    all training values. It is the same for every coordinate, because a pixel that is
    blank in training may be inked elsewhere. Outside, the probability is zero.
    """

    counts: Counts  # how often each coordinate has each value (d, n_values)
    probabilities: Array  # of each value of each coordinate (d, n_values)

    def __init__(self, alphabet: tuple[int, int] | None = None) -> None:
        self.alphabet = alphabet  # its least and its greatest value

    def refuses(self, train: Array) -> str | None:
        """Return why these samples cannot be learned from, if they cannot."""
        if reason := refuse_fractions(train):
            return reason
        low, high = self.alphabet or (train.min(), train.max())
        if train.min() < low or train.max() > high:
            return (
                f"Training values from {train.min():g} to {train.max():g} are not all in the "
                f"alphabet from {low} to {high}."
            )
        n_values = int(high - low) + 1
        if n_values * train.shape[1] > MAX_COUNTS:
            return (
                f"An alphabet of {n_values} values for each of {train.shape[1]} coordinates is "
                f"more than {MAX_COUNTS} counts."
            )
        return None

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if reason := self.refuses(train):
            raise ValueError(reason)
        low, high = self.alphabet or (train.min(), train.max())
        self.low, n_values = float(low), int(high - low) + 1
        symbols = (train - self.low).astype(int)
        self.counts = np.stack([np.bincount(column, minlength=n_values) for column in symbols.T])
        self.probabilities = self._estimate(self.counts)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        drawn = [rng.choice(len(p), size=n, p=p) for p in self.probabilities]
        return np.asarray(np.stack(drawn, axis=1) + self.low)

    def log_prob(self, samples: Array) -> Array:
        """Log-probability of the whole numbers nearest, in nats: their cells have volume one."""
        d, n_values = self.probabilities.shape
        symbols = np.floor(samples + 0.5) - self.low
        inside = ((symbols >= 0) & (symbols < n_values)).all(axis=1)
        log_prob = np.full(len(samples), -np.inf)
        probabilities = self.probabilities[np.arange(d), symbols[inside].astype(int)]
        with np.errstate(divide="ignore"):  # unseen values may have no mass
            log_prob[inside] = np.log(probabilities).sum(axis=1)
        return log_prob

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, n_symbols), in nats, whatever came before."""
        n, t = prefixes.shape
        values = np.arange(self.probabilities.shape[1]) + np.float64(self.low)
        return following(values, self.probabilities[t], values[-1], n)

    @abstractmethod
    def _estimate(self, counts: Counts) -> Array:
        """Return the probability of each value of each coordinate from its count."""

"""Counts with one more of everything: no value inside the range is impossible.

Laplace's rule of succession: Laplace, "Essai philosophique sur les probabilités", 1814 (in English:
https://doi.org/10.1007/978-1-4612-4184-3), the mean of the probabilities after the samples if all
probabilities were equally likely before. With `added` instead of one it is the mean under a
symmetric Dirichlet prior; a half is the choice of Krichevsky and Trofimov, "The performance of
universal encoding", IEEE Transactions on Information Theory, 1981,
https://doi.org/10.1109/TIT.1981.1056331.

The alphabet must be known: all whole numbers from the least to the greatest of `alphabet` or, if
none is given, of the training samples. It is the same for every coordinate, because a pixel that
is blank in training may be inked elsewhere. Outside, the probability is zero. Coordinates are
independent; with a single coordinate a sample is one symbol.

Where most of a large alphabet is rare, one is far too many. On a Zipf law over 2,000 symbols
(exponent 1.1) the divergence from the law is 1.25, .49 and .11 bits after 500, 2,000 and 10,000
samples, means of 20 draws; `good_turing` has .44, .19 and .07.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAX_COUNTS = 20_000_000  # of all coordinates: 160 MB


class LaplaceSmoothing:
    """Draws each coordinate as often as its values occurred in training, and once more."""

    def __init__(self, added: float = 1.0, alphabet: tuple[int, int] | None = None) -> None:
        self.added = added  # to each count
        self.alphabet = alphabet  # the least and the greatest value; None: those of training

    def refuses(self, train: Array) -> str | None:
        """Return why these samples cannot be learned from, if they cannot."""
        broken = train[train != np.rint(train)]
        if len(broken):
            return (
                f"A count model needs whole numbers, but {len(broken)} of {train.size} training "
                f"values are not, such as {broken[0]:g}."
            )
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
        counts = np.stack([np.bincount(column, minlength=n_values) for column in symbols.T])
        self.probabilities = (counts + self.added) / (len(train) + self.added * n_values)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        drawn = [rng.choice(len(p), size=n, p=p) for p in self.probabilities]
        return np.asarray(np.stack(drawn, axis=1) + self.low)

    def log_prob(self, samples: Array) -> Array:
        """Log-probability of the whole numbers nearest, in nats: their cells have volume one."""
        d, n_values = self.probabilities.shape
        places = np.floor(samples + 0.5) - self.low
        inside = ((places >= 0) & (places < n_values)).all(axis=1)
        found = np.full(len(samples), -np.inf)
        symbols = places[inside].astype(int)
        found[inside] = np.log(self.probabilities[np.arange(d), symbols]).sum(axis=1)
        return found

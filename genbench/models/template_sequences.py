"""A small model of sequences to start from: which symbol follows which. Make it your own.

genbench needs a class with `fit` and `next_log_prob`, and draws rows and tells their likelihood by
what that says; `refuses` is optional, and so are `sample` and `log_prob` of your own. There is
nothing to inherit, and nothing of genbench to import. Rows are sequences of symbols: an array
(n, length) of whole numbers from 0 up. Where rows end, one of the symbols ends them, and all that
follows it is that symbol again.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class MyModel:
    """Draws each symbol by how often it followed the one before it in the training rows."""

    def __init__(self, added: float = 0.1) -> None:
        # Every argument needs a default value. What `steps` or `epochs` set is cut short by
        # `genbench check`, so that it takes seconds.
        self.added = added  # to each count, so that nothing is impossible

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Learn from `train` (n, length), without changing it, and return self.

        All randomness comes from `rng`, so that a seed gives the same model each time. With torch:
        `with torch.random.fork_rng(): torch.manual_seed(int(rng.integers(2**31)))`, then train
        inside that block.
        """
        rows = train.astype(np.int64)
        n_symbols = rows.max() + 1  # each symbol occurs in train
        self.first = self.added + np.bincount(rows[:, 0], minlength=n_symbols)
        self.following = np.full((n_symbols, n_symbols), self.added)
        np.add.at(self.following, (rows[:, :-1], rows[:, 1:]), 1)
        return self

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol, (n, n_symbols), in nats.

        `prefixes` (n, t) are the first t symbols of rows: none, for t = 0. The probabilities of
        each row sum to one, and depend on that row alone.
        """
        n, t = prefixes.shape
        if t == 0:
            counts = np.tile(self.first, (n, 1))
        else:
            counts = self.following[prefixes[:, -1].astype(np.int64)]
        return np.asarray(np.log(counts / counts.sum(axis=1, keepdims=True)))

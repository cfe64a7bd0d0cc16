"""Vector quantization: a codebook by Lloyd's algorithm, codewords drawn as often as they are used.

Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory, 1982,
https://doi.org/10.1109/TIT.1982.1056489; the start is that of k-means++, Arthur and Vassilvitskii,
"k-means++: the advantages of careful seeding", SODA, 2007,
https://dl.acm.org/doi/10.5555/1283383.1283494.

The rate decides all: one codeword is the mean, one per sample is a copy. Four samples per codeword
average a little and keep most of the variety. Distances are in units of each coordinate's range.
A distribution on finitely many points has no density, so there is no `log_prob`.
"""

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

Array = NDArray[np.float64]


@dataclass(eq=False)
class VectorQuantization:
    """Draws codewords, each the mean of the training samples that are nearest to it."""

    samples_per_codeword: int = 4
    max_codewords: int = 1024

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        n_distinct = len(np.unique(train, axis=0))
        wanted = max(1, len(train) // self.samples_per_codeword)
        n_codewords = min(wanted, n_distinct, self.max_codewords)
        span = np.ptp(train, axis=0)
        scaled = (train - train.mean(axis=0)) / np.where(span > 0, span, 1.0)
        # Without tolerance the rounds go on until no sample changes its codeword.
        lloyd = KMeans(n_codewords, tol=0, random_state=int(rng.integers(2**31)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # near-copies may share a codeword
            cell = lloyd.fit(scaled).labels_
        used, cell, count = np.unique(cell, return_inverse=True, return_counts=True)
        # Means are taken again, in data units, so that they do not depend on how threads add up.
        self.codebook = np.zeros((len(used), train.shape[1]))
        np.add.at(self.codebook, cell, train)
        self.codebook /= count[:, None]
        self.frequency = count / count.sum()
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return self.codebook[rng.choice(len(self.codebook), size=n, p=self.frequency)]

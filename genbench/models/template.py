"""A small generative model to start from: one Gaussian. Replace it, piece by piece, by your own.

genbench needs a class with `fit` and `sample`; `log_prob` and `refuses` are optional. There is
nothing to inherit, and nothing of genbench to import. Samples are rows of numbers: an array (n, d)
of n samples with d values each, pictures too, row by row.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class MyModel:
    """Draws from the Gaussian that has the mean and the covariance of the training samples."""

    def __init__(self, ridge: float = 1e-6) -> None:
        # Every argument needs a default value. What `steps` or `epochs` set is cut short by
        # `genbench check`, so that it takes seconds.
        self.ridge = ridge  # added to each variance, for columns that never vary

    def refuses(self, train: Array) -> str | None:
        """Say why these samples cannot be learned from, or return None.

        Optional: without it, the model is tried on everything. It is asked before `fit`.
        """
        if len(train) < 2:
            return f"A covariance needs at least 2 samples, not {len(train)}."
        return None

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Learn from `train` (n, d), without changing it, and return self.

        All randomness comes from `rng`, so that a seed gives the same model each time. With torch:
        `with torch.random.fork_rng(): torch.manual_seed(int(rng.integers(2**31)))`, then train
        inside that block.
        """
        if reason := self.refuses(train):
            raise ValueError(reason)
        self.mean = train.mean(axis=0)
        covariance = np.atleast_2d(np.cov(train, rowvar=False))
        self.factor = np.linalg.cholesky(covariance + self.ridge * np.eye(len(self.mean)))
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw `n` new samples (n, d); another `rng`, or the next call, gives other ones."""
        noise = rng.normal(size=(n, len(self.mean)))
        return np.asarray(self.mean + noise @ self.factor.T)

    def log_prob(self, samples: Array) -> Array:
        """Log-density of each sample, (n,), in nats.

        Optional: only for models that know it exactly. Delete it from yours if it does not.
        """
        noise = np.linalg.solve(self.factor, (samples - self.mean).T)  # (d, n)
        log_volume = np.log(np.diag(self.factor)).sum() + len(self.mean) * np.log(2 * np.pi) / 2
        return np.asarray(-(noise**2).sum(axis=0) / 2 - log_volume)

"""How a model's samples fare before the discriminators of its pool."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array
from genbench.tournament.nash import equilibrium
from genbench.tournament.pools import Pool

FAIR = 1.959964  # standard errors: a log-ratio of test errors further from zero is no accident


@dataclass(frozen=True, eq=False)
class Matches(Evidence):
    """Results against the other models of a pool. They hold within that pool only."""

    inputs: ClassVar = ("pool",)

    pool: Pool

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given."""
        return cls(given(comparison.pool, "other models to play against (pool)"))

    @property
    def parameters(self) -> dict[str, Any]:
        """Whose number it is, and among whom."""
        return {"model": self.pool.names[self.pool.index], "pool": tuple(self.pool.names)}

    @property
    def rivals(self) -> list[int]:
        """Indices of the other models."""
        return [i for i in range(len(self.pool.names)) if i != self.pool.index]

    @property
    def won(self) -> Array:
        """Share of its samples that each rival's discriminator calls real, (n - 1,)."""
        return self.pool.called_real[self.rivals, self.pool.index]

    @property
    def covariance(self) -> Array:
        """Of `won`, over judged samples (n - 1, n - 1), the discriminators held fixed.

        Where the pool does not tell which samples two of them both call real, it is as if all
        agreed: the most that it may be.
        """
        if self.pool.both_call_real is None:
            share, n = self.won.mean(), len(self.won)
            return np.full((n, n), share * (1 - share) / self.n_judged)
        both = self.pool.both_call_real[:, :, self.pool.index][np.ix_(self.rivals, self.rivals)]
        return np.asarray((both - np.outer(self.won, self.won)) / self.n_judged)

    @cached_property
    def hardest(self) -> Array:
        """The pool's hardest mix of discriminators, its own among them, (n,).

        That is their law in the equilibrium of the game whose other player picks whose sample they
        are shown: of all mixes that let the least pass, whoever is picked, the most even.
        """
        return equilibrium(self.pool.called_real.T).columns

    @property
    def won_by_test(self) -> Array:
        """Share of test samples that each rival's discriminator calls real, (n - 1,)."""
        return np.asarray(1 - self.pool.test_errors[self.rivals])

    @property
    def n_judged(self) -> int:
        """How many of its samples were judged."""
        return self.pool.n_samples[self.pool.index]

    @property
    def fair(self) -> list[int]:
        """Rivals whose discriminator errs on test samples about as often as its own does."""
        errors = jeffreys(self.pool.test_errors, self.pool.n_test)
        variances = (1 - errors) / (errors * (self.pool.n_test + 1))
        i = self.pool.index
        return [
            j
            for j in self.rivals
            if abs(np.log(errors[i] / errors[j])) <= FAIR * np.sqrt(variances[i] + variances[j])
        ]

    @property
    def log_ratios(self) -> Array:
        """Per fair rival: log of how often its own discriminator errs over how often theirs does.

        Each errs on the other's samples by calling them real.
        """
        i, rivals = self.pool.index, self.fair
        counts = np.asarray(self.pool.n_samples)
        own = jeffreys(self.pool.called_real[i, rivals], counts[rivals])
        theirs = jeffreys(self.pool.called_real[rivals, i], counts[i])
        return np.asarray(np.log(own / theirs))


def jeffreys(shares: Array, n: Any) -> Array:
    """Return shares of `n` trials, drawn in from 0 and 1: the mean under Jeffreys' prior."""
    return np.asarray((shares * n + 0.5) / (n + 1))

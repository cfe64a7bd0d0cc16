"""Baselines that are fitted to samples of a law: what people train, with its exact density."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from genbench.datasets.densities import Density
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for
from genbench.ground.threads import one_thread
from genbench.models.find import baselines

N_TRAIN, BUDGET = 2_000, 3.0  # samples, and seconds of a fit


@dataclass(frozen=True, eq=False)
class Fitted:
    """A baseline that is fitted where it is first asked."""

    law: Density
    board: str
    name: str

    @cached_property
    def model(self) -> Any:
        """The model, fitted on one thread: it is the same in any process."""
        from threadpoolctl import threadpool_limits

        rng = rng_for(0, "truth", self.board, "baseline", self.name)
        train, _ = self.law.sample(N_TRAIN, rng=rng)
        with one_thread(), threadpool_limits(1):
            model = baselines()[self.name].make(budget=BUDGET)
            return model.fit(train, rng=rng) or model

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, ...)."""
        return np.asarray(self.model.sample(n, rng=rng), dtype=float), np.zeros(n, dtype=np.int64)

    def log_prob(self, points: Array) -> Array:
        """Log-density of each point (n,), in nats."""
        return np.asarray(self.model.log_prob(points), dtype=float)

"""Random-walk Metropolis: many Markov chains in parallel on a density known up to a factor.

Metropolis et al., "Equation of state calculations by fast computing machines", Journal of Chemical
Physics, 1953, https://doi.org/10.1063/1.1699114.

Most steps are Gaussian, in units of each coordinate's standard deviation, and tuned until a quarter
are accepted: Roberts, Gelman and Gilks, "Weak convergence and optimal scaling of random walk
Metropolis algorithms", Annals of Applied Probability, 1997, https://doi.org/10.1214/aoap/1034625254.
Such steps stay in the mode where they are. So the rest are hops, by the difference of two training
samples: as likely forth as back, which keeps the walk symmetric, and of just the lengths that lead
from mode to mode.

`acceptance_rate` and `r_hat` say whether to believe the samples. `r_hat` is the split R-hat of
Gelman et al., "Bayesian Data Analysis", 3rd edition, 2013, section 11.4, the greatest over all
coordinates and the log-density; well above one (1.1, say) the chains have not forgotten where they
started, and how the modes share the samples comes from the training samples, not from the walk.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from .markov_chains import Array, Flags, KernelDensity, MarkovChains, State, standard_deviations

LogDensity = Callable[[Array], Array]


@dataclass(eq=False, repr=False)
class Metropolis(MarkovChains):
    """Draws from random walks that start near training samples, after they have settled."""

    log_density: LogDensity | None = None  # of samples (n, d), up to a constant
    hop_share: float = field(default=0.4, kw_only=True)

    hop_acceptance_rate: float = field(init=False)

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.train = train.copy()
        self.scale = standard_deviations(train)
        if self.log_density is not None:
            self.target = self.log_density
        else:
            if len(train) < 2:
                raise ValueError("A kernel density estimate needs at least two training samples.")
            density = KernelDensity.fit(train, self.scale, np.geomspace(1e-3, 2, 30), rng)
            self.target = density.log_density
            self.scale = np.hypot(self.scale, density.cell)
        self.step = 2.4 / float(np.sqrt(train.shape[1]))
        state = self._tune(self._start(self.n_chains, rng), 0.25, rng)
        _, accepted, walks = self._diagnose(state, rng)
        self.hop_acceptance_rate = 0.0 if walks.all() else float(accepted[~walks].mean())
        return self

    def _move(self, state: State, rng: np.random.Generator) -> tuple[State, Flags, Flags]:
        samples, log_density = state
        hops = rng.random(len(samples)) < self.hop_share
        ends = self.train[rng.integers(len(self.train), size=(2, len(samples)))]
        walk = rng.normal(size=samples.shape) * self.scale * self.step
        proposed = self._state(samples + np.where(hops[:, None], ends[0] - ends[1], walk))
        state, accepted = self._accept(state, proposed, proposed[1] - log_density, rng)
        return state, accepted, ~hops

    def _evaluate(self, samples: Array) -> tuple[Array]:
        return (self.target(samples),)

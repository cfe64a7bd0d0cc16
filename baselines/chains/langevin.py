"""Metropolis-adjusted Langevin: many Markov chains that climb the gradient of a log-density.

Roberts and Tweedie, "Exponential convergence of Langevin distributions and their discrete
approximations", Bernoulli, 1996, https://doi.org/10.2307/3318418. A step goes half its squared
length along the gradient and adds normal noise; accepting or rejecting it removes the error of
steps that are not infinitely short. The length is tuned until 57 % are accepted: Roberts and
Rosenthal, "Optimal scaling of discrete approximations to Langevin diffusions", Journal of the Royal
Statistical Society B, 1998, https://doi.org/10.1111/1467-9868.00123.

Without a target of the user's own the gradient is that of a kernel density, the mean shift: from
where a chain is to the mean of the centres near by (Comaniciu and Meer, "Mean shift: a robust
approach toward feature space analysis", IEEE Transactions on Pattern Analysis and Machine
Intelligence, 2002, https://doi.org/10.1109/34.1000236).

Gradients lead up the nearest mode and hardly ever to another. So with modes far apart (R-hat is 13
on the ring, 2.6 on digits, 1.02 on a normal distribution) the chains do not mix, their starts
decide how the modes share the samples, and `warnings` says so. Over three seeds .88 to .94 of the
ring's samples have the density that .95 of real ones have; on digits the Fréchet distance is 11 to
15.
`r_hat` and `effective_sample_size` are those of Vehtari, Gelman, Simpson, Carpenter and Bürkner,
"Rank-normalization, folding, and localization: an improved R-hat", Bayesian Analysis, 2021,
https://doi.org/10.1214/20-BA1221, sections 2 and 3, of split chains and without ranks: the worst of
all coordinates and the log-density. `metropolis` hops between modes and mixes better.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from .markov_chains import (
    Array,
    Flags,
    KernelDensity,
    MarkovChains,
    State,
    split_variances,
    standard_deviations,
)

Target = Callable[[Array], tuple[Array, Array]]


@dataclass(eq=False, repr=False)
class Langevin(MarkovChains):
    """Draws from chains that start near training samples, after they have settled."""

    target: Target | None = None  # log-density (n,), up to a constant, and gradient (n, d)

    effective_sample_size: float = field(init=False)  # of the n_chains * burn_in that are diagnosed
    warnings: tuple[str, ...] = field(init=False)  # why not to believe the samples, if at all

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("Langevin chains need at least two training samples.")
        self.train = train.copy()
        self.scale = standard_deviations(train)
        if self.target:
            self.log_density_and_gradient = self.target
        else:
            density = KernelDensity.fit(self.train, self.scale, np.geomspace(1e-2, 2, 20), rng)
            self.log_density_and_gradient = density.log_density_and_gradient
            self.scale = density.width
        self.step = 1.0
        state = self._tune(self._start(self.n_chains, rng), 0.574, rng)
        trace, _, _ = self._diagnose(state, rng)
        self.effective_sample_size = effective_sample_size(trace)
        self.warnings = tuple(self._doubts())
        return self

    def score(self, samples: Array) -> Array:
        """Gradient (n, d) of the target's log-density, exact."""
        return self._state(samples)[2]

    def _move(self, state: State, rng: np.random.Generator) -> tuple[State, Flags, Flags]:
        samples, log_density, gradient = state
        noise = rng.normal(size=samples.shape)
        length = self.step * self.scale
        proposed = self._state(samples + length**2 / 2 * gradient + length * noise)
        # The noise that would lead back; a proposal without density has no way back.
        back = (samples - proposed[0]) / length - length / 2 * proposed[2]
        forth_log_prob = log_density - (noise**2).sum(axis=1) / 2
        back_log_prob = proposed[1] - (back**2).sum(axis=1) / 2
        state, accepted = self._accept(state, proposed, back_log_prob - forth_log_prob, rng)
        return state, accepted, np.ones(len(samples), dtype=bool)

    def _evaluate(self, samples: Array) -> tuple[Array, Array]:
        log_density, gradient = self.log_density_and_gradient(samples)
        gradient = np.where(np.isfinite(log_density)[:, None], gradient, 0.0)
        if not np.isfinite(gradient).all():
            raise FloatingPointError("The gradient at a Markov chain's state is not finite.")
        return log_density, gradient

    def _doubts(self) -> Iterator[str]:
        if self.r_hat > 1.1:
            yield (
                f"The chains did not mix (R-hat {self.r_hat:.2f}): where they start decides how "
                "the modes share the samples."
            )
        if self.effective_sample_size < 400:
            yield (
                f"{self.n_chains * self.burn_in} states of the chains tell no more than "
                f"{self.effective_sample_size:.0f} independent samples."
            )


def effective_sample_size(trace: Array) -> float:
    """Return the least effective size of the quantities of a trace (step, chain, quantity)."""
    centred, within, variance = split_variances(trace)
    n = len(centred)
    # Autocovariances within chains; zeros keep the end of a chain from meeting its beginning.
    spectrum = np.fft.rfft(centred, 2 * n, axis=0)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=0)[:n].mean(axis=1) / (n - 1)
    correlation = 1 - (within - covariance) / variance
    correlation[0] = 1
    # Sums of neighbours are positive and fall, but for chance (Geyer): no further than that holds.
    pairs = correlation[: n // 2 * 2].reshape(n // 2, 2, -1).sum(axis=1)
    pairs = np.where(np.cumprod(pairs > 0, axis=0), np.minimum.accumulate(pairs, axis=0), 0)
    time = 2 * pairs.sum(axis=0) - 1
    n_states = centred[..., 0].size
    return float((n_states / np.maximum(time, 1 / np.log10(n_states))).min())

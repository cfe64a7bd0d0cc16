"""What Markov chains share: a density to walk on, parallel chains, and whether they mix.

The density is the user's own or, without one, a kernel density estimate of the training samples.
The step is tuned before any sample is kept, by the share of proposals that are accepted.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
State = tuple[Array, ...]  # of chains: samples (n, d), log-densities (n,), what else a step needs

CENTRES = 5000  # of a kernel density at most: every step of every chain goes through all


class KernelDensity:
    """Centres, blurred by Gaussian kernels: a log-density, up to a constant, and its gradient.

    The bandwidth is in units of each coordinate's `scale`. Whole-number samples stand for cells
    one unit wide, so a kernel is never narrower than even noise over the `cell` (variance 1/12).
    """

    def __init__(self, centres: Array, bandwidth: float, scale: Array, cell: float = 0.0) -> None:
        self.cell, self.width = cell, np.hypot(bandwidth * scale, cell)
        self.origin = centres.mean(axis=0)
        self.centres = (centres - self.origin) / self.width
        self.half_norms = (self.centres**2).sum(axis=1) / 2

    @classmethod
    def fit(cls, train: Array, scale: Array, bandwidths: Array, rng: np.random.Generator) -> Self:
        """Take the bandwidth under which held-out samples are likeliest.

        Of more than `CENTRES` samples, so many are drawn.
        """
        if len(train) > CENTRES:
            train = train[rng.choice(len(train), CENTRES, replace=False)]
        cell = 12**-0.5 if np.array_equal(train, np.rint(train)) else 0.0
        order = rng.permutation(len(train))
        n_held_out = min(500, max(1, len(train) // 5))
        held_out, rest = train[order[:n_held_out]], train[order[n_held_out:]]
        if cell:
            held_out = held_out + rng.uniform(-0.5, 0.5, size=held_out.shape)

        def log_likelihood(bandwidth: float) -> float:
            density = cls(rest, bandwidth, scale, cell)
            return float(density.log_density(held_out).mean() - np.log(density.width).sum())

        return cls(train, max(bandwidths, key=log_likelihood), scale, cell)

    def log_density(self, samples: Array) -> Array:
        return self._evaluate(samples)[0]

    def log_density_and_gradient(self, samples: Array) -> tuple[Array, Array]:
        """Return both; the gradient leads to the weighted mean of the centres near by."""
        log_density, points, weights = self._evaluate(samples)
        mean = weights @ self.centres / weights.sum(axis=1)[:, None]
        return log_density, (mean - points) / self.width

    def _evaluate(self, samples: Array) -> tuple[Array, Array, Array]:
        """Return log-densities, samples in units of the kernels, and the weights of centres."""
        points = (samples - self.origin) / self.width
        exponents = points @ self.centres.T - self.half_norms
        greatest = exponents.max(axis=1)
        exponents -= greatest[:, None]
        weights = np.exp(exponents, out=exponents)
        log_density = np.log(weights.sum(axis=1)) + greatest - (points**2).sum(axis=1) / 2
        return log_density, points, weights


@dataclass(kw_only=True, eq=False, repr=False)
class MarkovChains(ABC):
    """Draws from parallel chains that start near training samples, after they have settled.

    A model's `fit` sets `train`, `scale` and `step`, starts chains, tunes, and diagnoses them.
    """

    n_chains: int = 200
    burn_in: int = 300
    thinning: int = 20

    train: Array = field(init=False)
    scale: Array = field(init=False)  # of each coordinate: the unit of steps
    step: float = field(init=False)
    acceptance_rate: float = field(init=False)  # of the steps that are tuned
    r_hat: float = field(init=False)

    @abstractmethod
    def _evaluate(self, samples: Array) -> tuple[Array, ...]:
        """Return the log-density of samples, and what else of them a step needs."""

    @abstractmethod
    def _move(self, state: State, rng: np.random.Generator) -> tuple[State, Flags, Flags]:
        """Take one step with every chain: where they are, who moved, and whose step is tuned."""

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        state = self._start(min(n, self.n_chains), rng)
        for _ in range(self.burn_in):
            state = self._move(state, rng)[0]
        kept = [state[0]]
        while sum(map(len, kept)) < n:
            for _ in range(self.thinning):
                state = self._move(state, rng)[0]
            kept.append(state[0])
        return np.concatenate(kept)[:n]

    def _start(self, n_chains: int, rng: np.random.Generator) -> State:
        """Spread chains around training samples, but not where there is no density."""
        chosen = self.train[rng.integers(len(self.train), size=n_chains)]
        # Near as a kernel is wide: farther out every chain would end in the loneliest kernels.
        near = chosen + rng.normal(size=chosen.shape) * self.scale / 2
        possible = np.isfinite(self._state(near)[1])
        state = self._state(np.where(possible[:, None], near, chosen))
        if not np.isfinite(state[1]).all():
            raise ValueError("The log-density must be finite at every training sample.")
        return state

    def _state(self, samples: Array) -> State:
        log_density, *others = self._evaluate(samples)
        if np.isnan(log_density).any() or np.isposinf(log_density).any():
            raise FloatingPointError(
                "The log-density of a Markov chain's state is NaN or infinite."
            )
        return samples, log_density, *others

    def _accept(
        self, state: State, proposed: State, log_ratio: Array, rng: np.random.Generator
    ) -> tuple[State, Flags]:
        """Accept each proposal with the probability exp(`log_ratio`), at most one."""
        accepted = log_ratio > -rng.exponential(size=len(log_ratio))
        moved = (
            np.where(accepted if new.ndim == 1 else accepted[:, None], new, old)
            for new, old in zip(proposed, state, strict=True)
        )
        return tuple(moved), accepted

    def _tune(self, state: State, target: float, rng: np.random.Generator) -> State:
        """Walk, and change the step until this share of proposals is accepted."""
        for round_ in range(1, self.burn_in + 1):
            state, accepted, tuned = self._move(state, rng)
            if tuned.any():
                surplus = float(accepted[tuned].mean()) - target
                self.step *= float(np.exp(2 * surplus / np.sqrt(round_)))
        return state

    def _diagnose(self, state: State, rng: np.random.Generator) -> tuple[Array, Flags, Flags]:
        """Walk on with the step that is now fixed, and measure how well the chains mix.

        Return the trace of coordinates and log-density (step, chain, quantity), who moved, and
        whose step was a tuned one (step, chain).
        """
        trace, moves = [], []
        for _ in range(self.burn_in):
            state, accepted, tuned = self._move(state, rng)
            trace.append(np.column_stack(state[:2]))
            moves.append(np.stack([accepted, tuned]))
        accepted, tuned = np.stack(moves, axis=1)
        self.acceptance_rate = float(accepted[tuned].mean()) if tuned.any() else 0.0
        if not 0.01 < self.acceptance_rate < 0.99:
            raise RuntimeError(
                f"The Markov chains accept {self.acceptance_rate:.1%} of their steps: "
                "no step length suits this density."
            )
        steps = np.stack(trace)
        self.r_hat = split_r_hat(steps)
        return steps, accepted, tuned


def split_variances(trace: Array) -> tuple[Array, Array, Array]:
    """Return half chains without their means, the variance within them, and that of all of them.

    A trace is (step, chain, quantity), its halves (n, 2 chains, quantity).
    """
    n = len(trace) // 2
    split = np.concatenate([trace[:n], trace[n : 2 * n]], axis=1)
    centred = split - split.mean(axis=0)
    within = centred.var(axis=0, ddof=1).mean(axis=0)
    between = split.mean(axis=0).var(axis=0, ddof=1)
    return centred, within, np.asarray((n - 1) / n * within + between)


def split_r_hat(trace: Array) -> float:
    """Return the greatest split R-hat of the quantities of a trace."""
    _, within, variance = split_variances(trace)
    return float(np.sqrt(variance / within).max())


def standard_deviations(train: Array) -> Array:
    """Return each coordinate's; one that never varies still gets steps, of a hair's width."""
    least = 1e-6 * np.maximum(1.0, np.abs(train[0]))
    return np.asarray(np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), least))

"""Random-walk Metropolis: many Markov chains in parallel on a density known up to a factor.

Metropolis et al., "Equation of state calculations by fast computing machines", Journal of Chemical
Physics, 1953, https://doi.org/10.1063/1.1699114. The density is the user's own or, without one, a
kernel density estimate of the training samples, so that the chains have something to walk on.

Most steps are Gaussian, in units of each coordinate's standard deviation, and tuned before any
sample is kept until a quarter are accepted: Roberts, Gelman and Gilks, "Weak convergence and
optimal scaling of random walk Metropolis algorithms", Annals of Applied Probability, 1997,
https://doi.org/10.1214/aoap/1034625254. Such steps stay in the mode where they are. So the rest are
hops, by the difference of two training samples: as likely forth as back, which keeps the walk
symmetric, and of just the lengths that lead from mode to mode.

`acceptance_rate` and `r_hat` say whether to believe the samples. `r_hat` is the split R-hat of
Gelman et al., "Bayesian Data Analysis", 3rd edition, 2013, section 11.4, the greatest over all
coordinates and the log-density; well above one (1.1, say) the chains have not forgotten where they
started, and how the modes share the samples comes from the training samples, not from the walk.
"""

from collections.abc import Callable
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LogDensity = Callable[[Array], Array]


class Metropolis:
    """Draws from chains that start near training samples, after they have settled."""

    def __init__(
        self,
        log_density: LogDensity | None = None,  # of samples (n, d), up to a constant
        n_chains: int = 200,
        burn_in: int = 300,
        thinning: int = 20,
        hop_share: float = 0.4,
    ) -> None:
        self.log_density = log_density
        self.n_chains = n_chains
        self.burn_in = burn_in
        self.thinning = thinning
        self.hop_share = hop_share

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.train = train.copy()
        # A coordinate that never varies still gets steps, of a hair's width.
        hair = 1e-6 * np.maximum(1.0, np.abs(train[0]))
        self.scale = np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), hair)
        if self.log_density is None:
            self.target, self.scale = _kernel_density(train, self.scale, rng)
        else:
            self.target = self.log_density
        self.step = 2.4 / float(np.sqrt(train.shape[1]))
        state, height = self._start(self.n_chains, rng)
        for round_ in range(1, self.burn_in + 1):
            state, height, accepted, hops = self._move(state, height, rng)
            if not hops.all():
                surplus = float(accepted[~hops].mean()) - 0.25
                self.step *= float(np.exp(2 * surplus / np.sqrt(round_)))
        self._diagnose(state, height, rng)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        state, height = self._start(min(n, self.n_chains), rng)
        for _ in range(self.burn_in):
            state, height, _, _ = self._move(state, height, rng)
        kept = [state]
        while sum(map(len, kept)) < n:
            for _ in range(self.thinning):
                state, height, _, _ = self._move(state, height, rng)
            kept.append(state)
        return np.concatenate(kept)[:n]

    def _start(self, n_chains: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Spread chains wider than the training samples, but not where there is no density."""
        chosen = self.train[rng.integers(len(self.train), size=n_chains)]
        jittered = chosen + rng.normal(size=chosen.shape) * self.scale / 2
        state = np.where(np.isfinite(self._height(jittered))[:, None], jittered, chosen)
        height = self._height(state)
        if not np.isfinite(height).all():
            raise ValueError("The log-density must be finite at every training sample.")
        return state, height

    def _move(
        self, state: Array, height: Array, rng: np.random.Generator
    ) -> tuple[Array, Array, NDArray[np.bool_], NDArray[np.bool_]]:
        """Take one step with every chain: new state and height, who moved, and who tried to hop."""
        hops = rng.random(len(state)) < self.hop_share
        ends = self.train[rng.integers(len(self.train), size=(2, len(state)))]
        walk = rng.normal(size=state.shape) * self.scale * self.step
        proposal = state + np.where(hops[:, None], ends[0] - ends[1], walk)
        proposed = self._height(proposal)
        accepted = proposed - height > -rng.exponential(size=len(state))
        state = np.where(accepted[:, None], proposal, state)
        return state, np.where(accepted, proposed, height), accepted, hops

    def _height(self, state: Array) -> Array:
        height = self.target(state)
        if np.isnan(height).any() or np.isposinf(height).any():
            raise FloatingPointError(
                "The log-density of a Markov chain's state is NaN or infinite."
            )
        return height

    def _diagnose(self, state: Array, height: Array, rng: np.random.Generator) -> None:
        """Walk on with the step that is now fixed, and measure how well the chains mix."""
        trace, moves = [], []
        for _ in range(self.burn_in):
            state, height, accepted, hops = self._move(state, height, rng)
            trace.append(np.column_stack([state, height]))
            moves.append(np.stack([accepted, hops]))
        accepted, hops = np.stack(moves, axis=1)
        self.acceptance_rate = float(accepted[~hops].mean()) if not hops.all() else 0.0
        self.hop_acceptance_rate = float(accepted[hops].mean()) if hops.any() else 0.0
        if not 0.01 < self.acceptance_rate < 0.99:
            raise RuntimeError(
                f"The Markov chains accept {self.acceptance_rate:.1%} of their steps: "
                "no step length suits this density."
            )
        self.r_hat = _split_r_hat(np.stack(trace, axis=1))


def _split_r_hat(trace: Array) -> float:
    """Return the greatest split R-hat of quantities that were traced: (chain, step, quantity)."""
    half = trace.shape[1] // 2
    halves = np.concatenate([trace[:, :half], trace[:, half : 2 * half]])
    within = halves.var(axis=1, ddof=1).mean(axis=0)
    between = halves.mean(axis=1).var(axis=0, ddof=1)
    return float(np.sqrt((half - 1) / half + between / within).max())


def _kernel_density(
    train: Array, scale: Array, rng: np.random.Generator
) -> tuple[LogDensity, Array]:
    """Return the log-density of blurred training samples, up to a constant, and its scale.

    The blur is the one under which held-out samples are likeliest. Whole-number samples stand for
    cells one unit wide, so a kernel is never narrower than a cell (variance 1/12).
    """
    if len(train) < 2:
        raise ValueError("A kernel density estimate needs at least two training samples.")
    is_lattice = np.array_equal(train, np.rint(train))
    floor = 12**-0.5 if is_lattice else 0.0
    order = rng.permutation(len(train))
    n_judged = min(500, max(1, len(train) // 5))
    judged, rest = train[order[:n_judged]], train[order[n_judged:]]
    if is_lattice:
        judged = judged + rng.uniform(-0.5, 0.5, size=judged.shape)

    def fitness(bandwidth: float) -> float:
        width = np.hypot(bandwidth * scale, floor)
        return float(_log_density(judged, rest, width).mean() - np.log(width).sum())

    width = np.hypot(max(np.geomspace(1e-3, 2, 30), key=fitness) * scale, floor)
    return lambda samples: _log_density(samples, train, width), np.hypot(scale, floor)


def _log_density(samples: Array, centres: Array, width: Array) -> Array:
    origin = centres.mean(axis=0)
    points, middles = (samples - origin) / width, (centres - origin) / width
    exponents = points @ middles.T
    exponents -= (middles**2).sum(axis=1) / 2
    greatest = exponents.max(axis=1)
    exponents -= greatest[:, None]
    total = np.exp(exponents, out=exponents).sum(axis=1)
    return np.asarray(np.log(total) + greatest - (points**2).sum(axis=1) / 2)

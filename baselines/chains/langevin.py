"""Metropolis-adjusted Langevin: many Markov chains that climb the gradient of a log-density.

Roberts and Tweedie, "Exponential convergence of Langevin distributions and their discrete
approximations", Bernoulli, 1996, https://doi.org/10.2307/3318418. A step goes half its squared
length along the gradient and adds normal noise; accepting or rejecting it removes the error of
steps that are not infinitely short. The length is tuned before any sample is kept until 57 % are
accepted: Roberts and Rosenthal, "Optimal scaling of discrete approximations to Langevin
diffusions", Journal of the Royal Statistical Society B, 1998, https://doi.org/10.1111/1467-9868.00123.

The target is the user's own or, without one, a kernel density estimate of the training samples
whose blur makes held-out samples likeliest. Its gradient is the mean shift: from where a chain is
to the mean of the centres near by (Comaniciu and Meer, "Mean shift: a robust approach toward
feature space analysis", IEEE Transactions on Pattern Analysis and Machine Intelligence, 2002,
https://doi.org/10.1109/34.1000236).

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

from collections.abc import Callable
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Target = Callable[[Array], tuple[Array, Array]]


class Langevin:
    """Draws from chains that start near training samples, after they have settled."""

    acceptance_rate: float
    r_hat: float
    effective_sample_size: float  # of the n_chains * burn_in states that were diagnosed
    warnings: tuple[str, ...]  # why not to believe the samples, if there is a reason

    def __init__(
        self,
        target: Target | None = None,  # log-density (n,), up to a constant, and gradient (n, d)
        n_chains: int = 200,
        burn_in: int = 300,
        thinning: int = 20,
    ) -> None:
        self.target = target
        self.n_chains = n_chains
        self.burn_in = burn_in
        self.thinning = thinning

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("Langevin chains need at least two training samples.")
        self.train = train.copy()
        # A coordinate that never varies still gets steps, of a hair's width.
        hair = 1e-6 * np.maximum(1.0, np.abs(train[0]))
        spread = np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), hair)
        if self.target:
            self.unit, self.height_and_slope = spread, self.target
        else:
            self.unit = _kernel_width(train, spread, rng)
            self.height_and_slope = _kernel_density(self.train, self.unit)
        self.step = 1.0  # in units of each coordinate
        chains = self._start(self.n_chains, rng)
        for round_ in range(1, self.burn_in + 1):
            chains, accepted = self._move(chains, rng)
            self.step *= float(np.exp(2 * (accepted.mean() - 0.574) / np.sqrt(round_)))
        self._diagnose(chains, rng)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        chains = self._start(min(n, self.n_chains), rng)
        for _ in range(self.burn_in):
            chains, _ = self._move(chains, rng)
        kept = [chains[0]]
        while sum(map(len, kept)) < n:
            for _ in range(self.thinning):
                chains, _ = self._move(chains, rng)
            kept.append(chains[0])
        return np.concatenate(kept)[:n]

    def score(self, samples: Array) -> Array:
        """Gradient (n, d) of the target's log-density, exact."""
        return self._look(samples)[2]

    def _start(self, n_chains: int, rng: np.random.Generator) -> tuple[Array, Array, Array]:
        """Start chains near training samples, but not where there is no density."""
        chosen = self.train[rng.integers(len(self.train), size=n_chains)]
        # Near as a kernel is wide: farther out every chain would end in the loneliest kernels.
        near = chosen + rng.normal(size=chosen.shape) * self.unit / 2
        possible = np.isfinite(self.height_and_slope(near)[0])
        chains = self._look(np.where(possible[:, None], near, chosen))
        if not np.isfinite(chains[1]).all():
            raise ValueError("The log-density must be finite at every training sample.")
        return chains

    def _move(
        self, chains: tuple[Array, Array, Array], rng: np.random.Generator
    ) -> tuple[tuple[Array, Array, Array], NDArray[np.bool_]]:
        """Take one step with every chain: where they are now, and which of them moved."""
        state, height, slope = chains
        noise = rng.normal(size=state.shape)
        length = self.step * self.unit
        proposed = self._look(state + length**2 / 2 * slope + length * noise)
        # The noise that would lead back; a proposal without density has no way back.
        back = (state - proposed[0]) / length - length / 2 * proposed[2]
        there = height - (noise**2).sum(axis=1) / 2
        return_ = proposed[1] - (back**2).sum(axis=1) / 2
        accepted = return_ - there > -rng.exponential(size=len(state))
        moved = (
            np.where(accepted[:, None], proposed[0], state),
            np.where(accepted, proposed[1], height),
            np.where(accepted[:, None], proposed[2], slope),
        )
        return moved, accepted

    def _look(self, state: Array) -> tuple[Array, Array, Array]:
        """Return states, their log-densities and gradients; none where there is no density."""
        height, slope = self.height_and_slope(state)
        if np.isnan(height).any() or np.isposinf(height).any():
            raise FloatingPointError(
                "The log-density of a Markov chain's state is NaN or infinite."
            )
        slope = np.where(np.isfinite(height)[:, None], slope, 0.0)
        if not np.isfinite(slope).all():
            raise FloatingPointError("The gradient at a Markov chain's state is not finite.")
        return state, height, slope

    def _diagnose(self, chains: tuple[Array, Array, Array], rng: np.random.Generator) -> None:
        """Walk on with the step that is now fixed, and measure how well the chains mix."""
        trace, moves = [], []
        for _ in range(self.burn_in):
            chains, accepted = self._move(chains, rng)
            trace.append(np.column_stack(chains[:2]))
            moves.append(accepted)
        self.acceptance_rate = float(np.mean(moves))
        if not 0.01 < self.acceptance_rate < 0.99:
            raise RuntimeError(
                f"The Markov chains accept {self.acceptance_rate:.1%} of their steps: "
                "no step length suits this density."
            )
        self.r_hat, self.effective_sample_size = _mixing(np.stack(trace))
        found = []
        if self.r_hat > 1.1:
            found.append(
                f"The chains did not mix (R-hat {self.r_hat:.2f}): where they start decides how "
                "the modes share the samples."
            )
        if self.effective_sample_size < 400:
            found.append(
                f"{self.n_chains * self.burn_in} states of the chains tell no more than "
                f"{self.effective_sample_size:.0f} independent samples."
            )
        self.warnings = tuple(found)


def _mixing(trace: Array) -> tuple[float, float]:
    """Return the greatest R-hat and the least effective size of a trace (step, chain, quantity)."""
    n = len(trace) // 2
    split = np.concatenate([trace[:n], trace[n : 2 * n]], axis=1)
    centred = split - split.mean(axis=0)
    within = centred.var(axis=0, ddof=1).mean(axis=0)
    between = split.mean(axis=0).var(axis=0, ddof=1)
    variance = (n - 1) / n * within + between
    # Autocovariances within chains; zeros keep the end of a chain from meeting its beginning.
    spectrum = np.fft.rfft(centred, 2 * n, axis=0)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, axis=0)[:n].mean(axis=1) / (n - 1)
    correlation = 1 - (within - covariance) / variance
    correlation[0] = 1
    # Sums of neighbours are positive and fall, but for chance (Geyer): no further than that holds.
    pairs = correlation[: n // 2 * 2].reshape(n // 2, 2, -1).sum(axis=1)
    pairs = np.where(np.cumprod(pairs > 0, axis=0), np.minimum.accumulate(pairs, axis=0), 0)
    time = 2 * pairs.sum(axis=0) - 1
    size = split.shape[0] * split.shape[1] / np.maximum(time, 1 / np.log10(split[..., 0].size))
    return float(np.sqrt(variance / within).max()), float(size.min())


def _kernel_density(centres: Array, width: Array) -> Target:
    """Return the log-density, up to a constant, and gradient of blurred centres."""
    origin = centres.mean(axis=0)
    middles = (centres - origin) / width
    half_norms = (middles**2).sum(axis=1) / 2

    def height_and_slope(samples: Array) -> tuple[Array, Array]:
        points = (samples - origin) / width
        exponents = points @ middles.T - half_norms
        greatest = exponents.max(axis=1)
        exponents -= greatest[:, None]
        nearness = np.exp(exponents, out=exponents)
        total = nearness.sum(axis=1)
        height = np.log(total) + greatest - (points**2).sum(axis=1) / 2
        slope = (nearness @ middles / total[:, None] - points) / width
        return height, slope

    return height_and_slope


def _kernel_width(train: Array, spread: Array, rng: np.random.Generator) -> Array:
    """Return the blur of each coordinate under which held-out samples are likeliest.

    Whole-number samples stand for cells one unit wide, so a kernel is never narrower than a cell
    (variance 1/12).
    """
    is_lattice = np.array_equal(train, np.rint(train))
    order = rng.permutation(len(train))
    n_judged = min(500, max(1, len(train) // 5))
    judged, rest = train[order[:n_judged]], train[order[n_judged:]]
    if is_lattice:
        judged = judged + rng.uniform(-0.5, 0.5, size=judged.shape)

    def width(bandwidth: float) -> Array:
        return np.hypot(bandwidth * spread, 12**-0.5 if is_lattice else 0.0)

    def fitness(bandwidth: float) -> float:
        height, _ = _kernel_density(rest, width(bandwidth))(judged)
        return float(height.mean() - np.log(width(bandwidth)).sum())

    return width(max(np.geomspace(1e-2, 2, 20), key=fitness))

"""Annealed importance sampling: log-density of samples under a model with latent variables.

Neal, "Annealed importance sampling", Statistics and Computing 2001,
https://arxiv.org/abs/physics/9803008; Wu et al., "On the quantitative analysis of decoder-based
generative models", ICLR 2017, https://arxiv.org/abs/1611.04273. The chain from the other end:
Grosse et al., "Sandwiching the marginal likelihood using bidirectional Monte Carlo", 2015,
https://arxiv.org/abs/1511.02543.

Chains of latents walk from the prior to the posterior of each sample, by Hamiltonian Monte Carlo at
ever higher powers of the likelihood. The models are plain functions of torch tensors.

Differs from the papers: step sizes are found by chains that are then thrown away, since weights
keep their mean only if nothing that a chain has met shapes its further steps.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, logsumexp

from genbench.ground.arrays import Array, as_samples
from genbench.ground.errors import BadInput
from genbench.ground.threads import one_thread

LogPrior = Callable[[Any], Any]  # from latents (n, k) to (n,), in nats
LogLikelihood = Callable[[Any, Any], Any]  # from samples (n, ...) and latents (n, k) to (n,)
Draw = Callable[[int, Any], Any]  # from n and a torch.Generator to latents (n, k) of the prior

STEEPNESS = 4.0  # of the schedule: at either end powers change slowly
LEAPS = 10  # of the leapfrog, a transition
ACCEPTED = 0.65  # share of proposals that step sizes are to reach
FAR = 1e10  # a latent so far out is none: a decoder may fail there
FACTOR = 1.1  # by which a step size changes after a transition


def annealed_log_weights(
    log_prior: LogPrior,
    log_likelihood: LogLikelihood,
    draw: Draw,
    samples: Any,
    *,
    n_chains: int = 16,
    n_steps: int = 500,
    seed: int = 0,
) -> Array:
    """Return log-weights (n, n_chains) whose exponentials average to each sample's density.

    To be given to `genbench.score` as `test_log_weights`: what comes out are lower bounds, the
    tighter the more steps.

    Args:
        log_prior: log p(z), differentiable.
        log_likelihood: log p(x | z), differentiable in z.
        draw: latents from the prior; their type (float64 at best) is that of the whole walk.
        samples: x, (n, ...).
        n_chains: chains for each sample.
        n_steps: powers between the prior and the posterior.
        seed: of all draws.

    Raises:
        BadInput: samples that are none, no chains or steps, or functions of the wrong shape.
    """
    import torch

    x = as_samples(samples, name="samples")
    _check(n_chains, n_steps)
    generator = torch.Generator().manual_seed(seed)
    powers = schedule(n_steps)
    with one_thread():
        sizes = _step_sizes(log_prior, log_likelihood, draw, x, powers, generator)
        walk = _Walk(log_prior, log_likelihood, x, n_chains, generator)
        latents = draw(len(x) * n_chains, generator)
        log_weights = torch.zeros(len(latents), dtype=torch.float64)
        for step in range(n_steps):
            gained = powers[step + 1] - powers[step]
            log_weights += gained * walk.likelihood(latents)
            if step + 1 < n_steps:
                latents, _ = walk.move(latents, powers[step + 1], sizes[step].repeat(n_chains))
    return np.asarray(log_weights.numpy().reshape(n_chains, len(x)).T)


def reverse_log_weights(
    log_prior: LogPrior,
    log_likelihood: LogLikelihood,
    draw: Draw,
    samples: Any,
    latents: Any,
    *,
    n_chains: int = 16,
    n_steps: int = 500,
    seed: int = 0,
) -> Array:
    """Return log-weights (n, n_chains) of chains that walk back: on average they are too high.

    `latents` (n, k) must be those that the model made `samples` from: only of such simulated
    samples is an exact draw from the posterior known. `upper_bound` reads the result; where it and
    the lower bound meet, both are right.

    Raises:
        BadInput: as for `annealed_log_weights`, or not one latent for each sample.
    """
    import torch

    x = as_samples(samples, name="samples")
    _check(n_chains, n_steps)
    if len(latents) != len(x):
        raise BadInput(f"{len(x)} samples need as many latents, not {len(latents)}.")
    generator = torch.Generator().manual_seed(seed)
    powers = schedule(n_steps)
    with one_thread():
        sizes = _step_sizes(log_prior, log_likelihood, draw, x, powers, generator)
        walk = _Walk(log_prior, log_likelihood, x, n_chains, generator)
        walked = torch.as_tensor(latents).to(draw(1, generator).dtype).repeat(n_chains, 1)
        log_weights = torch.zeros(len(walked), dtype=torch.float64)
        for step in range(n_steps - 1, -1, -1):
            gained = powers[step + 1] - powers[step]
            log_weights += gained * walk.likelihood(walked)
            if step:
                walked, _ = walk.move(walked, powers[step], sizes[step - 1].repeat(n_chains))
    return np.asarray(log_weights.numpy().reshape(n_chains, len(x)).T)


def upper_bound(reverse: Array) -> Array:
    """Return an upper bound, on average, of each sample's log-density (n,) from reverse weights."""
    return np.asarray(np.log(reverse.shape[1]) - logsumexp(-reverse, axis=1))


def schedule(n_steps: int) -> Array:
    """Return rising powers of the likelihood (n_steps + 1,), from 0 to 1 along a sigmoid."""
    rising = expit(STEEPNESS * np.linspace(-1, 1, n_steps + 1))
    return np.asarray((rising - rising[0]) / (rising[-1] - rising[0]))


class _Walk:
    """Hamiltonian Monte Carlo for all chains of all samples at once; chains vary slowest."""

    def __init__(
        self, log_prior: LogPrior, log_likelihood: LogLikelihood, x: Array, n: int, generator: Any
    ) -> None:
        import torch

        self.log_prior, self.log_likelihood, self.generator = log_prior, log_likelihood, generator
        self.x = torch.tensor(np.concatenate([x] * n))

    def likelihood(self, latents: Any) -> Any:
        """Log p(x | z) of every chain, without its gradient."""
        import torch

        with torch.no_grad():
            return self._likelihood(latents)

    def move(self, latents: Any, power: float, sizes: Any) -> tuple[Any, Any]:
        """Propose and accept or not; return the latents, and how likely each was accepted."""
        import torch

        momentum = torch.randn(latents.shape, generator=self.generator, dtype=latents.dtype)
        size = sizes[:, None]
        before, slope = self._log_density(latents, power)
        before = before - (momentum**2).sum(dim=1) / 2
        moved, after = latents, before
        lost = torch.zeros(len(latents), dtype=torch.bool)
        for _ in range(LEAPS):
            momentum = momentum + size / 2 * slope
            moved = moved + size * momentum
            lost |= ~(moved.abs() < FAR).all(dim=1)
            moved = torch.where(lost[:, None], latents, moved)
            after, slope = self._log_density(moved, power)
            momentum = momentum + size / 2 * slope
        after = after - (momentum**2).sum(dim=1) / 2
        # A walk that leaves the numbers is turned down.
        gain = torch.where(lost, -torch.inf, after - before)
        chance = torch.nan_to_num(gain, nan=-torch.inf).clamp(max=0).exp()
        drawn = torch.rand(len(chance), generator=self.generator, dtype=chance.dtype)
        return torch.where((drawn < chance)[:, None], moved, latents), chance

    def _log_density(self, latents: Any, power: float) -> tuple[Any, Any]:
        """Return log p(z) + power log p(x | z), and its gradient."""
        import torch

        with torch.enable_grad():
            at = latents.detach().requires_grad_()
            value = self._prior(at) + power * self._likelihood(at)
            (slope,) = torch.autograd.grad(value.sum(), at)
        return value.detach(), slope

    def _prior(self, latents: Any) -> Any:
        return _one_each(self.log_prior(latents), latents, "log_prior")

    def _likelihood(self, latents: Any) -> Any:
        value = self.log_likelihood(self.x.to(latents.dtype), latents)
        return _one_each(value, latents, "log_likelihood")


def _step_sizes(
    log_prior: LogPrior,
    log_likelihood: LogLikelihood,
    draw: Draw,
    x: Array,
    powers: Array,
    generator: Any,
) -> list[Any]:
    """Return step sizes (n,) of the samples at every power, found by chains of their own."""
    import torch

    n_chains = 2
    walk = _Walk(log_prior, log_likelihood, x, n_chains, generator)
    latents = draw(len(x) * n_chains, generator)
    size = torch.full((len(x),), 0.5, dtype=latents.dtype)
    sizes = []
    for power in powers[1:-1]:
        latents, chance = walk.move(latents, float(power), size.repeat(n_chains))
        accepted = chance.reshape(n_chains, -1).mean(dim=0)
        size = torch.where(accepted > ACCEPTED, size * FACTOR, size / FACTOR)
        sizes.append(size)
    return sizes


def _one_each(values: Any, latents: Any, name: str) -> Any:
    if values.shape != (len(latents),):
        raise BadInput(f"{name} must give shape ({len(latents)},), not {tuple(values.shape)}.")
    return values


def _check(n_chains: int, n_steps: int) -> None:
    if n_chains < 1 or n_steps < 1:
        raise BadInput("annealing needs a chain and a step or more.")

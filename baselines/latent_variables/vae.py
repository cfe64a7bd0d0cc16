"""Latent variables with an approximate posterior, trained by a lower bound on the likelihood.

Kingma, Welling, "Auto-encoding variational Bayes", ICLR 2014, https://arxiv.org/abs/1312.6114.
Differs from the paper: the prior is a mixture of Gaussians whose means, widths and weights are
learned by the same bound, because codes of clustered data are clustered; `components=1` gives the
paper's standard normal prior.

Three others change what is maximised and nothing else. The beta-VAE (Higgins et al., "beta-VAE:
learning basic visual concepts with a constrained variational framework", ICLR 2017,
https://openreview.net/forum?id=Sy2fzU9gl) weighs the divergence from the prior by `beta`. InfoVAE
(Zhao, Song, Ermon, "InfoVAE: balancing learning and inference in variational autoencoders", AAAI
2019, https://doi.org/10.1609/aaai.v33i01.33015885) makes up for a small one by `discrepancy` times
the squared maximum mean discrepancy between the latents of a whole batch and the prior. The
importance-weighted autoencoder (Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders",
ICLR 2016, https://arxiv.org/abs/1509.00519) averages the likelihood over `importance` draws of a
latent before it takes the logarithm: a tighter bound. `elbo` is the same bound for all.

Whole numbers get a logistic likelihood cut into cells of one unit, whose outermost cells also hold
the tails (Salimans et al., "PixelCNN++", ICLR 2017, https://arxiv.org/abs/1701.05517); other data
get a normal one. Both learn their width at every point.

Fréchet distance on digits, and share of the ring's samples at the density that .95 of real ones
reach, over three seeds of 4 to 20 CPU seconds: the bound 3.5 to 5.2 and .92, importance-weighted
5.3 to 11 and .93; with the standard normal prior, beta-VAE 15 and .05, InfoVAE 9 to 12 and .08.
Without a mixture for a prior the ring's gaps fill with samples; these two fill them most.
"""

import math
import sys
from copy import deepcopy
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.nn.functional import log_softmax, logsigmoid

Array = NDArray[np.float64]

NARROWEST = math.log(0.01)  # log-width, in standard deviations of a coordinate: bounds the density


class Mixture(nn.Module):
    """The prior: normals with diagonal covariances; a single one stays the standard normal."""

    def __init__(self, components: int, d: int) -> None:
        super().__init__()
        many = components > 1
        start = torch.randn(components, d) if many else torch.zeros(1, d)
        self.mean = nn.Parameter(start, requires_grad=many)
        self.log_width = nn.Parameter(torch.zeros_like(start), requires_grad=many)
        self.logits = nn.Parameter(torch.zeros(components), requires_grad=many)

    def log_prob(self, latent: Tensor) -> Tensor:
        each = _normal_log_prob(latent[:, None], self.mean, self.log_width).sum(dim=2)
        return torch.logsumexp(log_softmax(self.logits, dim=0) + each, dim=1)

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        shares = self.logits.softmax(dim=0)
        drawn = torch.multinomial(shares, n, replacement=True, generator=generator)
        noise = torch.randn((n, self.mean.shape[1]), generator=generator)
        return self.mean[drawn] + self.log_width[drawn].exp() * noise


class Network(nn.Module):
    """Encoder, decoder and prior."""

    def __init__(self, d: int, latent: int, hidden: int, components: int) -> None:
        super().__init__()
        self.encoder = _perceptron(d, hidden, 2 * latent)
        self.decoder = _perceptron(latent, hidden, 2 * d)
        self.prior = Mixture(components, latent)

    def decode(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """Return the likelihood's centre and log-width (n, d)."""
        centre, raw = self.decoder(latent).chunk(2, dim=1)
        return centre, (raw - 1.0).clamp(NARROWEST, 3.0)


class VariationalAutoencoder:
    """Draws a latent point from the prior, then a sample from the decoder's likelihood.

    Args:
        latent: coordinates of the latent space, at most twice as many as a sample has.
        components: normals in the prior.
        hidden: width of the two hidden layers of encoder and decoder.
        steps: most gradient steps; training ends when the held-out bound stops rising.
        patience: steps after the warm-up without a better held-out bound before training ends.
        batch: samples per step.
        rate: learning rate.
        beta: weight of the divergence from the prior, after the warm-up.
        discrepancy: weight of the mean discrepancy from the prior, in nats for each coordinate of a
            sample.
        importance: latents drawn for each sample in training.
        warmup: steps over which the divergence's weight rises to one, lest the decoder learn to
            do without latents before these say anything.
    """

    def __init__(
        self,
        latent: int = 8,
        components: int = 32,
        hidden: int = 128,
        steps: int = 2500,
        patience: int = 500,
        batch: int = 128,
        rate: float = 3e-3,
        warmup: int = 1000,
        beta: float = 1.0,
        discrepancy: float = 0.0,
        importance: int = 1,
    ) -> None:
        self.latent = latent
        self.components = components
        self.hidden = hidden
        self.steps = steps
        self.patience = patience
        self.batch = batch
        self.rate = rate
        self.warmup = warmup
        self.beta = beta
        self.discrepancy = discrepancy
        self.importance = importance

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        n, d = train.shape
        if n < 8:
            raise ValueError(f"VariationalAutoencoder needs at least 8 samples, not {n}.")
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        self.lattice = bool(np.array_equal(train, np.rint(train)))
        self.lowest, self.highest = train.min(axis=0), train.max(axis=0)
        if self.lattice:
            # A coordinate constant in training may take the values that others take.
            self.lowest, self.highest = np.full(d, train.min()), np.full(d, train.max())
        self.mean, self.spread = train.mean(axis=0), _spread(train)
        parts = self._standardise(train)[torch.randperm(n, generator=generator)]
        held_out, used = parts[: n // 10 + 1], parts[n // 10 + 1 :]
        held_out = held_out.repeat(5, 1)  # five draws of the latent for each
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(generator.initial_seed())
            network = Network(d, min(self.latent, 2 * d), self.hidden, self.components)
        self.network = deepcopy(network)
        self._train(network, used, held_out, generator)
        return self

    def _train(
        self, network: Network, used: Tensor, held_out: Tensor, generator: torch.Generator
    ) -> None:
        # The network that is kept is a moving average of the one that is trained.
        learned = [weight for weight in network.parameters() if weight.requires_grad]
        averaged = [weight for weight in self.network.parameters() if weight.requires_grad]
        optimiser = torch.optim.AdamW(learned, lr=self.rate, fused=True)
        best, best_step, best_state = -math.inf, 0, self.network.state_dict()
        for step in track(
            range(1, self.steps + 1),
            description="VAE",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            batch = used[torch.randint(len(used), (self.batch,), generator=generator)]
            weight = min(1.0, step / max(1, self.warmup))
            loss = -self._objective(network, batch, generator, weight)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            if not torch.isfinite(nn.utils.clip_grad_norm_(learned, 100.0)):
                raise FloatingPointError("The bound's gradient is not finite.")
            optimiser.step()
            with torch.no_grad():
                for kept, new in zip(averaged, learned, strict=True):
                    kept.lerp_(new, 1 - min(0.99, step / (step + 9)))
                if step % 50 and step < self.steps:
                    continue
                bound = float(self._objective(self.network, held_out, generator))
            if bound > best:
                best, best_step, best_state = bound, step, deepcopy(self.network.state_dict())
            elif step - max(best_step, self.warmup) >= self.patience:
                break
        self.network.load_state_dict(best_state)

    def _objective(
        self, network: Network, points: Tensor, generator: torch.Generator, weight: float = 1.0
    ) -> Tensor:
        """Return what is maximised, for the mean of the points: the bound, or what replaces it."""
        many = points.repeat(self.importance, 1)
        log_likelihood, divergence, latent = self._terms(network, many, generator)
        each = (log_likelihood - weight * self.beta * divergence).view(self.importance, -1)
        objective = (torch.logsumexp(each, dim=0) - math.log(self.importance)).mean()
        if self.discrepancy:
            prior = network.prior.sample(len(latent), generator)
            objective = objective - self.discrepancy * points.shape[1] * _mean_discrepancy(
                latent, prior
            )
        return objective

    def encode(self, samples: Array) -> Array:
        """Return the mean (n, latent) of each sample's latents."""
        with torch.no_grad():
            mean, _ = self.network.encoder(self._standardise(samples)).chunk(2, dim=1)
        latents: Array = mean.double().numpy()
        return latents

    def decode(self, latents: Array) -> Array:
        """Return the centre (n, d) of the likelihood that latents have."""
        with torch.no_grad():
            centre, _ = self.network.decode(torch.as_tensor(latents, dtype=torch.float32))
        samples: Array = centre.double().numpy() * self.spread + self.mean
        return samples

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw latents (n, latent) from the prior."""
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        with torch.no_grad():
            latents: Array = self.network.prior.sample(n, generator).double().numpy()
        return latents

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        with torch.no_grad():
            centre, log_width = self.network.decode(self.network.prior.sample(n, generator))
        if self.lattice:
            share = torch.rand(centre.shape, generator=generator, dtype=torch.float64)
            noise = torch.logit(share, eps=1e-9)
        else:
            noise = torch.randn(centre.shape, generator=generator, dtype=torch.float64)
        points = (centre + log_width.exp() * noise).numpy()
        samples: Array = points * self.spread + self.mean
        if self.lattice:
            samples = np.clip(np.rint(samples), self.lowest, self.highest)
        if not np.isfinite(samples).all():
            raise FloatingPointError("The decoder drew values that are not finite.")
        return samples

    def elbo(self, samples: Array, *, rng: np.random.Generator, draws: int = 16) -> Array:
        """Return a lower bound on the log-density of each sample (n,), in nats, never the density.

        It is an estimate of the bound, from `draws` latent points for each sample. On whole
        numbers it bounds the log-probability of the sample's cell, which is also its mean
        log-density over that cell of volume one; no cell lies beyond the range of the training
        values, so there the bound is minus infinity.
        """
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        outside = np.zeros(len(samples), dtype=bool)
        if self.lattice:
            samples = np.rint(samples)
            outside = ((samples < self.lowest) | (samples > self.highest)).any(axis=1)
        points = self._standardise(samples)
        with torch.no_grad():
            bounds = [self._bound(self.network, points, generator) for _ in range(draws)]
        return np.where(outside, -np.inf, torch.stack(bounds).mean(dim=0).double().numpy())

    def _bound(self, network: Network, points: Tensor, generator: torch.Generator) -> Tensor:
        """Return the bound of each point (n,), from one draw of its latent."""
        log_likelihood, divergence, _ = self._terms(network, points, generator)
        return log_likelihood - divergence

    def _terms(
        self, network: Network, points: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return log p(x | z) (n,), log q(z | x) / p(z) (n,) and z (n, latent), drawn from q."""
        mean, log_width = network.encoder(points).chunk(2, dim=1)
        log_width = log_width.clamp(-7.0, 3.0)
        latent = mean + log_width.exp() * torch.randn(mean.shape, generator=generator)
        divergence = _normal_log_prob(latent, mean, log_width).sum(1) - network.prior.log_prob(
            latent
        )
        return self._log_likelihood(points, *network.decode(latent)), divergence, latent

    def _log_likelihood(self, points: Tensor, centre: Tensor, log_width: Tensor) -> Tensor:
        """Return log p(sample | latent) (n,), in nats per unit of volume of the sample space."""
        if not self.lattice:
            volume = float(np.log(self.spread).sum())
            return _normal_log_prob(points, centre, log_width).sum(dim=1) - volume
        half_cell = torch.as_tensor(0.5 / self.spread, dtype=torch.float32)
        lowest = points <= self._standardise(self.lowest) + half_cell / 2
        highest = points >= self._standardise(self.highest) - half_cell / 2
        inverse = (-log_width).exp()
        below = logsigmoid((points - centre + half_cell) * inverse)  # log P(X < upper edge)
        above = logsigmoid((centre - points + half_cell) * inverse)  # log P(X > lower edge)
        # The logistic's mass between two edges is below * above * (1 - exp(-width of the cell)).
        inside = below + above + torch.log(-torch.expm1(-2 * half_cell * inverse))
        mass = torch.where(highest, above, torch.where(lowest, below, inside))
        return torch.where(lowest & highest, torch.zeros_like(mass), mass).sum(dim=1)

    def _standardise(self, samples: Array) -> Tensor:
        return torch.as_tensor((samples - self.mean) / self.spread, dtype=torch.float32)


def _perceptron(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        nn.Linear(hidden, outputs),
    )


def _normal_log_prob(x: Tensor, mean: Tensor, log_width: Tensor) -> Tensor:
    return -0.5 * (((x - mean) / log_width.exp()) ** 2 + math.log(2 * math.pi)) - log_width


def _mean_discrepancy(a: Tensor, b: Tensor) -> Tensor:
    """Return the squared maximum mean discrepancy of two sets (n, k), by a Gaussian kernel.

    The kernel's squared width is the dimension, so that points of a standard normal are neighbours
    whatever it is.
    """

    def kernel(x: Tensor, y: Tensor) -> Tensor:
        norms = x.square().sum(1)[:, None] + y.square().sum(1)
        return torch.exp((2 * x @ y.T - norms) / (2 * x.shape[1]))

    def without_itself(x: Tensor) -> Tensor:
        n = len(x)
        return (kernel(x, x).sum() - n) / (n * max(1, n - 1))

    return without_itself(a) + without_itself(b) - 2 * kernel(a, b).mean()


def _spread(train: Array) -> Array:
    """Return the unit of each coordinate (d,): its standard deviation, or a stand-in for zero."""
    deviations: Array = train.std(axis=0)
    if np.array_equal(train, np.rint(train)):
        deviations = np.maximum(deviations, 1.0)  # one step: what hardly varies hardly matters
    size: Array = np.maximum(1.0, np.abs(train).max(axis=0))
    return np.where(deviations <= 1e-9 * size, 1e-4 * size, deviations)

"""The generative model, prior and decoder, with the encoder that approximates its posterior."""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from ..training import mlp
from .likelihoods import Likelihood, normal_log_prob

NARROWEST = math.log(0.01)  # log-width, in standard deviations of a coordinate: bounds the density


class MixturePrior(nn.Module):
    """Normals with diagonal covariances, all learned; a single one stays the standard normal."""

    def __init__(self, components: int, d: int) -> None:
        super().__init__()
        many = components > 1
        start = torch.randn(components, d) if many else torch.zeros(1, d)
        self.mean = nn.Parameter(start, requires_grad=many)
        self.log_width = nn.Parameter(torch.zeros_like(start), requires_grad=many)
        self.logits = nn.Parameter(torch.zeros(components), requires_grad=many)

    def log_prob(self, latent: Tensor) -> Tensor:
        """Return the log-density (n,) of latents (n, d)."""
        each = normal_log_prob(latent[:, None], self.mean, self.log_width).sum(dim=2)
        return torch.logsumexp(log_softmax(self.logits, dim=0) + each, dim=1)

    def sample(self, n: int, random: torch.Generator) -> Tensor:
        """Draw latents (n, d)."""
        weights = self.logits.softmax(dim=0)
        component = torch.multinomial(weights, n, replacement=True, generator=random)
        noise = torch.randn((n, self.mean.shape[1]), generator=random)
        return self.mean[component] + self.log_width[component].exp() * noise


class Network(nn.Module):
    """Encoder, decoder, prior and likelihood. Points are standardized samples (n, d)."""

    def __init__(
        self, d: int, latent: int, hidden: int, components: int, likelihood: Likelihood
    ) -> None:
        super().__init__()
        self.encoder = mlp(d, hidden, hidden, 2 * latent)
        self.decoder = mlp(latent, hidden, hidden, 2 * d)
        self.prior = MixturePrior(components, latent)
        self.likelihood = likelihood

    def posterior(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Return the mean and the log-width (n, latent) of each point's latents."""
        mean, log_width = self.encoder(points).chunk(2, dim=1)
        return mean, log_width.clamp(-7.0, 3.0)

    def decode(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """Return the likelihood's centre and log-width (n, d)."""
        centre, raw = self.decoder(latent).chunk(2, dim=1)
        return centre, (raw - 1.0).clamp(NARROWEST, 3.0)

    def log_likelihood(self, points: Tensor, latent: Tensor) -> Tensor:
        """Return log p(x | z) (n,)."""
        return self.likelihood.log_prob(points, *self.decode(latent))

    def terms(self, points: Tensor, random: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Return log p(x | z) (n,), log q(z | x) / p(z) (n,) and z (n, latent), drawn from q."""
        mean, log_width = self.posterior(points)
        latent = mean + log_width.exp() * torch.randn(mean.shape, generator=random)
        log_posterior = normal_log_prob(latent, mean, log_width).sum(1)
        divergence = log_posterior - self.prior.log_prob(latent)
        return self.log_likelihood(points, latent), divergence, latent

    def elbo(self, points: Tensor, random: torch.Generator) -> Tensor:
        """Return the bound of each point (n,), from one draw of its latents."""
        log_likelihood, divergence, _ = self.terms(points, random)
        return log_likelihood - divergence

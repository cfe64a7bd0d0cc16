"""What training maximises: the evidence lower bound (ELBO), or one of three that replace it.

The beta-VAE (Higgins et al., "beta-VAE: learning basic visual concepts with a constrained
variational framework", ICLR 2017, https://openreview.net/forum?id=Sy2fzU9gl) weighs the divergence
from the prior by `beta`. InfoVAE (Zhao, Song, Ermon, "InfoVAE: balancing learning and inference in
variational autoencoders", AAAI 2019, https://doi.org/10.1609/aaai.v33i01.33015885) makes up for a
small one by `discrepancy` times the squared maximum mean discrepancy between the latents of a whole
batch and the prior. The importance-weighted autoencoder (Burda, Grosse, Salakhutdinov, "Importance
weighted autoencoders", ICLR 2016, https://arxiv.org/abs/1509.00519) averages the likelihood over
`importance` draws of a latent before it takes the logarithm: a tighter bound.
"""

import math

import torch
from torch import Tensor

from .network import Network


def objective(
    network: Network,
    points: Tensor,
    random: torch.Generator,
    beta: float = 1.0,
    discrepancy: float = 0.0,
    importance: int = 1,
) -> Tensor:
    """Return the mean over points (n, d) of what is maximised, in nats: by default, the bound."""
    log_likelihood, divergence, latent = network.terms(points.repeat(importance, 1), random)
    log_weights = (log_likelihood - beta * divergence).view(importance, -1)
    bound = (torch.logsumexp(log_weights, dim=0) - math.log(importance)).mean()
    if not discrepancy:
        return bound
    prior = network.prior.sample(len(latent), random)
    return bound - discrepancy * points.shape[1] * maximum_mean_discrepancy(latent, prior)


def maximum_mean_discrepancy(a: Tensor, b: Tensor) -> Tensor:
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

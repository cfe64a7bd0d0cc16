"""What the latents of a variational autoencoder hold, and how far its bound lies below.

A latent that the decoder does without is one whose posterior is the prior whatever the sample: it
has collapsed. `python -m genbench.baselines.latent_variables.posterior table.md` writes a table of
the models here.

Active units: Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders", ICLR 2016,
https://arxiv.org/abs/1509.00519. The rate's two parts: Hoffman, Johnson, "ELBO surgery: yet another
way to carve up the variational evidence lower bound", NIPS workshop 2016,
https://approximateinference.org/accepted/HoffmanJohnson2016.pdf. The gap: Cremer, Li, Duvenaud,
"Inference suboptimality in variational autoencoders", ICML 2018, https://arxiv.org/abs/1801.03558.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..training import progress, torch_generator, write_table
from .likelihoods import Array, normal_log_prob
from .network import Network
from .vae import VariationalAutoencoder

ACTIVE = 0.01  # variance of a latent's posterior mean, from which on it is active
AT_ONCE = 64  # points whose latents are compared with all posteriors, or weighed, at a time

# Settings of `VariationalAutoencoder`, as the catalog has them and with its normal prior.
MODELS: dict[str, dict[str, Any]] = {
    "the bound": {},
    "the bound, normal prior": {"components": 1},
    "beta-VAE": {"beta": 4.0, "components": 1},
    "InfoVAE": {"beta": 0.1, "discrepancy": 5.0, "components": 1},
    "importance-weighted": {"importance": 8},
}
HEADER = """\
| model | active units | rate | information | aggregate divergence | gap |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """What the approximate posteriors of some samples say; divergences are in nats a sample.

    Args:
        latents: coordinates of the latent space.
        active_units: those whose posterior mean varies, by .01 or more, over the samples.
        rate: mean divergence of a sample's posterior from the prior: the sum of the next two.
        information: between a sample and its latents; of n samples at most log n can be seen.
        aggregate_divergence: of the posteriors' mixture from the prior: what samples that are drawn
            from the prior, and not from it, get wrong.
        gap: by how much the bound lies below the log-likelihood; a little more, as that is itself
            estimated from below, by importance weights.
    """

    latents: int
    active_units: int
    rate: float
    information: float
    aggregate_divergence: float
    gap: float


def posterior_of(
    model: VariationalAutoencoder, samples: Array, *, rng: np.random.Generator, draws: int = 1000
) -> Posterior:
    """Return what the posteriors of samples (n, d) say; the gap is from `draws` weights of each."""
    points = model.standardize(model.network.likelihood.nearest(samples))
    return of_network(model.network, points, torch_generator(rng), draws)


@torch.no_grad()
def of_network(
    network: Network, points: Tensor, random: torch.Generator, draws: int = 1000
) -> Posterior:
    """Return the same of a network, and points (n, d) as it reads them."""
    mean, log_width = network.posterior(points)
    latent = mean + log_width.exp() * torch.randn(mean.shape, generator=random)
    own = normal_log_prob(latent, mean, log_width).sum(dim=1)
    prior = network.prior.log_prob(latent)
    mixture = torch.cat(
        [
            normal_log_prob(part[:, None], mean, log_width).sum(dim=2).logsumexp(dim=1)
            for part in torch.split(latent, AT_ONCE)
        ]
    ) - math.log(len(points))
    gaps = torch.cat([_gaps(network, part, random, draws) for part in torch.split(points, AT_ONCE)])
    return Posterior(
        latents=mean.shape[1],
        active_units=int((mean.var(dim=0) >= ACTIVE).sum()),
        rate=float((own - prior).mean()),
        information=float((own - mixture).mean()),
        aggregate_divergence=float((mixture - prior).mean()),
        gap=float(gaps.mean()),
    )


def _gaps(network: Network, points: Tensor, random: torch.Generator, draws: int) -> Tensor:
    """Return how far each point's mean log-weight is below the log of its mean weight (n,)."""
    log_weights = torch.stack([network.elbo(points, random) for _ in range(draws)]).double()
    return log_weights.logsumexp(dim=0) - math.log(draws) - log_weights.mean(dim=0)


def table(
    train: Array,
    test: Array,
    models: Mapping[str, Mapping[str, Any]] = MODELS,
    seeds: Sequence[int] = (0, 1, 2),
) -> str:
    """Return a Markdown table: a row for each model, with the numbers of each seed on `test`."""
    text = HEADER
    for name, settings in models.items():
        found = []
        for seed in progress(seeds, name):
            rng = np.random.default_rng(seed)
            model = VariationalAutoencoder(**settings).fit(train, rng=rng)
            found.append(posterior_of(model, test, rng=rng))
        columns = [" ".join(f"{each.active_units} of {each.latents}," for each in found)[:-1]]
        columns += [
            " ".join(f"{getattr(each, field):.1f}" for each in found)
            for field in ("rate", "information", "aggregate_divergence", "gap")
        ]
        text += f"| {' | '.join((name, *columns))} |\n"
    return text


def _digits() -> tuple[Array, Array]:
    """Return handwritten digits to train on and others (n, 64)."""
    from sklearn.datasets import load_digits

    pictures = np.random.default_rng(0).permutation(load_digits().data)
    return pictures[:1000], pictures[1000:]


if __name__ == "__main__":
    write_table(lambda: table(*_digits()))

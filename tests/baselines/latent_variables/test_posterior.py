"""Where model and posterior are linear and normal, all of it is known in closed form."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from genbench.baselines.latent_variables.likelihoods import Normal
from genbench.baselines.latent_variables.network import Network
from genbench.baselines.latent_variables.posterior import of_network, posterior_of
from genbench.baselines.latent_variables.vae import VariationalAutoencoder

SLOPE, WIDTH = 2.0, 0.5  # of x = SLOPE z + WIDTH e
LATENT_VARIANCE = WIDTH**2 / (SLOPE**2 + WIDTH**2)  # of z given x


class Linear(nn.Module):
    """What a matrix and a constant make of the input."""

    def __init__(self, matrix, constant):
        super().__init__()
        self.matrix, self.constant = torch.tensor(matrix), torch.tensor(constant)

    def forward(self, x):
        return x @ self.matrix + self.constant


def network(posterior_variance=LATENT_VARIANCE, slope=SLOPE / (SLOPE**2 + WIDTH**2)):
    """The model with one latent that is used and one that is not, and a posterior."""
    net = Network(1, 2, 4, 1, Normal(np.ones(1)))
    log_width = 0.5 * math.log(posterior_variance)
    net.encoder = Linear([[slope, 0.0, 0.0, 0.0]], [0.0, 0.0, log_width, 0.0])
    net.decoder = Linear([[SLOPE, 0.0], [0.0, 0.0]], [0.0, 1.0 + math.log(WIDTH)])
    return net


@pytest.fixture(scope="module")
def points():
    random = torch.Generator().manual_seed(0)
    z, e = torch.randn((2, 4000, 1), generator=random)
    return SLOPE * z + WIDTH * e


@pytest.fixture
def random():
    return torch.Generator().manual_seed(1)


@pytest.mark.long
def test_a_true_posterior_leaves_no_gap_and_its_mixture_is_the_prior(points, random):
    found = of_network(network(), points, random, draws=50)

    information = -0.5 * math.log(LATENT_VARIANCE)
    assert (found.latents, found.active_units) == (2, 1)
    assert found.gap == pytest.approx(0, abs=1e-4)
    assert found.information == pytest.approx(information, abs=0.03)
    assert found.aggregate_divergence == pytest.approx(0, abs=0.03)
    assert found.rate == pytest.approx(information, abs=0.03)
    assert found.rate == pytest.approx(found.information + found.aggregate_divergence, abs=1e-5)


@pytest.mark.long
def test_a_posterior_that_is_too_wide_leaves_its_divergence_from_the_true_one(points, random):
    wide = 3 * LATENT_VARIANCE

    found = of_network(network(posterior_variance=wide), points[:500], random, draws=1000)

    assert found.gap == pytest.approx(0.5 * (3 - 1 - math.log(3)), abs=0.03)


def test_a_posterior_that_says_nothing_has_collapsed(points, random):
    found = of_network(network(posterior_variance=1.0, slope=0.0), points[:500], random, draws=10)

    assert found.active_units == 0
    assert found.rate == pytest.approx(0, abs=1e-5)
    assert found.information == pytest.approx(0, abs=1e-5)


def test_means_that_are_too_far_out_are_seen_in_the_mixture(points, random):
    """The mixture of posteriors is normal, with a variance that differs from the prior's."""
    far = 3 * SLOPE / (SLOPE**2 + WIDTH**2)
    found = of_network(network(slope=far), points, random, draws=10)

    variance = far**2 * (SLOPE**2 + WIDTH**2) + LATENT_VARIANCE
    divergence = 0.5 * (variance - 1 - math.log(variance))
    assert found.aggregate_divergence == pytest.approx(divergence, rel=0.05)


def test_a_fitted_model_is_looked_at_in_its_own_units():
    rng = np.random.default_rng(0)
    train = 1000 + 50 * rng.normal(size=(200, 2))
    model = VariationalAutoencoder(latent=2, components=1, hidden=16, steps=50, warmup=10)

    found = posterior_of(model.fit(train, rng=rng), train, rng=rng, draws=20)

    assert found.latents == 2
    assert 0 <= found.rate < 20
    assert found.gap >= 0

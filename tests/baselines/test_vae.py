"""The bound of the variational autoencoder against the truth that it bounds."""

import itertools

import numpy as np
import pytest
import torch
from scipy.special import expit
from scipy.stats import norm

from genbench.baselines.vae import VariationalAutoencoder


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    return VariationalAutoencoder(
        **({"latent": 1, "components": 3, "hidden": 16, "steps": 200, "warmup": 10} | settings)
    )


def log_density(model, points, n=5000):
    """Log-density by averaging the likelihood over many draws of the prior."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        latent = model.network.prior.sample(n, generator)
        centre, log_width = model.network.decode(latent)
        each = [
            model._log_likelihood(point.expand(n, -1), centre, log_width)
            for point in model._standardise(points)
        ]
    return torch.logsumexp(torch.stack(each).double(), dim=1).numpy() - np.log(n)


def test_the_bound_lies_below_the_density_and_not_far(rng):
    train = np.concatenate([rng.normal(-2, 0.5, size=(150, 2)), rng.normal(2, 0.5, size=(150, 2))])
    model = small(steps=300, rate=5e-3).fit(train, rng=rng)
    points = train[::30]

    truth, bound = log_density(model, points), model.elbo(points, rng=rng, draws=100)

    assert (bound < truth + 0.05).all()
    assert (truth - bound).mean() < 1.0


def test_the_density_that_is_bounded_integrates_to_one_in_units_of_the_data(rng):
    train = 100 + 30 * rng.normal(size=(200, 1))
    model = small().fit(train, rng=rng)
    grid = np.linspace(-200, 400, 301)

    density = np.exp(log_density(model, grid[:, None], n=2000))

    assert np.trapezoid(density, grid) == pytest.approx(1, abs=0.01)


def test_the_masses_of_all_cells_sum_to_one_on_whole_numbers(rng):
    train = rng.integers(0, 4, size=(60, 2)).astype(float) ** 2
    model = small(steps=60).fit(train, rng=rng)
    cells = np.array(list(itertools.product(range(10), repeat=2)), dtype=float)

    mass = np.exp(log_density(model, cells, n=500))

    assert mass.sum() == pytest.approx(1, abs=1e-4)
    assert model.elbo(np.array([[10.0, 0.0], [-1.0, 0.0]]), rng=rng).tolist() == [-np.inf] * 2


def test_likelihood_of_a_cell_is_a_difference_of_logistic_distribution_functions(rng):
    train = rng.integers(0, 9, size=(60, 1)).astype(float)
    model = small(steps=20).fit(train, rng=rng)
    centre, width, level = 3.3, 1.7, 5.0
    expected = np.log(expit((level + 0.5 - centre) / width) - expit((level - 0.5 - centre) / width))

    found = model._log_likelihood(
        model._standardise(np.array([[level]])),
        model._standardise(np.array([[centre]])),
        torch.log(torch.tensor([[width / model.spread[0]]], dtype=torch.float32)),
    )

    assert float(found) == pytest.approx(expected, abs=1e-4)


def test_one_component_is_the_standard_normal_prior_and_stays_it(rng):
    model = small(components=1, latent=2).fit(rng.normal(size=(50, 2)), rng=rng)
    latent = rng.normal(size=(5, 2))

    found = model.network.prior.log_prob(torch.as_tensor(latent, dtype=torch.float32))

    np.testing.assert_allclose(found, norm.logpdf(latent).sum(axis=1), atol=1e-5)

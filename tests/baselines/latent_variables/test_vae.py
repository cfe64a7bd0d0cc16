"""The bound of the variational autoencoder against the truth that it bounds."""

import itertools

import numpy as np
import pytest
import torch
from scipy.special import expit
from scipy.stats import norm

from genbench.baselines.latent_variables.objective import maximum_mean_discrepancy
from genbench.baselines.latent_variables.vae import VariationalAutoencoder


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
            model.network.likelihood.log_prob(point.expand(n, -1), centre, log_width)
            for point in model.standardize(points)
        ]
    return torch.logsumexp(torch.stack(each).double(), dim=1).numpy() - np.log(n)


def test_the_bound_lies_below_the_density_and_not_far(rng):
    train = np.concatenate([rng.normal(-2, 0.5, size=(150, 2)), rng.normal(2, 0.5, size=(150, 2))])
    model = small(steps=300, learning_rate=5e-3).fit(train, rng=rng)
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

    found = model.network.likelihood.log_prob(
        model.standardize(np.array([[level]])),
        model.standardize(np.array([[centre]])),
        torch.log(torch.tensor([[width / model.spread[0]]], dtype=torch.float32)),
    )

    assert float(found) == pytest.approx(expected, abs=1e-4)


def test_one_component_is_the_standard_normal_prior_and_stays_it(rng):
    model = small(components=1, latent=2).fit(rng.normal(size=(50, 2)), rng=rng)
    latent = rng.normal(size=(5, 2))

    found = model.network.prior.log_prob(torch.as_tensor(latent, dtype=torch.float32))

    np.testing.assert_allclose(found, norm.logpdf(latent).sum(axis=1), atol=1e-5)


def objective(model, points, **settings):
    for name, value in settings.items():
        setattr(model, name, value)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        return float(model._objective(model.network, model.standardize(points), generator))


def test_beta_weighs_the_divergence(rng):
    train = rng.normal(size=(60, 2))
    model = small(steps=50).fit(train, rng=rng)
    generator = torch.Generator().manual_seed(0)
    points = model.standardize(train)

    found = [objective(model, train, beta=beta) for beta in (0.0, 1.0, 4.0)]

    with torch.no_grad():
        likelihood, divergence, _ = model.network.terms(points, generator)
    expected = [float((likelihood - beta * divergence).mean()) for beta in (0.0, 1.0, 4.0)]
    assert found == pytest.approx(expected, rel=1e-4)


def test_more_importance_weights_bring_the_bound_up_to_the_density(rng):
    train = np.concatenate([rng.normal(-2, 0.5, size=(150, 2)), rng.normal(2, 0.5, size=(150, 2))])
    model = small(steps=100).fit(train, rng=rng)
    points = train[::30]
    with torch.no_grad():
        model.network.encoder[-1].bias[1] += 0.7  # posteriors twice too wide: a loose bound

    one, few, many = (
        objective(model, np.repeat(points, 40, axis=0), importance=k) for k in (1, 8, 200)
    )

    truth = log_density(model, points, n=20_000).mean()
    assert one < few < many
    assert many == pytest.approx(truth, abs=0.03)


def test_the_discrepancy_is_the_kernels_mean_within_less_twice_between(rng):
    a, b = rng.normal(size=(6, 3)), 1 + rng.normal(size=(5, 3))

    found = float(maximum_mean_discrepancy(torch.as_tensor(a), torch.as_tensor(b)))

    def mean(x, y, *, same):
        each = [
            np.exp(-((p - q) ** 2).sum() / 6)
            for i, p in enumerate(x)
            for j, q in enumerate(y)
            if not (same and i == j)
        ]
        return np.mean(each)

    expected = mean(a, a, same=True) + mean(b, b, same=True) - 2 * mean(a, b, same=False)
    assert found == pytest.approx(expected, abs=1e-12)


def test_the_discrepancy_of_latents_from_the_prior_is_taken_away(rng):
    train = rng.normal(size=(60, 2))
    model = small(steps=50).fit(train, rng=rng)

    without, within = (objective(model, train, discrepancy=weight) for weight in (0.0, 100.0))

    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        _, _, latent = model.network.terms(model.standardize(train), generator)
        prior = model.network.prior.sample(60, generator)
        expected = 100 * 2 * float(maximum_mean_discrepancy(latent, prior))
    assert without - within == pytest.approx(expected, rel=1e-3)


def test_decoded_codes_are_near_the_samples_that_were_encoded(rng):
    train = np.outer(rng.normal(size=300), [3.0, -20.0]) + 50
    train = train + 0.1 * rng.normal(size=train.shape)
    model = small(components=1, hidden=32, steps=400, learning_rate=5e-3).fit(train, rng=rng)

    codes = model.encode(train)
    back = model.decode(codes)

    assert codes.shape == (300, 1)
    assert np.corrcoef(codes[:, 0], train[:, 0])[0, 1] ** 2 > 0.9
    assert (np.abs(back - train).mean(axis=0) < 0.25 * train.std(axis=0)).all()
    assert model.sample_latents(4, rng=rng).shape == (4, 1)


def test_latents_are_drawn_from_the_prior(rng):
    model = small(components=1, latent=2, steps=10).fit(rng.normal(size=(50, 2)), rng=rng)

    latents = model.sample_latents(4000, rng=rng)

    np.testing.assert_allclose(latents.mean(axis=0), 0, atol=0.06)
    np.testing.assert_allclose(np.cov(latents.T), np.eye(2), atol=0.08)

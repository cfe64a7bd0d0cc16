"""Planar layers are bijections however their weights fall, and the density is a density."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.planar_flow import PlanarFlow, PlanarLayer


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    return PlanarFlow(**({"layers": 6, "steps": 60} | settings))


def wild_layer(d, **values):
    """Return a layer in double precision with the values given, random ones elsewhere."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = PlanarLayer(d).double().requires_grad_(False)
        for name, weight in layer.named_parameters():
            weight.copy_(torch.tensor(values[name]) if name in values else torch.randn_like(weight))
    return layer


def points(n, d):
    return torch.as_tensor(2 * np.random.default_rng(0).normal(size=(n, d)))


def test_a_layer_is_the_formula():
    layer = wild_layer(2, w=[1.0, 2.0], b=[0.5], raw=[0.3, 0.4])
    x = torch.tensor([[0.1, -0.7]], dtype=torch.float64)

    image, _ = layer(x)
    u, along = layer.direction()

    expected = x + u * np.tanh(0.1 - 1.4 + 0.5)
    torch.testing.assert_close(image, expected)
    assert along.item() == pytest.approx((layer.w @ u).item())
    assert (u - layer.raw)[0].item() == pytest.approx((u - layer.raw)[1].item() / 2)  # along w


@pytest.mark.parametrize("d", [1, 2, 5])
def test_log_determinant_is_the_jacobians(d):
    layer = wild_layer(d)

    _, found = layer(points(4, d))

    for point, log_determinant in zip(points(4, d), found, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda x: layer(x[None])[0][0], point)
        assert float(torch.linalg.det(jacobian)) == pytest.approx(log_determinant.exp().item())


@pytest.mark.parametrize("raw", [[0.0, 0.0], [-9.0, -9.0], [9.0, 9.0], [3.0, -5.0]])
def test_layers_can_be_inverted(raw):
    layer = wild_layer(2, w=[2.0, 1.0], raw=raw)

    image, log_determinant = layer(points(200, 2))

    torch.testing.assert_close(layer.inverse(image), points(200, 2), atol=1e-9, rtol=0)
    assert torch.isfinite(log_determinant).all()


def test_an_untrained_flow_is_the_gaussian_of_the_data(rng):
    train = rng.normal(size=(500, 3)) @ np.array([[2, 0, 0], [1, 0.3, 0], [0, 0, 5]]) + 7.1
    model = small(steps=1, rate=0.0).fit(train, rng=rng)

    from scipy.stats import multivariate_normal

    gaussian = multivariate_normal(train.mean(axis=0), np.cov(train.T, bias=True))
    np.testing.assert_allclose(model.log_prob(train[:50]), gaussian.logpdf(train[:50]), atol=1e-5)


def test_samples_lead_to_noise_and_back(rng):
    train = rng.binomial(16, 0.3, size=(300, 4)).astype(float)
    train[:, 1:] += train[:, :1]  # something to learn
    model = small().fit(train, rng=rng)

    noise = model.encode(train)

    np.testing.assert_allclose(model.decode(noise), train, atol=1e-4)
    assert np.isfinite(model.encode(train + 100)).all()


def test_density_integrates_to_one_in_the_units_of_the_data(rng):
    train = np.concatenate([rng.normal(-20, 4, size=(200, 2)), rng.normal(20, 4, size=(200, 2))])
    model = small().fit(train, rng=rng)
    axis = np.linspace(-100, 100, 401)

    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(model.log_prob(grid)).sum() * 0.5**2

    assert mass == pytest.approx(1, abs=0.01)


def test_density_of_whole_numbers_integrates_to_one_and_ends_beyond_their_range(rng):
    train = rng.binomial(4, 0.3, size=(300, 2)).astype(float)
    model = small(margin=0.05).fit(train, rng=rng)
    free = 5 * 0.05 / 0.9
    edges = np.linspace(-0.5 - free, 4.5 + free, 401)
    axis = (edges[1:] + edges[:-1]) / 2

    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(model.log_prob(grid)).sum() * (edges[1] - edges[0]) ** 2

    assert mass == pytest.approx(1, abs=0.01)
    assert model.log_prob(np.array([[-0.5 - free - 0.01, 2.0]])).tolist() == [-np.inf]

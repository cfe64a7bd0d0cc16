"""Radial layers are bijections however their weights fall, and the density is a density."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.radial_flow import RadialFlow, RadialLayer


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    return RadialFlow(**({"layers": 6, "steps": 60} | settings))


def wild_layer(d, **values):
    """Return a layer in double precision with the values given, random ones elsewhere."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = RadialLayer(d).double().requires_grad_(False)
        for name, weight in layer.named_parameters():
            weight.copy_(torch.tensor(values[name]) if name in values else torch.randn_like(weight))
    return layer


def points(n, d):
    return torch.as_tensor(2 * np.random.default_rng(0).normal(size=(n, d)))


def test_a_layer_is_the_formula():
    layer = wild_layer(2, centre=[1.0, -1.0], raw_a=0.7, raw_b=1.3)
    x = torch.tensor([[4.0, 3.0]], dtype=torch.float64)  # five from the centre

    image, _ = layer(x)
    a, b = layer.sizes()

    torch.testing.assert_close(image, x + b / (a + 5) * torch.tensor([[3.0, 4.0]]))
    assert a > 0
    assert b > 0


@pytest.mark.parametrize("d", [1, 2, 5])
def test_log_determinant_is_the_jacobians(d):
    layer = wild_layer(d)

    _, found = layer(points(4, d))

    for point, log_determinant in zip(points(4, d), found, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda x: layer(x[None])[0][0], point)
        assert float(torch.linalg.det(jacobian)) == pytest.approx(log_determinant.exp().item())


@pytest.mark.parametrize("raw_b", [-9.0, -1.0, 0.0, 9.0])
def test_layers_can_be_inverted(raw_b):
    layer = wild_layer(3, raw_b=raw_b)
    x = torch.cat([points(200, 3), layer.centre[None]])

    image, log_determinant = layer(x)

    torch.testing.assert_close(layer.inverse(image), x, atol=1e-9, rtol=0)
    assert torch.isfinite(log_determinant).all()


def test_a_layer_may_not_fold_space_at_its_centre():
    layer = wild_layer(2, raw_b=-50.0)

    a, b = layer.sizes()

    assert (1 + b / a).item() == pytest.approx(0.01)


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

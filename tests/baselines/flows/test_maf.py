"""The layers are autoregressive bijections, and the density is a density."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.maf import AutoregressiveLayer, MaskedAutoregressiveFlow


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    return MaskedAutoregressiveFlow(**({"layers": 3, "hidden": 16, "steps": 60} | settings))


def wild_layer(d):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layer = AutoregressiveLayer(d, hidden=16, dropout=0.0, bound=2.0).double()
        torch.nn.init.normal_(layer.leave.weight)
    return layer


def points(n, d):
    return torch.as_tensor(np.random.default_rng(0).normal(size=(n, d)))


def test_a_coordinate_depends_on_itself_and_those_before_it_only():
    layer = wild_layer(5)

    jacobian = torch.autograd.functional.jacobian(lambda x: layer(x[None])[0][0], points(1, 5)[0])

    triangle = jacobian.flip(0)  # the layer flips what it puts out
    assert (triangle.triu(1) == 0).all()
    assert (triangle.tril().abs()[np.tril_indices(5)] > 0).all()


def test_log_determinant_is_the_jacobians():
    layer = wild_layer(5)

    _, found = layer(points(3, 5))

    for point, log_determinant in zip(points(3, 5), found, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda x: layer(x[None])[0][0], point)
        assert float(torch.linalg.slogdet(jacobian)[1]) == pytest.approx(log_determinant.item())


@pytest.mark.parametrize("d", [1, 2, 5])
def test_layers_can_be_inverted(d):
    layer = wild_layer(d)

    image, _ = layer(points(30, d))

    torch.testing.assert_close(layer.inverse(image), points(30, d))


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


def test_a_flow_that_explodes_is_refused_in_one_sentence(rng):
    train = rng.normal(size=(100, 2))

    with pytest.raises(FloatingPointError, match="not finite"):
        small(rate=float("inf")).fit(train, rng=rng)

"""The flow is a bijection, and its density is a density."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.realnvp import Coupling, RealNVP


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    return RealNVP(**({"layers": 4, "hidden": 16, "steps": 60, "batch": 64} | settings))


def wild_coupling(d):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        coupling = Coupling(torch.randperm(d), hidden=16, dropout=0.0, bound=2.0).double()
        torch.nn.init.normal_(coupling.leave.weight)
    return coupling


def test_log_determinant_is_the_jacobians():
    coupling = wild_coupling(5)
    points = torch.as_tensor(np.random.default_rng(0).normal(size=(3, 5)))

    _, found = coupling(points)

    for point, log_determinant in zip(points, found, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda x: coupling(x[None])[0][0], point)
        assert float(torch.linalg.slogdet(jacobian)[1]) == pytest.approx(log_determinant.item())


def test_couplings_can_be_inverted():
    coupling = wild_coupling(5)
    points = torch.as_tensor(np.random.default_rng(0).normal(size=(30, 5)))

    image, _ = coupling(points)

    assert not torch.allclose(image, points, atol=0.1)
    torch.testing.assert_close(coupling.inverse(image), points)


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


def test_density_of_whole_numbers_integrates_to_one(rng):
    train = rng.binomial(4, 0.3, size=(300, 2)).astype(float)
    model = small(margin=0.05).fit(train, rng=rng)
    free = 5 * 0.05 / 0.9
    edges = np.linspace(-0.5 - free, 4.5 + free, 401)
    axis = (edges[1:] + edges[:-1]) / 2

    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(model.log_prob(grid)).sum() * (edges[1] - edges[0]) ** 2

    assert mass == pytest.approx(1, abs=0.01)
    assert model.log_prob(np.array([[-0.5 - free - 0.01, 2.0]])).tolist() == [-np.inf]


def test_samples_follow_the_density(rng):
    train = rng.normal(size=(400, 2)) @ np.array([[2.0, 1.5], [0.0, 0.5]]) + [5.0, 0.0]
    model = small(steps=150).fit(train, rng=rng)

    samples = model.sample(20000, rng=rng)
    axis = np.linspace(-12, 22, 341), np.linspace(-12, 12, 241)
    grid = np.stack(np.meshgrid(*axis), axis=-1).reshape(-1, 2)
    density = np.exp(model.log_prob(grid)) * 0.1**2

    np.testing.assert_allclose(samples.mean(axis=0), density @ grid, atol=0.06)
    expected = np.cov(grid.T, aweights=density)
    np.testing.assert_allclose(np.cov(samples.T), expected, rtol=0.08, atol=0.08)


def test_one_coordinate_is_modelled_by_its_mean_and_spread(rng):
    train = rng.normal(7, 3, size=(500, 1))

    model = small(steps=150).fit(train, rng=rng)

    standardised = (train - train.mean()) / train.std()
    truth = -0.5 * (standardised[:, 0] ** 2 + np.log(2 * np.pi)) - np.log(train.std())
    np.testing.assert_allclose(model.log_prob(train), truth, atol=0.25)

"""The couplings are bijections, and samples follow the density."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.realnvp import AffineCoupling, RealNVP


def small(**settings):
    return RealNVP(**({"layers": 4, "hidden": 16, "steps": 60, "batch": 64} | settings))


@pytest.fixture
def coupling(with_seed):
    def make():
        coupling = AffineCoupling(torch.randperm(5), hidden=16, dropout=0.0, bound=2.0)
        torch.nn.init.normal_(coupling.conditioner.output_layer.weight)
        return coupling

    return with_seed(make)


def test_log_determinant_is_the_jacobians(coupling, points, jacobians):
    _, found = coupling(points(3, 5))

    expected = torch.linalg.slogdet(jacobians(coupling, points(3, 5)))[1]
    torch.testing.assert_close(found, expected)


def test_couplings_can_be_inverted(coupling, points):
    image, _ = coupling(points(30, 5))

    assert not torch.allclose(image, points(30, 5), atol=0.1)
    torch.testing.assert_close(coupling.inverse(image), points(30, 5))


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

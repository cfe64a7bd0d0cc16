"""The velocity field's divergence and the density it implies, against their definitions."""

import numpy as np
import pytest
import torch

from genbench.baselines.diffusion.flow_matching import FlowMatching, Velocity


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def moons(rng):
    angle, side = rng.uniform(0, np.pi, 500), rng.integers(2, size=500)
    arcs = np.column_stack([np.cos(angle) + side, (1 - 2 * side) * np.sin(angle) + side / 2])
    return 3 * arcs + 0.4 * rng.normal(size=(500, 2)) + 5


@pytest.mark.parametrize("d", [1, 3, 5])  # few enough for Fourier features, and too many
def test_the_divergence_is_the_trace_of_the_jacobian(d):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        field = Velocity(torch.linspace(0.3, 2.0, d), hidden=16)
        torch.nn.init.normal_(field.output_layer.weight)
    points = torch.linspace(-2, 2, 4 * d).view(4, d)
    time = torch.full((1, 1), 0.7)

    velocity, divergence = field.with_divergence(points, time)

    jacobian = torch.autograd.functional.jacobian(lambda x: field(x, time), points)
    torch.testing.assert_close(velocity, field(points, time))
    torch.testing.assert_close(divergence, torch.einsum("ijij->i", jacobian))


def test_the_density_has_mass_one(moons, rng):
    model = FlowMatching(steps=60, hidden=16, batch=64).fit(moons, rng=rng)
    x, y = np.linspace(-1, 14, 50), np.linspace(-1, 12, 50)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    mass = np.exp(model.log_prob(points)).sum() * (x[1] - x[0]) * (y[1] - y[0])

    assert mass == pytest.approx(1, abs=0.01)


def test_samples_lead_back_to_their_noise(moons, rng):
    model = FlowMatching(steps=60, hidden=16, batch=64).fit(moons, rng=rng)
    noise = torch.tensor(rng.normal(size=(50, 2)), dtype=torch.float32)

    back, _ = model.carry_back(model.carry(noise))

    torch.testing.assert_close(back, noise, atol=1e-3, rtol=0)


def test_an_untrained_field_is_the_gaussian_of_the_data(rng):
    train = rng.normal(size=(2000, 3)) @ np.array([[2, 0, 0], [1, 0.3, 0], [0, 0, 5]]) + 7.1
    model = FlowMatching(steps=1, learning_rate=0).fit(train, rng=rng)

    from scipy.stats import multivariate_normal

    gaussian = multivariate_normal(train.mean(axis=0), np.cov(train.T, bias=True))
    np.testing.assert_allclose(model.log_prob(train[:100]), gaussian.logpdf(train[:100]), atol=2e-2)

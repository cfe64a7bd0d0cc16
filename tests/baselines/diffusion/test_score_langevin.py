"""The score of Gaussian data at every level of noise, and chains that keep to it."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from genbench.baselines.diffusion.score_langevin import ScoreLangevin, _levels


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def gaussian(rng):
    return rng.normal(size=(400, 2)) @ np.array([[2.0, 0.0], [1.0, 0.3]]) + 7


def untrained(train, rng):
    return ScoreLangevin(steps=1, learning_rate=0, hidden=4).fit(train, rng=rng)


def test_the_score_of_an_untrained_network_is_the_gradient_of_the_gaussian(gaussian, rng):
    model = untrained(gaussian, rng)
    noise = model.levels[-1].item() * model.axes.scale
    density = multivariate_normal(
        gaussian.mean(axis=0), np.cov(gaussian.T, bias=True) + np.diag(noise**2)
    )
    points, step = gaussian[:20], 1e-4
    shifts = step * np.eye(2)

    found = model.score(points)

    slopes = [
        (density.logpdf(points + shift) - density.logpdf(points - shift)) / (2 * step)
        for shift in shifts
    ]
    np.testing.assert_allclose(found, np.column_stack(slopes), rtol=1e-3, atol=1e-3)


def test_chains_end_in_the_gaussian_of_the_data(gaussian, rng):
    model = untrained(gaussian, rng)

    samples = model.sample(5000, rng=rng)

    np.testing.assert_allclose(samples.mean(axis=0), gaussian.mean(axis=0), atol=0.15)
    # Chains in steps of finite length spread a little too far.
    np.testing.assert_allclose(np.cov(samples.T), np.cov(gaussian.T), rtol=0.12)


@pytest.mark.parametrize("d", [1, 64, 1000])
def test_each_level_begins_among_the_points_of_the_next(d, rng):
    levels = _levels(30.0, 0.02, d).numpy()
    lengths = np.sqrt(rng.chisquare(d, size=10_000))

    reached = [np.quantile(before * lengths, 0.16) for before in levels[:-1]]
    outermost = [np.quantile(after * lengths, 0.999) for after in levels[1:]]

    assert levels[[0, -1]] == pytest.approx([30.0, 0.02])
    assert (np.array(reached) < outermost).all()


def test_the_loss_is_least_at_the_score(gaussian, rng):
    model = ScoreLangevin(steps=150, hidden=16, batch=64).fit(gaussian, rng=rng)
    points = torch.tensor(rng.normal(size=(500, 2)), dtype=torch.float32) * model.network.spread
    noise = torch.tensor([[1.0]])

    found = model.network(points, noise)

    exact = -points / (model.network.spread**2 + 1)  # the data are Gaussian: nothing to correct
    assert (found - exact).square().mean() < 0.05 * exact.square().mean()


def test_what_never_varies_comes_out_without_the_least_of_the_noise(rng):
    train = np.column_stack([rng.normal(size=100), np.full(100, 5.0)])
    model = ScoreLangevin(steps=1, learning_rate=0, hidden=4, lowest=0.3).fit(train, rng=rng)

    samples = model.sample(200, rng=rng)

    np.testing.assert_allclose(samples[:, 1], 5, atol=0.01)

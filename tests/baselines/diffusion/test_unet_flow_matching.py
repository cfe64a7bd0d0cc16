"""The flow of pictures, where its velocity and its end are known exactly."""

import numpy as np
import pytest
import torch

from genbench.baselines.diffusion.unet_flow_matching import UNetFlowMatching


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def gaussian(rng):
    noise = rng.normal(size=(400, 16))
    return 3 * np.cumsum(noise, axis=1) / np.sqrt(np.arange(1, 17)) + 7


def untrained(train, rng, **settings):
    given = {"steps": 1, "learning_rate": 0, "hidden": 8}
    return UNetFlowMatching(**(given | settings)).fit(train, rng=rng)


def test_an_untrained_velocity_is_the_mean_of_the_paths_of_gaussian_pixels(gaussian, rng):
    model = untrained(gaussian, rng)
    start, end = torch.tensor(rng.normal(size=(2, 50_000, 16)), dtype=torch.float32)
    end, time = end * model.axes.spread, torch.tensor([[0.7]])
    here = (1 - time) * start + time * end

    error = model.velocity(here, time) - (end - start)

    spreads = here.std(dim=0) * (end - start).std(dim=0)
    assert ((error * here).mean(dim=0).abs() / spreads).max() < 0.02  # no better line through it
    slope = (here * (end - start)).mean(dim=0) / here.square().mean(dim=0)
    torch.testing.assert_close(
        model.velocity(torch.ones(1, 16), time)[0], slope, atol=0.05, rtol=0.02
    )


@pytest.mark.long
def test_an_untrained_flow_stretches_noise_to_the_spread_of_each_pixel(gaussian, rng):
    model = untrained(gaussian, rng, solver_steps=40)
    noise = torch.tensor(rng.normal(size=(100, 16)), dtype=torch.float32)

    carried = model.carry(noise)

    # d log x / dt = d log width / dt, so each coordinate ends at the noise times the spread.
    torch.testing.assert_close(carried, noise * model.axes.spread, rtol=0.03, atol=0.01)
    samples = model.sample(1500, rng=rng)
    np.testing.assert_allclose(samples.mean(axis=0), gaussian.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(samples.std(axis=0), gaussian.std(axis=0), rtol=0.08)


def test_more_steps_of_the_solver_come_nearer_to_the_end_by_the_square(gaussian, rng):
    model = untrained(gaussian, rng)
    noise = torch.tensor(rng.normal(size=(100, 16)), dtype=torch.float32)

    def error(steps):
        model.solver_steps = steps
        return float((model.carry(noise) - noise * model.axes.spread).abs().mean())

    assert 2.5 < error(20) / error(40) < 6  # Heun's method is of the second order


@pytest.mark.long
def test_bright_and_dark_pictures_are_both_drawn(rng):
    bright = rng.integers(2, size=400)
    train = 10.0 * bright[:, None] + rng.normal(size=(400, 16))

    model = UNetFlowMatching(steps=150, hidden=8, batch=32, solver_steps=8).fit(train, rng=rng)
    level = model.sample(300, rng=rng).mean(axis=1)

    near = np.abs(level[:, None] - [0, 10]) < 2
    assert near.mean(axis=0).min() > 0.3
    # The Gaussian of the data has a third of its samples farther from both.
    assert near.any(axis=1).mean() > 0.8

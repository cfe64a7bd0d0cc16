"""The walk back from noise, and what the network must predict, where both are known exactly."""

import numpy as np
import pytest
import torch

from genbench.baselines.diffusion.ddpm import DDPM


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def gaussian(rng):
    return rng.normal(size=(400, 2)) @ np.array([[2.0, 0.0], [1.0, 0.3]]) + 7


def test_an_untrained_network_knows_the_noise_in_gaussian_data(gaussian, rng):
    model = DDPM(steps=1, learning_rate=0, hidden=4).fit(gaussian, rng=rng)
    noise = torch.tensor(rng.normal(size=(20_000, 2)), dtype=torch.float32)
    clean = torch.tensor(rng.normal(size=(20_000, 2)), dtype=torch.float32) * model.denoiser.spread
    signal, width = torch.tensor([[0.8]]), torch.tensor([[0.6]])

    noisy = signal * clean + width * noise
    error = model.denoiser(noisy, signal, width) - noise

    assert (error * noisy).mean(dim=0).abs().max() < 0.02  # no better line through the points
    expected = (signal * model.denoiser.spread) ** 2 / (
        (signal * model.denoiser.spread) ** 2 + width**2
    )
    np.testing.assert_allclose(error.var(dim=0), expected[0], rtol=0.05)


@pytest.mark.long
def test_an_untrained_network_draws_the_gaussian_of_the_data(gaussian, rng):
    model = DDPM(steps=1, learning_rate=0, hidden=4).fit(gaussian, rng=rng)

    samples = model.sample(5000, rng=rng)

    np.testing.assert_allclose(samples.mean(axis=0), gaussian.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(samples.T), np.cov(gaussian.T), rtol=0.1)


def test_little_signal_is_left_at_the_end_and_little_noise_added_at_the_start(gaussian, rng):
    model = DDPM(steps=1, hidden=4).fit(gaussian, rng=rng)

    assert model.signal[-1] < 0.01
    assert model.noise[0] == pytest.approx(0.01)
    torch.testing.assert_close(model.signal**2 + model.noise**2, torch.ones_like(model.signal))


def test_the_last_step_back_returns_the_sample_that_the_noise_was_added_to(gaussian, rng):
    model = DDPM(steps=1, hidden=4).fit(gaussian, rng=rng)
    clean, noise = torch.tensor(rng.normal(size=(2, 10, 2)), dtype=torch.float32)
    noisy = model.signal[0].float() * clean + model.noise[0].float() * noise
    model.denoiser = lambda *_: noise  # one that is never wrong

    found = model._step_back(noisy, 0, torch.Generator())

    torch.testing.assert_close(found, clean, atol=1e-5, rtol=1e-5)


@pytest.mark.long
def test_velocity_and_noise_are_the_same_network_weighted_differently(gaussian):
    noise, velocity = (
        DDPM(predict=predict, steps=5, hidden=4).fit(gaussian, rng=np.random.default_rng(0))
        for predict in ("noise", "velocity")
    )

    draws = [model.sample(5, rng=np.random.default_rng(1)) for model in (noise, velocity)]

    assert not np.array_equal(*draws)
    np.testing.assert_allclose(*draws, atol=0.5)


def test_what_to_predict_is_noise_or_velocity():
    with pytest.raises(ValueError, match='"noise" or "velocity", not \'score\''):
        DDPM(predict="score")

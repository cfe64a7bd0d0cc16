"""The walk back over pictures, where what the network must predict is known exactly."""

import numpy as np
import pytest
import torch

from genbench.baselines.diffusion.unet_ddpm import UNetDDPM


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def gaussian(rng):
    """Pictures of 4 x 4 whose pixels follow their neighbours; every number is possible."""
    noise = rng.normal(size=(400, 16))
    return 3 * np.cumsum(noise, axis=1) / np.sqrt(np.arange(1, 17)) + 7


def untrained(train, rng, **settings):
    return UNetDDPM(**({"steps": 1, "learning_rate": 0, "hidden": 8} | settings)).fit(
        train, rng=rng
    )


@pytest.mark.long
def test_an_untrained_network_draws_each_pixel_as_a_gaussian_of_its_own(gaussian, rng):
    model = untrained(gaussian, rng)

    samples = model.sample(2000, rng=rng)

    np.testing.assert_allclose(samples.mean(axis=0), gaussian.mean(axis=0), atol=0.3)
    np.testing.assert_allclose(samples.std(axis=0), gaussian.std(axis=0), rtol=0.08)
    assert np.abs(np.corrcoef(samples.T) - np.eye(16)).max() < 0.1


def test_the_walk_has_fewer_steps_evenly_spread_from_the_last_time_to_the_first(gaussian, rng):
    every, some = untrained(gaussian, rng, walk=1000), untrained(gaussian, rng, walk=10)

    kept = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
    np.testing.assert_allclose(every.signal, np.sqrt(kept))
    np.testing.assert_allclose(every.noise, np.sqrt(1 - kept))
    np.testing.assert_allclose(some.signal, np.sqrt(kept[::111]))
    assert float(some.signal[-1]) == float(every.signal[-1])


def test_a_step_back_skips_the_times_between(gaussian, rng):
    model = untrained(gaussian, rng, walk=10)
    clean, noise = torch.tensor(rng.normal(size=(2, 20_000, 16)), dtype=torch.float32)
    signal, width = (kept[5].float() for kept in (model.signal, model.noise))
    noisy = signal * clean + width * noise
    model.denoiser = lambda *_: noise  # one that is never wrong

    found = model._step_back(noisy, 5, torch.Generator().manual_seed(0))

    # Given the clean picture, the mean and width of the noise that is left are those of time 4.
    left = found - model.signal[4].float() * clean
    assert float(left.mean()) == pytest.approx(0, abs=0.01)
    assert float(left.std()) == pytest.approx(float(model.noise[4]), rel=0.01)

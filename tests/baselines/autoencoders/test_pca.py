"""Principal components: an exact density, and axes that a linear code deserves."""

import numpy as np
import pytest

from genbench.baselines.autoencoders.pca import PrincipalComponents
from genbench.baselines.samplers.gaussian import Gaussian


def fitted(train, **knobs):
    return PrincipalComponents(restarts=1, **knobs).fit(train, rng=np.random.default_rng(0))


def on_a_plane(n, rng):
    """Return samples (n, 5) that two hidden coordinates explain, but for a little noise."""
    code = rng.normal(size=(n, 2)) + 6 * rng.integers(0, 2, size=(n, 1))
    return code @ rng.normal(size=(2, 5)) + 0.05 * rng.normal(size=(n, 5))


def test_the_code_is_as_short_as_the_data_allow():
    model = fitted(on_a_plane(500, np.random.default_rng(1)), kept_variance=0.99, sizes=(2,))

    assert model.code_length == 2


def test_one_component_on_every_axis_is_one_gaussian():
    train = np.random.default_rng(2).normal(size=(5000, 3)) @ np.diag([1, 20, 300]) + 7
    model = fitted(train, kept_variance=0.5, sizes=(1,), least_variances=(1e-6,))

    expected = Gaussian().fit(train, rng=np.random.default_rng(0)).log_prob(train)

    assert 0 < model.code_length < 3
    assert model.log_prob(train) == pytest.approx(expected, abs=0.15)


def test_mass_is_one_with_noise_across_the_code():
    rng = np.random.default_rng(3)
    train = np.concatenate([rng.normal(size=(200, 1)) - 4, rng.normal(size=(200, 1)) + 4])
    train = train * [1, 2] + 0.5 * rng.normal(size=(400, 2))
    model = fitted(train, sizes=(1, 2))
    x, y = np.linspace(-10, 10, 400), np.linspace(-20, 20, 400)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    mass = np.exp(model.log_prob(grid)).sum() * (x[1] - x[0]) * (y[1] - y[0])

    assert (model.code_length, model.size) == (1, 2)
    assert mass == pytest.approx(1, abs=1e-3)


def test_samples_have_the_covariance_of_the_data_along_and_across_the_code():
    train = on_a_plane(2000, np.random.default_rng(4))
    model = fitted(train, sizes=(4,))

    samples = model.sample(20_000, rng=np.random.default_rng(5))

    scale = np.sqrt(np.linalg.eigvalsh(np.cov(train.T)))
    found = np.sqrt(np.linalg.eigvalsh(np.cov(samples.T)))
    assert found == pytest.approx(scale, rel=0.05)


def test_decoding_a_code_gives_the_nearest_point_of_the_plane_and_the_same_code_again():
    train = on_a_plane(500, np.random.default_rng(6))
    model = fitted(train, kept_variance=0.99, sizes=(2,))

    code = model.encode(train)
    back = model.decode(code)

    assert code.shape == (500, 2)
    np.testing.assert_allclose(model.encode(back), code, atol=1e-10)
    assert np.abs(back - train).max() < 0.5  # the noise off the plane is .05 wide
    off_the_plane = (back - train) / model.scale @ model.axes
    np.testing.assert_allclose(off_the_plane[:, :2], 0, atol=1e-10)


def test_drawn_codes_are_like_those_of_the_data():
    train = on_a_plane(2000, np.random.default_rng(7))
    model = fitted(train, kept_variance=0.99, sizes=(2,))
    code = model.encode(train)

    drawn = model.sample_latents(20_000, rng=np.random.default_rng(8))

    np.testing.assert_allclose(drawn.mean(axis=0), code.mean(axis=0), atol=0.05 * code.std())
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(code.T), atol=0.05 * code.var())

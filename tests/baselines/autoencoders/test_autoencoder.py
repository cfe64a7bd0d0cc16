"""The decoder undoes the encoder where the code is long enough, and samples are decoded codes."""

import numpy as np
import pytest

from genbench.baselines.autoencoders.autoencoder import Autoencoder


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def line(rng):
    """Samples (300, 3) that one number decides."""
    return np.outer(rng.uniform(-1, 1, size=300), [3.0, -20.0, 7.0]) + 50


def quick(train, rng, **settings):
    return Autoencoder(**({"hidden": 32, "steps": 300, "components": (1,)} | settings)).fit(
        train, rng=rng
    )


def unexplained(model, samples):
    """Share of the variance that is lost on the way through the code."""
    lost = model.decode(model.encode(samples)) - samples
    return (lost.var(axis=0) / samples.var(axis=0)).mean()


def test_one_number_is_code_enough_for_samples_on_a_line(line, rng):
    model = quick(line, rng, code=1)

    assert model.encode(line).shape == (300, 1)
    assert unexplained(model, line) < 0.01


def test_a_code_that_is_too_short_loses_what_it_cannot_hold(rng):
    train = rng.normal(size=(300, 3))

    short, long = (unexplained(quick(train, rng, code=code), train) for code in (1, 3))

    # One number of three is a third; a curve through the samples does a little better.
    assert 0.3 < short < 0.75
    assert long < 0.1


def test_the_code_is_never_longer_than_the_sample(rng):
    assert quick(rng.normal(size=(40, 2)), rng, steps=1).encode(np.zeros((5, 2))).shape == (5, 2)


def test_samples_are_decoded_draws_of_the_mixture_on_the_code(line, rng):
    model = quick(line, rng, code=1)

    codes = model.sample_latents(50, rng=np.random.default_rng(1))
    samples = model.sample(50, rng=np.random.default_rng(1))

    np.testing.assert_array_equal(samples, model.decode(codes))
    fitted = model.encode(line)
    assert model.mixture.means[0] == pytest.approx(fitted.mean(axis=0), abs=1e-6)
    assert model.mixture.factors[0, 0] ** 2 == pytest.approx(fitted.var(axis=0), rel=1e-3)


def test_one_sample_is_too_few(rng):
    with pytest.raises(ValueError, match="at least 2 samples, not 1"):
        quick(np.zeros((1, 2)), rng)

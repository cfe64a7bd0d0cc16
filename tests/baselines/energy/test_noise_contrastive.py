"""The tilt of the mixture where it is known exactly, and what resampling makes of it."""

import numpy as np
import pytest
import torch
from scipy.stats import norm
from torch import nn

from genbench.baselines.energy.noise_contrastive import Dropout, NoiseContrastive
from genbench.baselines.training import seeded


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def quick(train, rng, **settings):
    return NoiseContrastive(**({"steps": 30, "hidden": 8, "components": 1} | settings)).fit(
        train, rng=rng
    )


def test_before_training_the_model_is_the_mixture(rng):
    train = rng.normal(size=(400, 2)) * [1, 20] + 5
    model = quick(train, rng, steps=1, learning_rate=0)

    samples = model.sample(3000, rng=rng)

    np.testing.assert_allclose(model.discriminate(train[:20]), 0.5)
    np.testing.assert_allclose(samples.mean(axis=0), train.mean(axis=0), atol=1.5)
    np.testing.assert_allclose(samples.std(axis=0), train.std(axis=0), rtol=0.1)


def test_resampling_follows_the_log_odds(rng):
    model = quick(rng.normal(size=(200, 1)), rng, proposals=100)
    model.centre, model.scale, model.width = np.zeros(1), np.ones(1), np.ones(1)
    model.means, model.factors = np.zeros((1, 1)), np.ones((1, 1, 1))  # noise is N(0, 1)
    model.classifier = nn.Linear(1, 1).requires_grad_(requires_grad=False)
    model.classifier.weight[:], model.classifier.bias[:] = 0.8, -0.3

    samples = model.sample(4000, rng=rng)

    # N(0, 1) times exp(0.8 x) is N(0.8, 1), whatever the constant.
    assert samples.mean() == pytest.approx(0.8, abs=0.06)
    assert samples.std() == pytest.approx(1, abs=0.05)


def test_the_probability_of_being_data_is_the_densities_share(rng):
    halves = np.where(rng.random((3000, 1)) < 0.5, -2, 2) + 0.5 * rng.normal(size=(3000, 1))
    model = quick(halves, rng, steps=300, hidden=64, learning_rate=5e-3, dropout=0.0)
    places = np.array([[-2.0], [0.0], [2.0], [3.0]])
    data = (norm.pdf(places, -2, 0.5) + norm.pdf(places, 2, 0.5)) / 2
    noise = norm.pdf(places, halves.mean(), halves.std())

    found = model.discriminate(places)

    np.testing.assert_allclose(found, (data / (data + noise))[:, 0], atol=0.08)


def test_units_are_dropped_in_training_only_and_the_rest_makes_up_for_them():
    layer = Dropout(0.25)
    ones = torch.ones(200, 200)

    with seeded(0):
        dropped, kept = layer(ones), layer.eval()(ones)

    assert (dropped == 0).float().mean() == pytest.approx(0.25, abs=0.01)
    assert dropped.mean() == pytest.approx(1, abs=0.02)
    assert (kept == 1).all()


def test_nine_samples_are_too_few(rng):
    with pytest.raises(ValueError, match="10 training samples or more, not 9"):
        quick(np.zeros((9, 2)), rng)

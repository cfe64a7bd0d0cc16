"""What the denoising autoencoder must do that a plain one need not."""

import numpy as np
import pytest

from genbench.baselines.autoencoders.denoising_autoencoder import DenoisingAutoencoder


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_samples_are_decoded_codes_spread_as_the_data_are(rng):
    train = rng.normal(size=(500, 2)) @ np.array([[3.0, 1.0], [0.0, 0.5]]) + [100.0, -7.0]

    model = DenoisingAutoencoder(hidden=32, steps=300, components=(1,)).fit(train, rng=rng)
    samples = model.sample(2000, rng=rng)

    np.testing.assert_allclose(samples.mean(axis=0), train.mean(axis=0), atol=0.4)
    np.testing.assert_allclose(np.cov(samples.T), np.cov(train.T), rtol=0.25, atol=0.3)


def test_a_wide_blur_pulls_samples_together_and_none_leaves_them(rng):
    corner = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    train = corner[rng.integers(4, size=400)] + 0.02 * rng.normal(size=(400, 2))
    settings = {"hidden": 32, "steps": 300, "components": (8,)}

    plain, blurred = (
        DenoisingAutoencoder(**settings, corruption=corruption).fit(
            train, rng=np.random.default_rng(0)
        )
        for corruption in (0.0, 300.0)
    )

    spreads = [model.sample(1000, rng=rng).std() for model in (plain, blurred)]
    assert spreads[0] == pytest.approx(train.std(), rel=0.1)
    assert spreads[1] < 0.8 * spreads[0]


def test_blurring_needs_a_neighbour(rng):
    with pytest.raises(ValueError, match="at least 2 samples"):
        DenoisingAutoencoder().fit(np.zeros((1, 3)), rng=rng)


def test_the_decoder_undoes_the_encoder_and_samples_are_decoded_codes(rng):
    train = np.outer(rng.uniform(-1, 1, size=300), [3.0, -20.0, 7.0]) + 50
    model = DenoisingAutoencoder(code=1, hidden=32, steps=300, components=(1,)).fit(train, rng=rng)

    lost = model.decode(model.encode(train)) - train
    codes = model.sample_latents(20, rng=np.random.default_rng(1))

    assert model.encode(train).shape == (300, 1)
    assert (lost.var(axis=0) < 0.02 * train.var(axis=0)).all()
    samples = model.sample(20, rng=np.random.default_rng(1))
    np.testing.assert_array_equal(samples, model.decode(codes))

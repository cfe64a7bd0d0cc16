"""The game is played in the units of the data, and its failure is reported."""

import numpy as np
import pytest

from genbench.baselines.gans.wgan_gp import WassersteinGAN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_samples_are_in_the_units_of_the_data(rng):
    centre, spread = np.array([1000, -3]), np.array([10, 0.1])
    train = centre + spread * rng.normal(size=(400, 2))

    samples = (
        WassersteinGAN(hidden=32, steps=120, batch=32).fit(train, rng=rng).sample(500, rng=rng)
    )

    # Wide margins: so short a game gets near, in every seed tried, and no nearer.
    assert (np.abs(samples.mean(axis=0) - centre) < 3 * spread).all()
    assert (samples.std(axis=0) > spread / 10).all()
    assert (samples.std(axis=0) < spread * 4).all()


def test_two_clusters_are_both_approached(rng):
    centres = np.array([[-5.0, -3], [5, 3]])
    train = np.repeat(centres, 200, axis=0) + 0.3 * rng.normal(size=(400, 2))

    model = WassersteinGAN(hidden=32, steps=200, batch=32).fit(train, rng=rng)
    near = np.linalg.norm(model.sample(500, rng=rng)[:, None] - centres, axis=-1) < 4

    assert near.mean(axis=0).min() > 0.1  # 0.2 to 0.3 in five seeds, after so short a game


def test_divergence_is_an_error(rng):
    with pytest.raises(FloatingPointError, match="not finite"):
        WassersteinGAN(hidden=8, steps=30, rate=1e30).fit(rng.normal(size=(50, 2)), rng=rng)

"""The game is played in the units of the data, and its failure is reported."""

import numpy as np
import pytest

from genbench.baselines.gan import GAN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_two_far_clusters_are_both_approached(rng):
    train = np.repeat([[1000.0, -3], [1010, 3]], 200, axis=0) + 0.3 * rng.normal(size=(400, 2))

    samples = GAN(hidden=32, steps=250, batch=32).fit(train, rng=rng).sample(500, rng=rng)
    near = np.linalg.norm(samples[:, None] - [[1000, -3], [1010, 3]], axis=-1) < 4

    assert near.mean(axis=0).min() > 0.2


def test_divergence_is_an_error(rng):
    with pytest.raises(FloatingPointError, match="not finite"):
        GAN(hidden=8, steps=30, learning_rate=1e30).fit(rng.normal(size=(50, 2)), rng=rng)

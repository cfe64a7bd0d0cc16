"""Classes are clusters of the training data, each drawn on its own or by its share."""

import numpy as np
import pytest

from genbench.baselines.gans.conditional_gan import ConditionalGAN

CENTRES = np.array([[-6.0, -300], [0, 300], [6, -300]])


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def train(rng):
    return np.repeat(CENTRES, [50, 100, 250], axis=0) + rng.normal(size=(400, 2)) * [0.3, 15]


def nearest(samples):
    return (np.abs(samples[:, None] - CENTRES) / [1, 50]).sum(axis=-1).argmin(axis=1)


def test_each_class_is_drawn_near_its_cluster(train, rng):
    model = ConditionalGAN(classes=3, latent=4, hidden=32, steps=300, batch=64).fit(train, rng=rng)

    for label in range(3):
        samples = model.sample_class(100, label, rng=rng)
        centre = train[model.clusters.labels_ == label].mean(axis=0)
        # Clusters are 6 and 600 apart; so short a game gets some of the way.
        assert (np.abs(np.median(samples, axis=0) - centre) < [2, 200]).all()


def test_classes_are_drawn_by_their_share(train, rng, monkeypatch):
    model = ConditionalGAN(classes=3, hidden=4, steps=1).fit(train, rng=rng)
    monkeypatch.setattr(model, "_draw", lambda labels, _: labels)

    shares = np.bincount(model.sample(4000, rng=rng)) / 4000

    np.testing.assert_allclose(sorted(shares), [1 / 8, 1 / 4, 5 / 8], atol=0.03)  # 4 errors


def test_the_discriminator_gives_probabilities(train, rng):
    belief = ConditionalGAN(classes=3, hidden=4, steps=5).fit(train, rng=rng).discriminate(train)

    assert belief.shape == (400,)
    assert 0 < belief.min() <= belief.max() < 1


def test_there_are_no_more_classes_than_different_samples(rng):
    train = np.repeat([[0.0, 1], [2, 3]], 20, axis=0)

    model = ConditionalGAN(hidden=4, steps=1).fit(train, rng=rng)

    assert len(model.shares) == 2


def test_a_class_that_there_is_not_is_refused(train, rng):
    model = ConditionalGAN(classes=3, hidden=4, steps=1).fit(train, rng=rng)

    with pytest.raises(ValueError, match="from 0 to 2, not 3"):
        model.sample_class(5, 3, rng=rng)

"""Classes are given or clusters; what each is drawn like is in `test_conditional.py`."""

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


def test_the_discriminator_gives_probabilities(train, rng):
    belief = ConditionalGAN(classes=3, hidden=4, steps=5).fit(train, rng=rng).discriminate(train)

    assert belief.shape == (400,)
    assert 0 < belief.min() <= belief.max() < 1


def test_a_sample_is_judged_as_one_of_its_nearest_class(train, rng):
    model = ConditionalGAN(classes=3, hidden=16, steps=20).fit(train, rng=rng)
    seen = []
    discriminator = model.discriminator
    model.discriminator = lambda inputs: seen.append(inputs) or discriminator(inputs)

    model.discriminate(train)

    (inputs,) = seen
    np.testing.assert_array_equal(inputs[:, 2:].argmax(dim=1).numpy(), model.known.of)

"""The losses are the paper's, written out, and so are the penalties."""

import numpy as np
import pytest
import torch
from torch.nn.functional import softplus

from genbench.baselines.gans.adversarial import Discriminator, Units
from genbench.baselines.gans.r3gan import R3GAN


@pytest.fixture
def model():
    """A model of four coordinates whose discriminator is z -> z0^2 + 3 z1."""
    made = R3GAN(slope_penalty=0.5, last_slope_penalty=0.125, steps=100)
    made.units = Units(np.random.default_rng(0).normal(size=(50, 4)))
    made.discriminator = lambda z: z[:, :1] ** 2 + 3 * z[:, 1:2]
    return made


@pytest.fixture
def pairs():
    random = torch.Generator().manual_seed(0)
    return torch.randn((2, 20, 4), generator=random)


def value(z):
    return z[:, 0] ** 2 + 3 * z[:, 1]


def test_the_discriminator_s_loss_is_that_of_pairs_with_both_penalties(model, pairs):
    real, fake = pairs

    found = model.discriminator_loss(real, fake, 0)

    squares = [4 * part[:, 0] ** 2 + 9 for part in pairs]  # of the slopes
    penalty = 4 * 0.5 * 4 / 2 * (squares[0].mean() + squares[1].mean())  # for four steps
    expected = softplus(value(fake) - value(real)).mean()
    assert found.item() == pytest.approx((expected + penalty).item(), rel=1e-5)
    later = model.discriminator_loss(real, fake, 48)  # where nearly half of the fall is done
    assert later.item() == pytest.approx((expected + penalty / 4**0.48).item(), rel=1e-5)
    for unpaid in (1, 2, 3):
        assert model.discriminator_loss(real, fake, unpaid).item() == pytest.approx(
            expected.item(), rel=1e-5
        )


def test_noise_has_no_more_coordinates_than_samples(model):
    assert model.latents(3, np.random.default_rng(0)).shape == (3, 4)
    assert R3GAN(latent=3).latent_width(4) == 3


def test_the_generator_wants_the_reverse_and_real_samples_do_not_move(model, pairs):
    real, fake = pairs
    fake.requires_grad_()

    found = model.generator_loss(real, fake)

    expected = softplus(value(real) - value(fake)).mean()
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)
    (slope,) = torch.autograd.grad(found, fake)
    assert slope.abs().sum() > 0


def test_a_discriminator_reads_each_sample_s_features_and_what_it_is_told():
    network = Discriminator(2, 3, 5, [7], frequencies=4)
    seen = []
    network.features.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))
    inputs = torch.randn(6, 3 * 2 + 5)

    output = network(inputs)

    assert output.shape == (6, 1)
    torch.testing.assert_close(seen[0], inputs[:, :6].reshape(18, 2))
    assert network.layers[0].in_features == 3 * (2 + 2 * 4) + 5


def test_without_frequencies_or_in_many_coordinates_it_reads_samples_as_they_are():
    assert Discriminator(2, 1, 0, [7], frequencies=0).layers[0].in_features == 2
    assert Discriminator(4, 2, 0, [7], frequencies=9).layers[0].in_features == 8

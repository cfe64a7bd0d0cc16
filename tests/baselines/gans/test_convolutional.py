"""The games of pictures: what is judged alone, what slopes cost, and both kinds are drawn."""

import numpy as np
import pytest
import torch

from genbench.baselines.gans.convolutional_wgan_gp import ConvolutionalWGAN
from genbench.baselines.gans.dcgan import DCGAN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def halves(n, rng):
    """Pictures of 4 x 4 whose left or right half is bright."""
    columns = np.arange(4) // 2 == rng.integers(2, size=n)[:, None]
    dark = rng.integers(2, size=(n, 4, 4))
    return (dark + 8 * columns[:, None, :]).reshape(n, 16).astype(float)


@pytest.fixture(params=[DCGAN, ConvolutionalWGAN])
def model(request, rng):
    return request.param(steps=4, width=8, batch=16).fit(halves(60, rng), rng=rng)


def test_a_picture_is_judged_alone(model, rng):
    points = model.units.standardize(halves(10, rng))

    with torch.no_grad():
        together, alone = model.discriminator(points), model.discriminator(points[3:4])

    torch.testing.assert_close(together[3:4], alone)


def test_a_picture_is_drawn_alone(model):
    z = model.latents(10, np.random.default_rng(0))

    torch.testing.assert_close(model.generator(z)[:1], model.generator(z[:1]))


def test_the_averaged_generator_has_statistics_of_its_own(model):
    norm, linear = model.generator[2], model.generator[0]
    z = torch.randn((50_000, linear.in_features), generator=torch.Generator().manual_seed(0))

    maps = linear(z).view(50_000, norm.num_features, -1)

    deviation = maps.std(dim=(0, 2))
    assert ((norm.running_mean - maps.mean(dim=(0, 2))).abs() < 0.3 * deviation).all()
    torch.testing.assert_close(norm.running_var.sqrt(), deviation, rtol=0.2, atol=0.0)


def linear_critic(model, slopes):
    model.discriminator = lambda points: points @ slopes[:, None]


def test_wgan_pays_for_the_distance_of_a_slope_from_one(rng):
    model = ConvolutionalWGAN(steps=1, width=8, batch=16).fit(halves(60, rng), rng=rng)
    slopes = torch.linspace(-1, 1, 16)
    linear_critic(model, slopes)
    real, fake = torch.tensor(rng.normal(size=(2, 16, 16)), dtype=torch.float32)

    loss = model.discriminator_loss(real, fake, 0)

    penalty = model.slope_penalty * 16 * (slopes.norm() - 1) ** 2
    torch.testing.assert_close(loss, ((fake - real) @ slopes).mean() + penalty)
    torch.testing.assert_close(model.generator_loss(real, fake), -(fake @ slopes).mean())


def test_dcgan_pays_for_the_square_of_a_slope(rng):
    model = DCGAN(steps=1, width=8, batch=16).fit(halves(60, rng), rng=rng)
    slopes = torch.linspace(-1, 1, 16)
    linear_critic(model, slopes)
    real, fake = torch.tensor(rng.normal(size=(2, 16, 16)), dtype=torch.float32)

    loss = model.discriminator_loss(real, fake, 0)

    judged = torch.log1p((-real @ slopes).exp()) + torch.log1p((fake @ slopes).exp())
    penalty = model.penalty_every * model.slope_penalty * 16 / 2 * slopes.square().sum()
    torch.testing.assert_close(loss, judged.mean() + penalty)


def test_the_discriminator_gives_probabilities(rng):
    train = halves(60, rng)
    model = DCGAN(steps=4, width=8, batch=16).fit(train, rng=rng)

    found = model.discriminate(train)

    assert found.shape == (60,)
    assert ((found > 0) & (found < 1)).all()


@pytest.mark.long
@pytest.mark.parametrize("kind", [DCGAN, ConvolutionalWGAN])
def test_both_kinds_of_pictures_are_drawn_in_whole_numbers(kind, rng):
    model = kind(steps=200, width=8, batch=32, learning_rate=2e-3).fit(halves(300, rng), rng=rng)

    pictures = model.sample(300, rng=rng)

    assert set(np.unique(pictures)) <= set(range(10))
    left, right = pictures.reshape(-1, 2, 4, 2, 2).mean(axis=(1, 2, 4)).T
    assert 0.2 < (left > right).mean() < 0.8
    assert np.median(np.abs(left - right)) > 2

"""The bound on pictures against the density that it bounds, and what the convolutions see."""

import numpy as np
import pytest
import torch

from genbench.baselines.latent_variables.convolutional_vae import ConvolutionalVAE, Decoder, Encoder
from genbench.baselines.pictures import Shape


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    given = {"latent": 2, "components": 2, "width": 8, "hidden": 8, "steps": 60, "warmup": 150}
    return ConvolutionalVAE(**(given | settings))


def halves(rng, n=80):
    """Pictures of 4 x 4 whose left or right half is bright."""
    side = rng.integers(2, size=n)
    dark = rng.integers(2, size=(n, 4, 4))
    columns = np.arange(4) // 2 == side[:, None]
    return (dark + 8 * columns[:, None, :]).reshape(n, 16).astype(float), side


def test_the_bound_lies_below_the_log_mass_of_pictures_and_not_far(rng):
    train, _ = halves(rng)
    model = small(steps=300, learning_rate=5e-3).fit(train, rng=rng)
    pictures = train[:10]
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():  # the likelihood, averaged over many draws of the prior
        latent = model.network.prior.sample(20_000, generator)
        centre, log_width = model.network.decode(latent)
        each = [
            model.network.likelihood.log_prob(point.expand(20_000, -1), centre, log_width)
            for point in model.standardize(pictures)
        ]
    truth = torch.logsumexp(torch.stack(each).double(), dim=1).numpy() - np.log(20_000)

    bound = model.elbo(pictures, rng=rng, draws=100)

    assert (bound < truth + 0.1).all()
    assert (truth - bound).mean() < 3
    noise = -16 * np.log(2)  # two levels a pixel, were all else known
    assert truth.mean() < noise
    assert bound.mean() > 3 * noise  # where every level is as likely, ten a pixel: 3.3 times


def test_both_kinds_of_pictures_are_drawn(rng):
    train, _ = halves(rng, 300)
    model = small(steps=300, learning_rate=5e-3).fit(train, rng=rng)

    pictures = model.sample(300, rng=rng).reshape(-1, 4, 4)

    brighter = np.sign(pictures[:, :, 2:].mean(axis=(1, 2)) - pictures[:, :, :2].mean(axis=(1, 2)))
    assert 0.25 < (brighter > 0).mean() < 0.75
    contrast = np.abs(pictures[:, :, 2:].mean(axis=(1, 2)) - pictures[:, :, :2].mean(axis=(1, 2)))
    assert np.median(contrast) > 3


def test_codes_and_pictures_go_to_and_fro(rng):
    train, _ = halves(rng)
    model = small(latent=3).fit(train, rng=rng)

    codes = model.encode(train)

    assert codes.shape == (80, 3)
    assert model.decode(codes).shape == (80, 16)
    assert model.sample_latents(5, rng=rng).shape == (5, 3)


def test_the_decoders_halves_are_a_centre_and_a_width_for_each_number():
    shape = Shape(8, 3)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        decoder, encoder = Decoder(shape, 8, 8, 2), Encoder(shape, 8, 8, 2)
        decoder.constant[1, 5] = 7.0  # the width of one number, and of nothing else
        before = decoder(torch.zeros(1, 2))
        decoder.constant.zero_()
        moved = before - decoder(torch.zeros(1, 2))
        told = encoder(before[:, :192])

    assert before.shape == (1, 2 * 192)
    assert torch.nonzero(moved[0])[:, 0].tolist() == [192 + 5]
    assert told.shape == (1, 4)

"""Maps of codes: each place on its own, laid out as the prior reads them."""

import numpy as np
import pytest
import torch

from genbench.baselines.pictures import Shape
from genbench.baselines.quantization.convolutional_vq_vae import ConvolutionalVQVAE, Encoder


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    given = {"size": 8, "width": 4, "hidden": 8, "steps": 20, "prior_hidden": 8, "prior_steps": 4}
    return ConvolutionalVQVAE(**(given | settings))


def quarters(n, rng):
    """Pictures of 8 x 8 with one bright quarter, and which it is."""
    which = rng.integers(4, size=n)
    bright = np.zeros((n, 2, 2))
    bright[np.arange(n), which // 2, which % 2] = 9
    pictures = np.kron(bright, np.ones((4, 4))) + rng.integers(2, size=(n, 8, 8))
    return pictures.reshape(n, 64), which


@pytest.mark.parametrize("slots", [1, 4])
def test_decoding_a_map_decodes_what_each_place_was_quantized_to(slots, rng):
    train, _ = quarters(60, rng)
    model = small(slots=slots).fit(train, rng=rng)

    codes = model.encode(train)

    with torch.no_grad():
        vectors = model.encoder(model._standardize(train))
        by_place, quantized, _ = model.codebooks.quantize(vectors)
        expected = model.decoder(quantized).double().numpy() * model.spread + model.mean
    assert codes.shape == (60, 4 * slots)
    np.testing.assert_allclose(model.decode(codes), expected, atol=1e-4)
    np.testing.assert_allclose(model.decode(codes[::-1]), expected[::-1], atol=1e-4)
    if slots == 4:  # a place's slots lie in a square, places in a larger one
        corner = codes[0].reshape(4, 4)[:2, 2:].ravel()
        np.testing.assert_array_equal(corner, by_place[1])


def test_a_place_hears_of_the_pixels_around_it_only():
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(0)
        encoder = Encoder(Shape(28, 1), 8, 4)
        rows = torch.randn(1, 784)
        moved = rows.clone()
        moved[0, 0] += 10
        change = (encoder(moved) - encoder(rows)).abs().sum(dim=1).view(7, 7)

    assert change[0, 0] > 0
    assert (change[3:] == 0).all()
    assert (change[:, 3:] == 0).all()


@pytest.mark.long
def test_pictures_that_are_drawn_have_one_bright_quarter_as_those_that_were_learned(rng):
    train, _ = quarters(400, rng)
    model = small(steps=300, prior_hidden=16, prior_steps=300).fit(train, rng=rng)

    means = model.sample(300, rng=rng).reshape(-1, 2, 4, 2, 4).mean(axis=(2, 4)).reshape(-1, 4)

    bright = means > 5
    assert (bright.sum(axis=1) == 1).mean() > 0.9  # by chance, of four that are drawn apart, .42
    assert (bright.mean(axis=0) > 0.1).all()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"slots": 2}, "slots must be a square number, such as 1 or 4, not 2"),
        ({"slots": 0}, "not 0"),
        ({"size": 257}, "size must be from 1 to 256, not 257"),
    ],
)
def test_settings_that_no_map_can_have_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        ConvolutionalVQVAE(**settings)

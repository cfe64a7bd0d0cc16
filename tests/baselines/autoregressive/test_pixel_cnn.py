"""Later pixels stay hidden, and only squares are pictures."""

import numpy as np
import pytest
import torch

from genbench.baselines.autoregressive.pixel_cnn import PixelCNN


def quick(train, rng, **settings):
    return PixelCNN(**({"width": 8, "blocks": 1, "epochs": 3} | settings)).fit(train, rng=rng)


def test_a_pixel_is_predicted_from_pixels_before_it_only(changes, rng):
    net = quick(rng.integers(4, size=(60, 25)).astype(float), rng).net

    moved = changes(net, 12, 25)  # the middle of a picture of 5 x 5

    assert (moved[:13] == 0).all()
    assert (moved[[13, 16, 17, 18]] > 0).all()  # to the right, and around in the next line


def test_the_first_lines_alone_are_read_as_they_are_in_a_whole_picture(rng):
    net = quick(rng.integers(4, size=(60, 25)).astype(float), rng).net
    rows = torch.tensor(rng.integers(4, size=(3, 25)))

    torch.testing.assert_close(net(rows[:, :10]), net(rows)[:, :10])


def test_only_squares_are_pictures(rng):
    with pytest.raises(ValueError, match="8 x 8 pixels; 2 coordinates are not a square"):
        quick(rng.normal(size=(30, 2)), rng)


def test_pictures_of_other_than_whole_numbers_have_a_density(rng):
    train = rng.normal(size=(50, 4))
    model = quick(train, rng, bins=8)

    assert np.isfinite(model.log_prob(train)).all()
    assert model.sample(3, rng=rng).shape == (3, 4)

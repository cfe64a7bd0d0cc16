"""Later pixels stay hidden, and only squares are pictures."""

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from genbench.baselines.autoregressive.pixel_cnn import PixelCNN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def quick(train, rng, **settings):
    return PixelCNN(**({"width": 8, "blocks": 1, "epochs": 3} | settings)).fit(train, rng=rng)


def changes(net, place, d):
    """How much a coordinate's change moves the logits of each (d,)."""
    net = net.double()  # what comes from far is faint
    rows = torch.zeros(1, d, dtype=torch.int64)
    changed = rows.clone()
    changed[0, place] = 3
    return (net(rows) - net(changed)).abs().amax(dim=2)[0]


def test_a_pixel_is_predicted_from_pixels_before_it_only(rng):
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


def test_all_rows_of_whole_numbers_together_have_mass_one(rng):
    train = rng.integers(2, 5, size=(80, 4)).astype(float)
    every_row = np.stack(np.meshgrid(*[[2.0, 3, 4]] * 4), axis=-1).reshape(-1, 4)

    model = quick(train, rng)

    assert logsumexp(model.log_prob(every_row)) == pytest.approx(0, abs=1e-5)
    assert (model.log_prob(every_row + 10) == -np.inf).all()


def test_samples_are_drawn_from_the_mass_that_log_prob_gives(rng):
    train = np.repeat([[0.0, 2, 0, 1], [1, 0, 2, 2], [2, 1, 1, 0]], [10, 30, 60], axis=0)
    model = quick(train, rng, epochs=60, patience=60, learning_rate=2e-2, dropout=0.0)

    rows, counts = np.unique(model.sample(4000, rng=rng), axis=0, return_counts=True)

    np.testing.assert_allclose(counts / 4000, np.exp(model.log_prob(rows)), atol=0.03)
    assert (
        np.exp(model.log_prob(train[[0, 20, 99]])).sum() > 0.9
    )  # it has learned what goes together

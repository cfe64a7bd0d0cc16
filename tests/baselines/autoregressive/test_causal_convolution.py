"""Later coordinates stay hidden, and layers together see back to the first one."""

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from genbench.baselines.autoregressive.causal_convolution import CausalConvolution


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def quick(train, rng, **settings):
    return CausalConvolution(**({"width": 8, "epochs": 3} | settings)).fit(train, rng=rng)


def changes(net, place, d):
    """How much a coordinate's change moves the logits of each (d,)."""
    net = net.double()  # what comes from far is faint
    rows = torch.zeros(1, d, dtype=torch.int64)
    changed = rows.clone()
    changed[0, place] = 3
    return (net(rows) - net(changed)).abs().amax(dim=2)[0]


@pytest.mark.parametrize("place", [0, 2])
def test_a_coordinate_is_predicted_from_all_those_before_it_only(place, rng):
    net = quick(rng.integers(4, size=(60, 9)).astype(float), rng).net

    moved = changes(net, place, 9)

    assert (moved[: place + 1] == 0).all()
    assert (moved[place + 1 :] > 0).all()


def test_the_first_coordinates_alone_are_read_as_they_are_in_a_whole_sample(rng):
    net = quick(rng.integers(4, size=(60, 9)).astype(float), rng).net.double()
    rows = torch.tensor(rng.integers(4, size=(5, 9)))

    torch.testing.assert_close(net(rows[:, :4]), net(rows)[:, :4], rtol=0, atol=1e-12)


def test_all_rows_of_whole_numbers_together_have_mass_one(rng):
    train = rng.integers(2, 5, size=(80, 3)).astype(float)
    every_row = np.stack(np.meshgrid(*[[2.0, 3, 4]] * 3), axis=-1).reshape(-1, 3)

    model = quick(train, rng)

    assert logsumexp(model.log_prob(every_row)) == pytest.approx(0, abs=1e-5)
    assert (model.log_prob(every_row + 10) == -np.inf).all()


def test_the_density_of_other_data_has_mass_one_tails_included(rng):
    model = quick(rng.normal(size=(300, 2)) * [1, 10], rng, bins=8)
    places = np.arange(-8, 16, 1 / 3) + 1 / 6  # in bins: three points in each, ends included

    points = model.levels.low + model.levels.width * np.stack(np.meshgrid(places, places), axis=-1)
    density = np.exp(model.log_prob(points.reshape(-1, 2)))

    assert density.sum() * model.levels.width.prod() / 9 == pytest.approx(1, abs=0.002)


def test_samples_are_drawn_from_the_mass_that_log_prob_gives(rng):
    train = np.repeat([[0.0, 2], [1, 0], [2, 1]], [10, 30, 60], axis=0)
    model = quick(train, rng, epochs=60, patience=60, learning_rate=2e-2, dropout=0.0)

    rows, counts = np.unique(model.sample(4000, rng=rng), axis=0, return_counts=True)

    np.testing.assert_allclose(counts / 4000, np.exp(model.log_prob(rows)), atol=0.03)
    assert (
        np.exp(model.log_prob(train[[0, 20, 99]])).sum() > 0.9
    )  # it has learned what goes together

"""Later coordinates stay hidden from earlier ones, and levels of every kind hold mass one."""

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from genbench.baselines.autoregressive.masked_autoregressive import MaskedAutoregressive


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def quick(train, rng):
    return MaskedAutoregressive(epochs=3).fit(train, rng=rng)


def test_a_coordinate_is_predicted_from_those_before_it_only(rng):
    net = quick(rng.integers(4, size=(60, 5)).astype(float), rng).net
    rows = torch.zeros(1, 5, dtype=torch.int64)
    changed = rows.clone()
    changed[0, 2] = 3

    difference = (net(rows) - net(changed)).abs().amax(dim=2)[0]

    assert (difference[:3] == 0).all()
    assert (difference[3:] > 0).all()


def test_all_rows_of_whole_numbers_together_have_mass_one(rng):
    train = rng.integers(2, 5, size=(80, 3)).astype(float)
    every_row = np.stack(np.meshgrid(*[[2.0, 3, 4]] * 3), axis=-1).reshape(-1, 3)

    model = quick(train, rng)

    assert logsumexp(model.log_prob(every_row)) == pytest.approx(0, abs=1e-5)
    inside = every_row + rng.uniform(-0.49, 0.49, size=every_row.shape)
    np.testing.assert_array_equal(model.log_prob(inside), model.log_prob(every_row))
    assert (model.log_prob(every_row + 10) == -np.inf).all()


def test_the_density_of_other_data_has_mass_one_tails_included(rng):
    train = rng.normal(size=(300, 2)) * [1, 10]
    model = MaskedAutoregressive(epochs=2, bins=8).fit(train, rng=rng)
    places = np.arange(-8, 16, 1 / 3) + 1 / 6  # in bins: three points in each, ends included

    points = model.levels.low + model.levels.width * np.stack(np.meshgrid(places, places), axis=-1)
    density = np.exp(model.log_prob(points.reshape(-1, 2)))
    mass = density.sum() * model.levels.width.prod() / 9

    assert mass == pytest.approx(1, abs=0.002)
    assert np.isfinite(model.log_prob(np.full((1, 2), 1e3))).all()


def test_samples_are_drawn_from_the_mass_that_log_prob_gives(rng):
    train = np.repeat([[0.0, 2], [1, 0], [2, 1]], [10, 30, 60], axis=0)
    model = MaskedAutoregressive(epochs=40, hidden=64).fit(train, rng=rng)
    rows, counts = np.unique(model.sample(4000, rng=rng), axis=0, return_counts=True)

    np.testing.assert_allclose(counts / 4000, np.exp(model.log_prob(rows)), atol=0.03)


def test_end_bins_fall_off_for_ever_and_samples_reach_into_them(rng):
    levels = quick(rng.normal(size=(100, 1)), rng).levels
    ends = np.repeat([[0.0], [levels.count - 1.0]], 20_000, axis=0)

    drawn = levels.draw_inside(ends, rng)
    inner = levels.low + levels.width * np.array([1, levels.count - 1])
    beyond = np.abs(drawn.reshape(2, -1) - inner[:, None]) / levels.width

    assert beyond.mean(axis=1) == pytest.approx(1, abs=0.05)  # exponential, one bin long
    np.testing.assert_array_equal(levels.of(drawn).numpy(), ends)
    density = np.exp(levels.log_density_inside(inner[:, None]))
    assert density == pytest.approx(1 / levels.width[0])


def test_one_sample_is_too_few(rng):
    with pytest.raises(ValueError, match="2 training samples"):
        quick(np.zeros((1, 2)), rng)

"""Only the last few coordinates are seen, and their mass is one."""

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from genbench.baselines.autoregressive.finite_memory import FiniteMemory


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def quick(train, rng, **settings):
    return FiniteMemory(**({"memory": 2, "width": 4, "hidden": 16, "epochs": 3} | settings)).fit(
        train, rng=rng
    )


def changes(net, place, d):
    """How much a coordinate's change moves the logits of each (d,)."""
    net = net.double()  # what comes from far is faint
    rows = torch.zeros(1, d, dtype=torch.int64)
    changed = rows.clone()
    changed[0, place] = 3
    return (net(rows) - net(changed)).abs().amax(dim=2)[0]


def test_a_coordinate_is_predicted_from_the_two_before_it_only(rng):
    net = quick(rng.integers(4, size=(60, 7)).astype(float), rng).net

    moved = changes(net, 2, 7)

    assert (moved[[3, 4]] > 0).all()
    assert (moved[[0, 1, 2, 5, 6]] == 0).all()


def test_one_coordinate_alone_is_predicted_as_in_a_whole_sample(rng):
    net = quick(rng.integers(4, size=(60, 7)).astype(float), rng).net
    rows = torch.tensor(rng.integers(4, size=(5, 7)))

    alone = torch.stack([net.at(i, rows) for i in range(7)], dim=1)

    torch.testing.assert_close(alone, net(rows))


def test_memory_may_be_longer_than_a_sample(rng):
    samples = quick(rng.normal(size=(30, 2)), rng, memory=10).sample(5, rng=rng)

    assert samples.shape == (5, 2)


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

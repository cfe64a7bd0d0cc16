"""Codes that are mostly near zero, and draws that are so too."""

import numpy as np
import pytest
import torch
from scipy.stats import entropy

from genbench.baselines.autoencoders.sparse_autoencoder import SparseAutoencoder, kl_divergence


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def corners(rng):
    """Samples (300, 4), each near one of the four axes."""
    return np.eye(4)[rng.integers(4, size=300)] + 0.05 * rng.normal(size=(300, 4))


def quick(train, rng, **settings):
    small = {"code": 8, "hidden": 32, "steps": 300, "components": (4,)}
    return SparseAutoencoder(**(small | settings)).fit(train, rng=rng)


def test_each_coordinate_of_the_code_has_the_mean_that_was_wanted(corners):
    free, held = (
        quick(corners, np.random.default_rng(0), activity=0.2, sparsities=(price,)).encode(corners)
        for price in (0.0, 0.5)
    )

    assert free.shape == held.shape == (300, 8)
    assert ((held >= 0) & (held <= 1)).all()
    np.testing.assert_allclose(held.mean(axis=0), 0.2, atol=0.08)  # it pays a little for fidelity
    assert np.abs(free.mean(axis=0) - 0.2).max() > 0.1
    assert np.median(held) < 0.15 < 0.5 < held.max()  # a few are loud, for a few of the samples


def test_the_price_is_the_divergence_of_two_coins():
    wanted, found = np.array([0.2, 0.8]), np.array([[0.2, 0.8], [0.5, 0.5], [0.1, 0.9]])

    prices = kl_divergence(0.2, torch.tensor(found[:, 0]))

    np.testing.assert_allclose(prices, [entropy(wanted, coin) for coin in found], atol=1e-12)


@pytest.mark.long
def test_the_decoder_undoes_the_encoder_though_the_code_is_sparse(corners, rng):
    model = quick(corners, rng)

    lost = model.decode(model.encode(corners)) - corners

    assert lost.var() < 0.05 * corners.var()


def test_drawn_codes_are_cut_off_at_zero_and_one(corners, rng):
    model = quick(corners, rng)
    model.mixture.factors *= 4  # so that some draws are out of range on either side

    codes = model.sample_latents(500, rng=np.random.default_rng(1))
    samples = model.sample(500, rng=np.random.default_rng(1))

    assert (codes.min(), codes.max()) == (0, 1)
    np.testing.assert_array_equal(samples, model.decode(codes))


def test_samples_lie_where_the_data_do(corners, rng):
    samples = quick(corners, rng).sample(2000, rng=rng)

    np.testing.assert_allclose(samples.mean(axis=0), corners.mean(axis=0), atol=0.1)
    np.testing.assert_allclose(np.cov(samples.T), np.cov(corners.T), atol=0.05)


def test_the_penalty_is_chosen_by_samples_it_did_not_learn_from():
    """A penalty that drowns all reconstruction draws what is far from the data."""
    rng = np.random.default_rng(0)
    train = np.repeat([[-5.0, 0.0], [5.0, 0.0]], 100, axis=0) + 0.1 * rng.normal(size=(200, 2))

    model = quick(train, rng, sparsities=(1e4, 1e-3))

    assert model.sparsity == 1e-3
    assert (np.abs(np.abs(model.sample(200, rng=rng)[:, 0]) - 5) < 1).mean() > 0.9


def test_of_few_samples_none_is_held_out():
    rng = np.random.default_rng(0)

    model = quick(rng.normal(size=(3, 2)), rng, sparsities=(0.5, 0.1), components=(1,))

    assert model.sparsity == 0.5

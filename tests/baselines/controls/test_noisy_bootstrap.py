"""Noisy copies: how far they lie from what they copy."""

import numpy as np
import pytest

from genbench.baselines.controls.noisy_bootstrap import NoisyBootstrap


def fitted(train, **knobs):
    return NoisyBootstrap(**knobs).fit(train, rng=np.random.default_rng(0))


def test_noise_is_in_units_of_the_spacing_whatever_the_units_of_the_coordinates():
    x, y = np.meshgrid(np.arange(10.0), np.arange(10.0))  # a lattice, whose spacing is one
    train = np.column_stack([x.ravel(), 1000 * y.ravel(), np.full(100, 7.0)])
    train = np.concatenate([train, train])  # copies are no neighbours

    samples = fitted(train, noise=0.2).sample(20_000, rng=np.random.default_rng(1))

    moved = np.abs(samples / [1, 1000, 7] - np.rint(samples / [1, 1000, 7]))
    # Two tenths are five deviations from the next cell; the relative error is one in 280.
    assert np.sqrt((moved[:, :2] ** 2).sum(axis=1).mean()) == pytest.approx(0.2, rel=0.02)
    assert (samples[:, 2] == 7).all()


def test_every_training_sample_is_copied_as_often():
    train = np.arange(4.0)[:, None]

    samples = fitted(train).sample(10_000, rng=np.random.default_rng(2))

    share = np.bincount(np.rint(samples[:, 0]).astype(int)) / 10_000
    assert share == pytest.approx(0.25, abs=0.018)  # four standard deviations


def test_copies_of_one_sample_are_refused():
    with pytest.raises(ValueError, match="two distinct"):
        fitted(np.ones((5, 2)))

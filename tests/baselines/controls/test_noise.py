"""Uniform noise: the box, and the density that it has."""

import numpy as np
import pytest

from genbench.baselines.controls.noise import UniformNoise


def test_density_is_one_over_the_volume_and_zero_outside():
    train = np.array([[0.0, 10.5], [2.0, 14.5], [1.0, 12.0]])
    model = UniformNoise().fit(train, rng=np.random.default_rng(0))

    log_prob = model.log_prob(np.array([[1.0, 11.0], [0.0, 14.5], [2.1, 11.0]]))

    assert log_prob == pytest.approx([-np.log(8), -np.log(8), -np.inf])


def test_whole_numbers_are_cells_that_are_all_equally_likely():
    train = np.array([[0.0, 7.0], [2.0, 7.0], [1.0, 7.0]])
    model = UniformNoise().fit(train, rng=np.random.default_rng(0))

    cells, counts = np.unique(
        np.rint(model.sample(30_000, rng=np.random.default_rng(1))), axis=0, return_counts=True
    )

    assert cells.tolist() == [[0, 7], [1, 7], [2, 7]]
    assert counts == pytest.approx([10_000] * 3, rel=0.05)
    assert model.log_prob(np.array([[2.4, 6.6]])) == pytest.approx(-np.log(3))


def test_a_coordinate_that_never_varies_has_a_finite_density():
    train = np.array([[0.25, 1.0], [0.25, 3.0]])
    model = UniformNoise().fit(train, rng=np.random.default_rng(0))

    samples = model.sample(100, rng=np.random.default_rng(1))

    assert samples[:, 0] == pytest.approx(0.25, abs=1e-5)
    assert np.isfinite(model.log_prob(samples)).all()

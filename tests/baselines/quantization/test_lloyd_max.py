"""Levels are those of Max's table, and the two conditions of the optimum hold."""

import numpy as np
import pytest
from scipy.stats import norm

from genbench.baselines.quantization.lloyd_max import LloydMax


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(
    ("levels", "distortion"), [(1, 1.0), (2, 0.3634), (4, 0.1175), (8, 0.0345), (16, 0.0095)]
)
def test_distortion_of_a_normal_is_that_of_the_textbook(levels, distortion, rng):
    normal = norm.ppf((np.arange(20000) + 0.5) / 20000)[:, None]  # as even as samples can be

    model = LloydMax(levels=levels).fit(normal, rng=rng)

    assert model.distortion[0] == pytest.approx(distortion, abs=1e-3)
    error = ((model.decode(model.encode(normal)) - normal) ** 2).mean()
    assert error == pytest.approx(model.distortion[0])


def test_two_levels_of_a_normal_are_plus_and_minus_the_root_of_two_over_pi(rng):
    normal = norm.ppf((np.arange(20000) + 0.5) / 20000)[:, None]

    model = LloydMax(levels=2).fit(3 * normal + 100, rng=rng)

    expected = 100 + 3 * np.sqrt(2 / np.pi) * np.array([-1, 1])
    np.testing.assert_allclose(model.tables[0], expected, atol=1e-3)
    np.testing.assert_allclose(model.shares[0], [0.5, 0.5])


def test_levels_are_the_means_of_the_samples_nearest_to_them(rng):
    train = rng.exponential(size=(500, 2))
    model = LloydMax(levels=6).fit(train, rng=rng)

    for column, table, share in zip(train.T, model.tables, model.shares, strict=True):
        nearest = np.abs(column[:, None] - table).argmin(axis=1)

        means = [column[nearest == k].mean() for k in range(6)]
        np.testing.assert_allclose(table, means)
        np.testing.assert_allclose(share, np.bincount(nearest) / 500)


def test_few_values_are_kept_as_they_are_however_unequal_their_shares(rng):
    column = np.repeat([0.0, 1.0, 5.0, 16.0], [900, 1, 1, 98])
    train = np.column_stack([rng.permutation(column), np.full(1000, 7.0)])

    model = LloydMax(levels=8).fit(train, rng=rng)

    np.testing.assert_allclose(model.tables[0], [0, 1, 5, 16], atol=1e-12)
    np.testing.assert_allclose(model.shares[0], [0.9, 0.001, 0.001, 0.098])
    np.testing.assert_array_equal(model.tables[1], [7.0])
    assert model.distortion == pytest.approx([0, 0])


def test_values_are_told_apart_however_close(rng):
    column = np.repeat([0.1, 0.3, 0.3 + 1e-9], [700, 200, 100])

    model = LloydMax(levels=3).fit(column[:, None], rng=rng)

    np.testing.assert_allclose(model.tables[0], [0.1, 0.3, 0.3 + 1e-9], rtol=0, atol=1e-12)
    np.testing.assert_allclose(model.shares[0], [0.7, 0.2, 0.1])


def test_samples_are_levels_by_their_shares_with_no_tie_between_coordinates(rng):
    train = np.repeat([[0.0, 0.0], [1.0, 1.0]], [250, 750], axis=0)
    model = LloydMax().fit(train, rng=rng)

    samples = model.sample(20000, rng=rng)

    # Standard errors are below .004.
    np.testing.assert_allclose(samples.mean(axis=0), [0.75, 0.75], atol=0.015)
    assert (samples[:, 0] * samples[:, 1]).mean() == pytest.approx(0.75**2, abs=0.015)
    assert set(np.unique(samples.round(12))) == {0.0, 1.0}


def test_no_level_at_all_is_refused(rng):
    with pytest.raises(ValueError, match="at least one level, not 0"):
        LloydMax(levels=0).fit(np.zeros((5, 1)), rng=rng)

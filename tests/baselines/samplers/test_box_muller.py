"""Box-Muller: normal numbers from uniform ones, and the density of their affine image."""

import numpy as np
import pytest
from scipy.stats import chi2, kstest, multivariate_normal, norm

from genbench.baselines.samplers.box_muller import BoxMuller, box_muller


def fitted(train, **knobs):
    return BoxMuller(**knobs).fit(train, rng=np.random.default_rng(0))


def test_two_uniform_numbers_become_a_length_and_an_angle():
    uniform = np.array([[0.0, 1 - np.exp(-2), 1 - np.exp(-8)], [0.3, 0.25, 0.5]])

    x, y = box_muller(uniform).reshape(2, 3)

    assert x == pytest.approx([0, 0, -4], abs=1e-12)
    assert y == pytest.approx([0, 2, 0], abs=1e-12)


def test_even_points_become_independent_normal_numbers():
    axis = (np.arange(400) + 0.5) / 400  # a fine lattice in place of chance

    x, y = box_muller(np.stack(np.meshgrid(axis, axis)).reshape(2, -1)).reshape(2, -1)

    assert kstest(x, norm.cdf).statistic < 0.01
    assert kstest(y, norm.cdf).statistic < 0.01
    assert kstest(((x + y) ** 2 + (x - y) ** 2) / 2, chi2(2).cdf).statistic < 0.01
    assert (np.sign(x) * np.sign(y)).mean() == pytest.approx(0, abs=0.01)
    assert np.corrcoef(np.abs(x), np.abs(y))[0, 1] == pytest.approx(0, abs=0.01)


def test_density_is_that_of_the_mean_and_covariance():
    rng = np.random.default_rng(1)
    train = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 3)) * [1, 10, 100] + 5

    log_prob = fitted(train).log_prob(train)

    expected = multivariate_normal(train.mean(axis=0), np.cov(train.T, ddof=0)).logpdf(train)
    assert log_prob == pytest.approx(expected)


@pytest.mark.parametrize("d", [2, 3])
def test_samples_have_the_mean_and_covariance_of_training_samples(d):
    rng = np.random.default_rng(2)
    train = rng.normal(size=(500, d)) @ rng.normal(size=(d, d)) + 3

    samples = fitted(train).sample(40_001, rng=rng)

    # Four standard deviations: errors are 1 / sqrt(n) of the deviations, and sqrt(2) of variances.
    deviation = train.std(axis=0).max()
    assert samples.mean(axis=0) == pytest.approx(train.mean(axis=0), abs=0.02 * deviation)
    assert np.cov(samples.T) == pytest.approx(np.cov(train.T), abs=0.03 * deviation**2)


def test_whole_numbers_gain_the_variance_of_their_cells():
    train = np.random.default_rng(3).integers(0, 2, size=(4000, 1)).astype(float)
    affine = fitted(np.column_stack([train, train, np.zeros(len(train))])).map

    root = affine.axes * affine.stretches
    covariance = root @ root.T * np.outer(affine.scale, affine.scale)

    quarter = train.var()
    assert covariance.diagonal() == pytest.approx([quarter + 1 / 12, quarter + 1 / 12, 1 / 12])
    assert covariance[0, 1] == pytest.approx(quarter)


def test_fewer_samples_than_coordinates_still_have_a_density():
    train = np.random.default_rng(4).normal(size=(5, 8))

    model = fitted(train, least=0.01)

    assert np.isfinite(model.log_prob(model.sample(10, rng=np.random.default_rng(5)))).all()
    assert model.map.stretches.min() == pytest.approx(0.01)

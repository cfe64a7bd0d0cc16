"""One Gaussian: its density and its shrinkage, written out."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.covariance import LedoitWolf

from genbench.baselines.samplers.gaussian import Gaussian


def fitted(train):
    return Gaussian().fit(train, rng=np.random.default_rng(0))


def test_density_is_that_of_the_shrunk_covariance():
    rng = np.random.default_rng(1)
    train = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 3)) * [1, 10, 100] + 5
    model = fitted(train)

    scale = train.std(axis=0)
    shrunk = LedoitWolf().fit((train - train.mean(axis=0)) / scale).covariance_
    covariance = (shrunk + 1e-6 * np.eye(3)) * np.outer(scale, scale)
    expected = multivariate_normal(train.mean(axis=0), covariance).logpdf(train)

    assert model.log_prob(train) == pytest.approx(expected)


def test_samples_have_the_mean_and_covariance_of_many_training_samples():
    rng = np.random.default_rng(2)
    train = rng.normal(size=(5000, 2)) @ np.array([[2.0, 1.0], [0.0, 0.5]]) + [3, -4]

    samples = fitted(train).sample(50_000, rng=rng)

    assert samples.mean(axis=0) == pytest.approx(train.mean(axis=0), abs=0.05)
    assert np.cov(samples.T) == pytest.approx(np.cov(train.T), rel=0.05)


def test_whole_numbers_gain_the_variance_of_their_cells():
    train = np.random.default_rng(3).integers(0, 2, size=(4000, 1)).astype(float)
    model = fitted(np.column_stack([train, np.zeros(len(train))]))

    variances = (model.factor @ model.factor.T).diagonal()

    assert variances == pytest.approx([1 / 4 + 1 / 12, 1 / 12], rel=1e-2)


def test_copied_and_constant_coordinates_leave_a_finite_density():
    column = np.random.default_rng(4).normal(size=20)
    train = np.stack([column, column, np.full(20, 0.1)], axis=1)
    model = fitted(train)

    samples = model.sample(100, rng=np.random.default_rng(5))

    assert samples[:, 2] == pytest.approx(0.1, abs=1e-5)
    assert np.isfinite(model.log_prob(samples)).all()


def test_two_samples_that_leave_nothing_to_shrink_still_have_a_density():
    model = fitted(np.array([[-1.5, -1.5], [1.5, 1.5]]))

    assert np.isfinite(model.log_prob(model.sample(10, rng=np.random.default_rng(6)))).all()

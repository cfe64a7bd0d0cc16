"""What samplers share: the affine map and its inverse, cells of whole numbers, and units."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from genbench.baselines.samplers.affine import (
    PrincipalMap,
    dequantize,
    log_normal,
    standard_deviations,
)


def rng():
    return np.random.default_rng(0)


def test_the_map_gives_noise_the_covariance_and_its_inverse_takes_it_away():
    root, noise = rng().normal(size=(3, 3)), rng().normal(size=(20, 3))
    scale = np.array([1.0, 10.0, 0.1])
    affine = PrincipalMap(np.arange(3.0), scale, root @ root.T, least=1e-3)

    linear = affine.forward(np.eye(3)) - np.arange(3.0)

    assert linear.T @ linear == pytest.approx(root @ root.T * np.outer(scale, scale))
    assert affine.inverse(affine.forward(noise)) == pytest.approx(noise)


def test_only_whole_numbers_get_noise_and_it_stays_in_their_cells():
    whole = rng().integers(0, 9, size=(1000, 2)).astype(float)

    noise = dequantize(whole, rng()) - whole

    assert np.abs(noise).max() < 0.5
    assert noise.var(axis=0) == pytest.approx(1 / 12, rel=0.1)
    assert (dequantize(whole + 0.25, rng()) == whole + 0.25).all()


def test_what_never_varies_gets_a_hairs_width():
    train = np.array([[1.0, 0.1, 500.0], [3.0, 0.1, 500.0]])

    assert standard_deviations(train, train[0]) == pytest.approx([1, 1e-6, 5e-4])


def test_density_of_a_gaussian_is_that_of_its_covariance():
    root, points = np.tril(rng().normal(size=(3, 3))) + 2 * np.eye(3), rng().normal(size=(9, 3))

    log_density = log_normal(points, np.ones(3), root)

    expected = multivariate_normal(np.ones(3), root @ root.T).logpdf(points)
    assert log_density == pytest.approx(expected)

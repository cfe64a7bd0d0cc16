"""Frechet distance against closed forms, and its chance level against simulation."""

import numpy as np
import pytest

from genbench.evidence import Gaussian, Moments
from genbench.metrics.frechet import frechet_by_chance, frechet_distance


def moments(test, generated):
    return Moments(Gaussian.of(test), Gaussian.of(generated))


def known(mean, covariance, n=2):
    """A Gaussian whose moments are given instead of measured."""
    return Gaussian(n, np.asarray(mean, dtype=float), np.linalg.cholesky(covariance).T)


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test = rng.normal(size=(12, 4)) @ rng.normal(size=(4, 4))
    generated = rng.normal(size=(9, 4)) @ rng.normal(size=(4, 4)) + 1

    found = frechet_distance(moments(test, generated))

    S1, S2 = np.cov(test.T), np.cov(generated.T)
    root = np.sqrt(np.linalg.eigvals(S1 @ S2).real).sum()
    shift = test.mean(axis=0) - generated.mean(axis=0)
    assert found == pytest.approx(shift @ shift + np.trace(S1 + S2) - 2 * root, rel=1e-9)


def test_round_gaussians_have_a_closed_form():
    mean, s, d = np.array([1.0, -2.0, 2.0]), 1.7, 3

    found = frechet_distance(Moments(known(np.zeros(d), np.eye(d)), known(mean, s**2 * np.eye(d))))

    assert found == pytest.approx(9 + d * (1 - s) ** 2, rel=1e-12)


def test_covariances_need_not_commute():
    A, B = np.array([[2.0, 1.0], [1.0, 1.0]]), np.diag([0.2, 3.0])

    found = frechet_distance(Moments(known([0, 0], A), known([0, 0], B)))

    root = np.sqrt(np.trace(A @ B) + 2 * np.sqrt(np.linalg.det(A @ B)))
    assert not np.allclose(A @ B, B @ A)
    assert found == pytest.approx(np.trace(A + B) - 2 * root, rel=1e-12)


def test_two_points_in_many_dimensions_are_exact():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 20))

    found = frechet_distance(moments(np.stack([a, -a]), np.stack([b, -b])))

    assert found == pytest.approx(2 * (a @ a + b @ b) - 4 * abs(a @ b), rel=1e-12)


def test_empty_dimensions_change_nothing_though_they_outnumber_the_points():
    rng = np.random.default_rng(3)
    test, generated = rng.normal(size=(30, 10)), 2 * rng.normal(size=(25, 10))

    wide = moments(*(np.pad(points, ((0, 0), (0, 50))) for points in (test, generated)))

    assert frechet_distance(wide) == pytest.approx(
        frechet_distance(moments(test, generated)), rel=1e-12
    )
    assert frechet_by_chance(wide) == pytest.approx(
        frechet_by_chance(moments(test, generated)), rel=1e-12
    )


def test_a_single_point_repeated_has_no_covariance():
    test = np.random.default_rng(4).normal(size=(50, 3))

    found = frechet_distance(moments(test, np.ones((40, 3))))

    expected = ((test.mean(axis=0) - 1) ** 2).sum() + test.var(axis=0, ddof=1).sum()
    assert found == pytest.approx(expected, rel=1e-12)


def test_identical_sets_are_at_distance_zero():
    points = np.random.default_rng(5).normal(size=(40, 6)) * np.geomspace(1e-3, 1e3, 6)

    found = frechet_distance(moments(points, points))

    assert 0 <= found <= 1e-12 * points.var(axis=0).sum()


def test_chance_level_of_round_gaussians_has_a_closed_form():
    n, m, d, variance = 100, 40, 5, 2.5
    round_one = variance * np.eye(d)

    found = frechet_by_chance(
        Moments(known(np.zeros(d), round_one, n), known(np.zeros(d), round_one, m))
    )

    assert found == pytest.approx((1 / n + 1 / m) * variance * (d + d * (d + 1) / 4), rel=1e-12)


def test_chance_level_is_what_samples_of_one_gaussian_get():
    rng = np.random.default_rng(6)
    n, m, scales = 600, 400, np.array([1.0, 2.0, 5.0])
    draws = [
        frechet_distance(
            moments(rng.normal(size=(n, 3)) * scales, rng.normal(size=(m, 3)) * scales)
        )
        for _ in range(400)
    ]

    truth = np.diag(scales**2)
    expected = frechet_by_chance(
        Moments(known(np.zeros(3), truth, n), known(np.zeros(3), truth, m))
    )

    # Four standard errors, and the next order of the expansion: a share of about 1 / n.
    tolerance = 4 * np.std(draws) / np.sqrt(len(draws)) + expected / m
    assert np.mean(draws) == pytest.approx(expected, abs=tolerance)

"""Integrated precision and recall: on a fine grid, in closed form, on copies and on repeats."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.spatial.distance import cdist
from scipy.special import ndtr, ndtri

from genbench.evidence import Comparison, Reference
from genbench.evidence.supports import Supports, area_off_diagonal
from genbench.metrics import CATALOG
from genbench.metrics.alpha_precision import (
    alpha_precision,
    beta_recall,
    expected_precision,
)


def supports(test, generated, k=1):
    return Supports.of(Comparison(reference=Reference(test=test, k=k), generated=generated))


def test_matches_the_definition_on_a_fine_grid():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(40, 3)), rng.normal(size=(31, 3)) * 1.5 + 0.4
    shares = (np.arange(200_000) + 0.5) / 200_000

    found = supports(test, generated)

    centre = test.mean(axis=0)
    real, made = (np.linalg.norm(points - centre, axis=1) for points in (test, generated))
    held = [np.mean(made <= radius) for radius in np.sort(real)]
    precision = np.array(held)[np.floor(shares * 40).astype(int)]
    assert alpha_precision(found) == pytest.approx(
        1 - 2 * np.abs(precision - shares).mean(), abs=1e-6
    )

    own = np.linalg.norm(generated - generated.mean(axis=0), axis=1)
    apart, spacing = cdist(test, generated), np.sort(cdist(test, test), axis=1)[:, 1]
    recall = np.zeros(31)
    for j, radius in enumerate(np.sort(own)):
        recall[j] = sum(
            apart[i].min() <= spacing[i] and own[apart[i].argmin()] <= radius for i in range(40)
        )
    corners = np.concatenate([[0], recall / 40])
    curve = np.interp(shares, np.arange(32) / 31, corners)
    assert beta_recall(found) == pytest.approx(1 - 2 * np.abs(curve - shares).mean(), abs=1e-6)


def test_area_is_that_of_steps_and_of_slopes():
    # One and three in turn: none are held up to the share 1/2, all from there on.
    assert area_off_diagonal(np.array([1.0, 3.0]), np.array([2.0]), of=1) == pytest.approx(1 / 4)
    # Half are held at once: |1/2 - a| over all shares.
    assert area_off_diagonal(np.array([2.0]), np.array([1.0, 3.0]), of=2) == pytest.approx(1 / 4)
    # Nothing is ever held, or all from the start.
    assert area_off_diagonal(np.array([1.0, 2.0]), np.array([9.0]), of=1) == pytest.approx(1 / 2)
    assert area_off_diagonal(np.array([1.0, 2.0]), np.array([0.0]), of=1) == pytest.approx(1 / 2)
    # Ties: a straight line, and one to half the height.
    assert area_off_diagonal(np.array([1.0]), np.array([1.0, 1.0]), of=2) == 0
    assert area_off_diagonal(np.array([1.0]), np.array([1.0]), of=2) == pytest.approx(1 / 4)


def test_precision_of_a_wider_gaussian_is_an_integral():
    rng, n = np.random.default_rng(2), 20_000
    closed = 1 - 2 * quad(lambda a: abs(2 * ndtr(ndtri((1 + a) / 2) / 1.7) - 1 - a), 0, 1)[0]

    found = Supports(
        *(np.abs(scale * rng.normal(size=n)) for scale in (1, 1.7)),
        generated_own=np.zeros(1),
        nearest_own=np.zeros(1),
        recovered=np.ones(1, dtype=bool),
    )

    assert closed == pytest.approx(0.677, abs=0.001)
    # A share is good to 1/2 sqrt(2/n), and its area to no more than twice that on either side.
    assert alpha_precision(found) == pytest.approx(closed, abs=4 * np.sqrt(2 / n))


def test_expectations_are_met_by_samples_of_one_distribution():
    rng, n, m = np.random.default_rng(3), 150, 100

    found = [supports(rng.normal(size=(n, 2)), rng.normal(size=(m, 2))) for _ in range(200)]

    precisions = [alpha_precision(one) for one in found]
    error = np.std(precisions) / np.sqrt(200)
    # Asymptotic: the bridge is the limit of steps, and the centre is itself found from the points.
    assert np.mean(precisions) == pytest.approx(expected_precision(found[0]), abs=4 * error + 0.01)
    recalls = [beta_recall(one) for one in found]
    error = np.std(recalls) / np.sqrt(200)
    # Of the n - 1 + m other points the nearest to a test point is as likely to be any of them, and
    # in the plane as likely wherever it lies.
    assert np.mean(recalls) == pytest.approx(100 / 249, abs=4 * error + 0.01)


def test_good_recall_is_above_one_half_in_many_dimensions():
    """There, samples near the middle are nearest to most: one half is not what reals get."""
    rng = np.random.default_rng(8)

    found = supports(rng.normal(size=(300, 16)), rng.normal(size=(300, 16)))

    assert found.recovered.mean() == pytest.approx(0.5, abs=0.15)
    assert beta_recall(found) > 0.58
    assert CATALOG["beta_recall"].ideal is None


def test_copies_are_precise_and_recover_everything():
    test = np.random.default_rng(4).normal(size=(50, 4))

    found = supports(test, test.copy())

    assert alpha_precision(found) == pytest.approx(1)
    assert beta_recall(found) == pytest.approx(1)


def test_repeated_points_are_no_fault():
    constant = np.full((10, 3), 1000.1)

    found = supports(constant, constant[:7])

    assert alpha_precision(found) == pytest.approx(1)
    assert beta_recall(found) == pytest.approx(1)


def test_samples_elsewhere_score_nothing():
    rng = np.random.default_rng(5)

    found = supports(rng.normal(size=(50, 2)), rng.normal(size=(40, 2)) + 1000)

    assert alpha_precision(found) == pytest.approx(0)
    assert beta_recall(found) == pytest.approx(0)


def test_samples_all_in_the_middle_are_not_precise():
    rng = np.random.default_rng(6)

    found = supports(rng.normal(size=(200, 2)), 0.01 * rng.normal(size=(200, 2)))

    assert alpha_precision(found) < 0.05
    assert beta_recall(found) < 0.05

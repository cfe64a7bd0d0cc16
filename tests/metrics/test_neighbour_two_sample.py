"""Nearest-neighbour test: by hand, by all splits of a few points, and its level."""

from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from genbench.evidence import Comparison, Reference
from genbench.evidence.neighbour_test import NeighbourTest
from genbench.ground.errors import Unavailable
from genbench.metrics.neighbour_two_sample import METRICS

BOTH, ON_TEST, ON_GENERATED = METRICS


def neighbour_test(test, generated, k=1):
    return NeighbourTest.of(Comparison(reference=Reference(test=test, k=k), generated=generated))


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(40, 3)), rng.normal(size=(25, 3)) + 0.5

    found = neighbour_test(test, generated, k=3)

    pool, is_test = np.concatenate([test, generated]), np.arange(65) < 40
    apart = cdist(pool, pool)
    np.fill_diagonal(apart, np.inf)
    rightly = is_test[apart.argmin(axis=1)] == is_test
    assert ON_TEST.compute(found) == pytest.approx(rightly[:40].mean())
    assert ON_GENERATED.compute(found) == pytest.approx(rightly[40:].mean())
    expected = (rightly[:40].mean() + rightly[40:].mean()) / 2
    assert BOTH.compute(found) == pytest.approx(expected)


def test_chance_is_what_all_splits_of_the_points_give():
    pool = np.random.default_rng(2).normal(size=(9, 2))
    splits = [np.isin(np.arange(9), chosen) for chosen in combinations(range(9), 5)]

    tests = [neighbour_test(pool[split], pool[~split]) for split in splits]

    for metric, weights in zip(METRICS, ((0.5, 0.5), (1, 0), (0, 1)), strict=True):
        values = [metric.compute(test) for test in tests]
        mean, variance = tests[0].chance(weights[0] / 5, weights[1] / 4)
        assert np.mean(values) == pytest.approx(mean)
        assert np.var(values) == pytest.approx(variance)
        assert metric.ideal(tests[0]) == pytest.approx(mean)


def test_ideal_of_equal_sizes_is_just_below_one_half():
    points = np.random.default_rng(3).normal(size=(40, 2))

    found = neighbour_test(points[:20], points[20:])

    assert BOTH.ideal(found) == pytest.approx(19 / 39)


def test_one_in_twenty_is_significant_by_chance():
    rng, n_draws = np.random.default_rng(4), 400

    tests = [
        neighbour_test(rng.normal(size=(60, 2)), rng.normal(size=(40, 2))) for _ in range(n_draws)
    ]

    # Four standard errors, and the steps of a count of some fifty.
    error = np.sqrt(0.05 * 0.95 / n_draws)
    for metric in METRICS:
        significant = [metric.p_value(test) <= 0.05 for test in tests]
        assert np.mean(significant) == pytest.approx(0.05, abs=4 * error + 0.01)


def test_samples_elsewhere_are_all_told_and_copies_none():
    rng = np.random.default_rng(5)
    test = rng.normal(size=(50, 4))

    far = neighbour_test(test, rng.normal(size=(30, 4)) + 100)
    copied = neighbour_test(test, test.copy())

    assert [metric.compute(far) for metric in METRICS] == [1, 1, 1]
    assert [metric.compute(copied) for metric in METRICS] == [0, 0, 0]
    assert BOTH.p_value(far) < 1e-6
    assert BOTH.p_value(copied) < 1e-6


def test_a_tie_counts_one_half_and_has_no_p_value():
    constant = np.full((10, 3), 1000.1)

    found = neighbour_test(constant, constant[:7])

    assert [metric.compute(found) for metric in METRICS] == [0.5, 0.5, 0.5]
    with pytest.raises(Unavailable, match="nearest neighbours in both sets"):
        BOTH.p_value(found)

"""Mean discrepancy of directions, by full matrices and where chance alone acts."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import genbench
from genbench.evidence import Comparison, Reference
from genbench.evidence.unit_kernel import UnitKernel
from genbench.metrics.embedding_discrepancy import (
    discrepancy_by_chance,
    discrepancy_error,
    embedding_discrepancy,
)


def kernel(test, generated):
    return UnitKernel.of(Comparison(reference=Reference(test=test), generated=generated))


def test_matches_full_matrices():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(12, 3)), rng.normal(size=(7, 3)) + np.array([3, 0, 0])

    found = embedding_discrepancy(kernel(test, generated))

    a, b = (points / np.linalg.norm(points, axis=1)[:, None] for points in (test, generated))
    k = [np.exp(-(cdist(x, y) ** 2) / (2 * 10**2)).mean() for x, y in ((a, a), (b, b), (a, b))]
    assert found == pytest.approx(1000 * (k[0] + k[1] - 2 * k[2]), rel=1e-9)


def test_opposite_directions_have_a_closed_form():
    test, generated = np.tile([2.0, 0.0], (5, 1)), np.tile([-7.0, 0.0], (4, 1))

    found = embedding_discrepancy(kernel(test, generated))

    assert found == pytest.approx(2000 * (1 - np.exp(-4 / 200)), rel=1e-9)


def test_equal_distributions_get_what_chance_gives():
    rng = np.random.default_rng(2)

    found = [kernel(rng.normal(size=(50, 4)) + 1, rng.normal(size=(30, 4)) + 1) for _ in range(400)]

    draws = np.array([embedding_discrepancy(one) for one in found])
    excess = draws - [discrepancy_by_chance(one) for one in found]
    assert excess.mean() == pytest.approx(0, abs=4 * excess.std() / 20)
    assert draws.min() > 0


def test_the_standard_error_is_the_spread_of_repetitions():
    rng = np.random.default_rng(4)

    found = [
        kernel(rng.normal(size=(60, 3)) + 1, rng.normal(size=(90, 3)) + np.array([1, 1, 3]))
        for _ in range(400)
    ]

    spread = np.std([embedding_discrepancy(one) for one in found])
    assert np.mean([discrepancy_error(one) for one in found]) == pytest.approx(spread, rel=0.15)


def test_lengths_do_not_matter():
    rng = np.random.default_rng(3)
    test, generated = rng.normal(size=(20, 3)), rng.normal(size=(15, 3))

    stretched = kernel(test * rng.uniform(1, 9, size=(20, 1)), generated * 1e6)

    assert embedding_discrepancy(stretched) == pytest.approx(
        embedding_discrepancy(kernel(test, generated)), rel=1e-9
    )


def test_a_point_at_the_origin_has_no_direction():
    points = np.eye(3)

    score = genbench.score(test=points, generated=points * [1, 1, 0], metrics="cmmd")["cmmd"]

    assert score.reason == "1 generated points are zero and have no direction."


def test_two_points_of_each_set_are_enough():
    found = kernel(np.eye(2), 3 * np.eye(2))

    assert embedding_discrepancy(found) == pytest.approx(0, abs=1e-9)

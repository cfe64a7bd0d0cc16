"""Probabilistic precision and recall: by hand, on a lattice, on copies and on repeats."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from genbench.evidence import Comparison, Reference
from genbench.evidence.soft_overlap import SoftOverlap
from genbench.metrics.probabilistic_precision_recall import (
    probabilistic_precision,
    probabilistic_recall,
)


def soft_overlap(test, generated, k=5):
    return SoftOverlap.of(Comparison(reference=Reference(test=test, k=k), generated=generated))


def among(points, others):
    """Probability of each point to lie among the others, multiplied out."""
    radius = 1.2 * np.mean([np.sort(np.linalg.norm(others - other, axis=1))[4] for other in others])
    inside = np.maximum(0, 1 - cdist(points, others) / radius)
    return np.array([1 - np.prod([1 - p for p in row]) for row in inside])


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(40, 3)), rng.normal(size=(31, 3)) * 1.5 + 0.5

    found = soft_overlap(test, generated)

    assert found.among_test == pytest.approx(among(generated, test), abs=1e-12)
    assert found.among_generated == pytest.approx(among(test, generated), abs=1e-12)
    assert probabilistic_precision(found) == pytest.approx(among(generated, test).mean())
    assert probabilistic_recall(found) == pytest.approx(among(test, generated).mean())
    assert 0.1 < probabilistic_recall(found) < 0.9999


def test_a_lattice_is_counted_by_hand():
    test = np.arange(6.0)[:, None]
    generated = np.concatenate([[[2.5]], np.full((5, 1), 100.0)])

    found = soft_overlap(test, generated)

    # Fourth neighbours are 4, 3, 2, 2, 3 and 4 steps away.
    radius = 1.2 * 3
    outside = (0.5 / radius) ** 2 * (1.5 / radius) ** 2 * (2.5 / radius) ** 2
    assert found.test_radius == pytest.approx(radius)
    assert found.among_test == pytest.approx([1 - outside, 0, 0, 0, 0, 0])
    assert probabilistic_precision(found) == pytest.approx((1 - outside) / 6)


def test_fewer_neighbours_are_counted_where_the_reference_counts_fewer():
    test = np.arange(6.0)[:, None]

    assert soft_overlap(test, test, k=1).test_radius == pytest.approx(1.2)


def test_copies_lie_among_the_test_samples_for_certain():
    test = np.random.default_rng(2).normal(size=(50, 4)) + 1000

    found = soft_overlap(test, test.copy())

    assert probabilistic_precision(found) == probabilistic_recall(found) == 1


def test_samples_elsewhere_do_not():
    rng = np.random.default_rng(3)

    found = soft_overlap(rng.normal(size=(50, 2)), rng.normal(size=(40, 2)) + 1000)

    assert probabilistic_precision(found) == probabilistic_recall(found) == 0


def test_repeated_points_hold_each_other_and_nothing_else():
    constant = np.full((10, 3), 1000.1)

    assert probabilistic_precision(soft_overlap(constant, constant)) == 1
    assert probabilistic_precision(soft_overlap(constant, constant + 1e-3)) == 0


def test_many_balls_do_not_underflow():
    rng = np.random.default_rng(4)

    found = soft_overlap(rng.normal(size=(3000, 1)), rng.normal(size=(20, 1)))

    assert probabilistic_precision(found) > 0.95


def test_one_far_test_sample_makes_no_noise_precise():
    rng = np.random.default_rng(5)
    test = rng.normal(size=(400, 2))
    noise = rng.uniform(-30, 30, size=(400, 2))

    with_outlier = np.concatenate([test, [[30.0, 30.0]]])

    clean, spoilt = (
        probabilistic_precision(soft_overlap(part, noise)) for part in (test, with_outlier)
    )
    assert spoilt == pytest.approx(clean, abs=0.01)


def test_the_definition_holds_for_a_narrower_model_too():
    rng = np.random.default_rng(8)
    test, generated = rng.normal(size=(40, 3)), rng.normal(size=(31, 3)) / 3

    found = soft_overlap(test, generated)

    assert found.among_test == pytest.approx(among(generated, test), abs=1e-12)
    assert found.among_generated == pytest.approx(among(test, generated), abs=1e-12)

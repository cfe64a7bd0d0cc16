"""Density and coverage: by hand, and on average where both samples are of one distribution."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from genbench.evidence import Comparison, Overlap, Reference
from genbench.metrics.density_coverage import coverage, density, expected_coverage, expected_density


def overlap(test, generated, k=3):
    return Overlap.of(Comparison(reference=Reference(test=test, k=k), generated=generated))


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(40, 3)), rng.normal(size=(30, 3)) * 1.3

    found = overlap(test, generated, k=4)

    radii = np.sort(cdist(test, test), axis=1)[:, 4]
    inside = cdist(test, generated) <= radii[:, None]
    assert density(found) == pytest.approx(inside.sum() / (4 * 30))
    assert coverage(found) == inside.any(axis=1).mean() < 1


def test_a_lattice_is_counted_by_hand():
    test = np.arange(10.0)[:, None]
    generated = np.array([[3.5], [3.6], [4.25], [20.0]])

    found = overlap(test, generated, k=2)

    # Balls reach one step, but two from either end: each sample in the middle is held by two.
    assert density(found) == (2 + 2 + 2 + 0) / (2 * 4)
    assert coverage(found) == 3 / 10  # those of 3, 4 and 5
    assert density(overlap(test, np.array([[1.5]] * 3), k=2)) == 3 / 2  # of 0, 1 and 2


def test_density_is_the_mean_of_counts_over_k():
    counts = Overlap(
        k=2,
        test_balls_around=np.array([4, 0, 2]),
        generated_balls_around=np.array([1, 1]),
        test_ball_occupied=np.array([True, False]),
    )

    assert density(counts) == 1
    assert coverage(counts) == 0.5


def test_expectations_are_met_by_samples_of_one_distribution():
    rng, n, m, k = np.random.default_rng(2), 25, 15, 3

    found = [overlap(rng.normal(size=(n, 2)), rng.normal(size=(m, 2)), k=k) for _ in range(1500)]

    expected = 1 - (24 * 23 * 22) / (39 * 38 * 37)
    assert expected_coverage(found[0]) == pytest.approx(expected, rel=1e-12)
    for metric, mean in ((density, 1.0), (coverage, expected)):
        draws = [metric(one) for one in found]
        error = np.std(draws) / np.sqrt(len(draws))
        assert np.mean(draws) == pytest.approx(mean, abs=4 * error)


def test_the_density_of_perfect_samples_is_more_than_one_where_distances_are_tied():
    rng, n, k = np.random.default_rng(9), 25, 3
    draw = [
        lambda size: rng.poisson(3, size=(size, 1)),
        lambda size: rng.integers(4, size=(size, 2)),
    ]
    for law in draw:
        # One point fewer is what the ideal is exactly right for.
        found = [overlap(law(n - 1) * 1.0, law(15) * 1.0, k=k) for _ in range(400)]
        said = [expected_density(overlap(law(n) * 1.0, law(15) * 1.0, k=k)) for _ in range(400)]

        densities = [density(one) for one in found]
        error = np.hypot(np.std(densities), np.std(said)) / np.sqrt(400)
        assert np.mean(said) > 1.5
        assert np.mean(densities) == pytest.approx(np.mean(said), abs=4 * error)
        assert expected_coverage(found[0]) is None


def test_copies_cover_everything():
    test = np.random.default_rng(3).normal(size=(50, 4))

    assert coverage(overlap(test, test.copy())) == 1


def test_samples_elsewhere_cover_nothing():
    rng = np.random.default_rng(4)

    found = overlap(rng.normal(size=(50, 2)), rng.normal(size=(40, 2)) + 1000)

    assert density(found) == coverage(found) == 0


def test_repeated_points_hold_each_other():
    constant = np.full((10, 3), 1000.1)

    found = overlap(constant, constant)

    assert coverage(found) == 1
    assert density(found) == 10 / 3


def test_a_dropped_mode_halves_coverage_but_not_density():
    rng = np.random.default_rng(5)
    near, far = rng.normal(size=(200, 2)), rng.normal(size=(200, 2)) + 50

    found = overlap(np.concatenate([near, far]), rng.normal(size=(400, 2)))

    assert coverage(found) == pytest.approx(0.5, abs=0.03)
    assert density(found) == pytest.approx(1, abs=0.2)

"""Precision and recall against cases whose answer is known."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from genbench.evidence import Comparison, Overlap, Reference
from genbench.metrics.precision_recall import precision, recall


def overlap(test, generated, k=3):
    return Overlap.of(Comparison(reference=Reference(test=test, k=k), generated=generated))


def radii_of(points, k):
    return np.sort(cdist(points, points), axis=1)[:, k]


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(40, 3)), rng.normal(size=(30, 3)) * 1.3

    found = overlap(test, generated, k=3)

    apart = cdist(test, generated)
    in_test = (apart <= radii_of(test, 3)[:, None]).any(axis=0)
    in_generated = (apart <= radii_of(generated, 3)).any(axis=1)
    assert precision(found) == in_test.mean() < 1
    assert recall(found) == in_generated.mean() < 1


def test_balls_on_a_line_are_drawn_by_hand():
    test = np.array([[0.0], [1.0], [2.0], [30.0], [31.5]])
    generated = np.array([[0.5], [3.0], [10.0], [100.0]])

    found = overlap(test, generated, k=1)

    # Test balls reach from -1 to 3 and from 28.5 to 33; generated ones from -2 to 5.5, from 3 to
    # 17 and from 10 to 190.
    assert precision(found) == 2 / 4
    assert recall(found) == 5 / 5
    assert precision(overlap(generated, test, k=1)) == 5 / 5
    assert recall(overlap(generated, test, k=1)) == 2 / 4


def test_shares_are_read_off_the_counts():
    counts = Overlap(
        k=2,
        test_balls_around=np.array([4, 0, 2, 1, 0]),
        generated_balls_around=np.array([0, 1, 7, 1]),
        test_ball_occupied=np.array([True, True, False, True]),
    )

    assert (precision(counts), recall(counts)) == (3 / 5, 3 / 4)


def test_dropped_mode_keeps_precision_and_halves_recall():
    rng = np.random.default_rng(2)
    near, far = rng.normal(size=(200, 2)), rng.normal(size=(200, 2)) + 50

    found = overlap(test=np.concatenate([near, far]), generated=rng.normal(size=(200, 2)))

    assert precision(found) > 0.9
    assert recall(found) == pytest.approx(0.5, abs=0.05)


def test_samples_of_one_distribution_are_not_quite_perfect():
    rng = np.random.default_rng(7)

    found = [overlap(rng.normal(size=(120, 4)), rng.normal(size=(150, 4)), k=5) for _ in range(200)]

    # Found once from full matrices of 6,000 pairs of sets, which leaves an error of 0.0003.
    for metric, expected in ((precision, 0.9643), (recall, 0.9667)):
        draws = [metric(one) for one in found]
        error = np.std(draws) / np.sqrt(len(draws))
        assert np.mean(draws) == pytest.approx(expected, abs=4 * np.hypot(error, 3e-4))


def test_copies_of_the_test_set_are_perfect():
    test = np.random.default_rng(3).normal(size=(50, 4))

    found = overlap(test, test.copy())

    assert precision(found) == recall(found) == 1


def test_samples_elsewhere_are_worthless():
    rng = np.random.default_rng(4)

    found = overlap(rng.normal(size=(50, 2)), rng.normal(size=(40, 2)) + 1000)

    assert precision(found) == recall(found) == 0


@pytest.mark.parametrize("offset", [0, 1000, 1e6])
def test_repeated_points_hold_each_other(offset):
    constant = np.full((10, 3), 0.1 + offset)

    found = overlap(constant, constant)

    assert precision(found) == recall(found) == 1


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_a_sample_on_the_surface_of_a_ball_is_inside(offset):
    test = np.array([[0.0], [0.125], [0.375]]) + offset
    generated = np.array([[-0.125], [0.625]]) + offset

    found = overlap(test, generated, k=1)

    assert precision(found) == 1


def test_balls_without_volume_are_told_of():
    rng = np.random.default_rng(6)
    test = np.concatenate([rng.normal(size=(40, 2)), np.full((4, 2), 0.1)])
    generated = np.concatenate([rng.normal(size=(27, 2)), np.zeros((3, 2))])

    found = overlap(test, generated, k=3)

    # Four alike have three others each at no distance; three alike have only two.
    expected = "4 of 44 test balls have no volume, for their centres are repeated"
    assert found.warnings == (expected,)
    assert overlap(test[:40], generated).warnings == ()
    assert len(overlap(test, np.zeros((9, 2))).warnings) == 2


@pytest.mark.parametrize(("far", "told"), [(1e10, 0), (1e20, 1)])
def test_a_ball_whose_surface_rounding_decides_is_told_of(far, told):
    rng = np.random.default_rng(7)
    test, generated = rng.normal(size=(50, 2)), rng.normal(size=(60, 2))
    test[0] = far

    warnings = overlap(test, generated).warnings

    expected = (
        "1 of 50 test balls reach so far beside the others that rounding decides what they hold"
    )
    assert warnings == (expected,) * told
    assert overlap(generated, test).warnings == (expected.replace("test", "generated"),) * told

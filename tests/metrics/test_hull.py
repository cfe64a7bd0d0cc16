"""Share of samples between the training samples, beside linear programming and closed forms."""

import numpy as np
import pytest
from scipy.optimize import linprog

import genbench
from genbench.evidence.hull import FARTHEST, in_hull

TRIANGLE = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])


def test_a_triangle_holds_its_inside_its_sides_and_its_corners():
    points = np.array([[1.0, 1.0], [2.0, 0.0], [2.0, 2.0], [4.0, 0.0], [2.01, 2.0], [-0.01, 1.0]])

    assert in_hull(points, TRIANGLE).tolist() == [True, True, True, True, False, False]


def feasible(point, corners):
    """The definition: there are weights, none negative and with sum one."""
    sums = np.vstack([corners.T, np.ones(len(corners))])
    program = linprog(np.zeros(len(corners)), A_eq=sums, b_eq=np.append(point, 1), method="highs")
    return program.status == 0


@pytest.mark.parametrize(("n", "d"), [(300, 1), (200, 2), (200, 5), (300, 10), (60, 20), (12, 40)])
def test_is_what_linear_programming_says(n, d):
    rng = np.random.default_rng(d)
    corners = rng.standard_t(3, size=(n, d)) @ rng.normal(size=(d, d))
    means = corners[rng.integers(n, size=(80, 3))].mean(axis=1)
    stretched = means * rng.uniform(0.9, 2.5, size=(80, 1))
    points = np.concatenate([stretched, 20 * means[:10], corners[:5]])

    found = in_hull(points, corners)

    assert found.tolist() == [feasible(point, corners) for point in points]
    assert 0 < found.mean() < 1
    assert found[-5:].all()


def test_neither_units_nor_any_affine_map_decide():
    rng = np.random.default_rng(0)
    corners, points = rng.normal(size=(100, 3)), 1.5 * rng.normal(size=(200, 3))
    found = in_hull(points, corners)

    for unit in (1e-12, 1e12):
        np.testing.assert_array_equal(in_hull(points * unit, corners * unit), found)
    turned = rng.normal(size=(3, 3)) * np.array([1.0, 1e3, 1e-3])
    np.testing.assert_array_equal(in_hull(points @ turned + 100, corners @ turned + 100), found)


def test_training_points_on_a_line_hold_only_what_is_between_them_on_it():
    along = np.linspace(0, 1, 20)[:, None]
    line = along * np.array([1.0, -2.0, 0.0]) + np.array([5.0, 0.0, 7.0])
    off = np.array([[0.0, 0.01, 0.0]])

    assert in_hull((line[:-1] + line[1:]) / 2, line).all()
    assert not in_hull((line[:-1] + line[1:]) / 2 + off, line).any()
    assert not in_hull(2 * line[-1:] - line[-2:-1], line).any()
    assert not in_hull(line + np.array([0.0, 0.0, 1e-3]), line).any()
    flat = line * np.array([1.0, 1.0, 0.0])
    assert in_hull(flat, flat).all()
    assert not in_hull(flat + np.array([0.0, 0.0, 1e-3]), flat).any()


def test_a_fresh_number_lies_between_n_others_with_probability_n_minus_1_over_n_plus_1():
    rng = np.random.default_rng(0)
    n, repeats, fresh = 9, 400, 50

    shares = [
        in_hull(rng.normal(size=(fresh, 1)), rng.normal(size=(n, 1))).mean() for _ in range(repeats)
    ]

    error = np.std(shares) / np.sqrt(repeats)
    assert np.mean(shares) == pytest.approx((n - 1) / (n + 1), abs=4 * error)


def test_corners_far_out_count_or_the_metric_is_refused():
    rng = np.random.default_rng(0)
    near = rng.normal(size=(50, 2))
    for far in (1e3, 1e5):
        corners = np.concatenate([near, [[far, 0.0]]])
        points = np.array([[far / 2, 0.0], [far / 2, 3.0], [0.0, 10.0]])
        assert in_hull(points, corners).tolist() == [feasible(p, corners) for p in points]

    for d in (4, 9, 30):
        corners = np.concatenate([rng.normal(size=(200, d)), 1e5 * rng.normal(size=(5, d))])
        assert in_hull(corners, corners).all()

    train = np.concatenate([near, [[10 * FARTHEST, 0.0]]])
    score = genbench.score(train=train, test=near, generated=near, metrics="interpolated_share")
    assert score["interpolated_share"].status == "skipped"
    assert "times the spread out" in score["interpolated_share"].reason


def test_stands_beside_the_share_of_test_samples():
    rng = np.random.default_rng(0)
    train, test = rng.normal(size=(300, 4)), rng.normal(size=(200, 4))

    scores = {
        name: genbench.score(
            train=train, test=test, generated=samples, metrics="interpolated_share"
        )["interpolated_share"]
        for name, samples in {
            "means": (train[:150] + train[150:]) / 2,
            "copies": train[:100],
            "beyond": 5 * train / np.linalg.norm(train, axis=1)[:, None],
            "real": rng.normal(size=(200, 4)),
        }.items()
    }

    ideal = in_hull(test, train).mean()
    assert {score.ideal for score in scores.values()} == {ideal}
    assert scores["means"].value == scores["copies"].value == 1.0
    assert scores["beyond"].value < 0.1 < ideal < 0.9
    assert scores["real"].value == pytest.approx(ideal, abs=0.15)

"""Loops by brute force and on circles; living times of intervals that are written down."""

from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import genbench
from genbench.evidence import Comparison, Reference, living_times
from genbench.evidence.living_times import LivingTimes, shares
from genbench.evidence.witness_complex import loops
from genbench.metrics.geometry import geometry_score


def circle(n, rng, centre=0.0):
    angles = rng.uniform(0, 2 * np.pi, size=n)
    return np.stack([np.cos(angles) + centre, np.sin(angles)], axis=1)


def times(test, generated, seed=0):
    return LivingTimes.of(
        Comparison(reference=Reference(test=test), generated=generated, seed=seed)
    )


def betti_by_rank(distances, slack):
    """Loops at one slack: edges less the ranks of both boundary matrices, over two elements."""
    n = distances.shape[1]

    def seen(corners):
        others = [q for q in range(n) if q not in corners]
        needed = distances[:, corners].max(axis=1) - distances[:, others].min(axis=1)
        return max(needed.min(), 0) <= slack

    edges = [e for e in combinations(range(n), 2) if seen(list(e))]
    triangles = [
        t
        for t in combinations(range(n), 3)
        if seen(list(t)) and all(side in edges for side in combinations(t, 2))
    ]
    down = np.array([[corner in e for e in edges] for corner in range(n)], dtype=int)
    up = np.array([[set(e) <= set(t) for t in triangles] for e in edges], dtype=int)
    return len(edges) - rank_over_two(down) - rank_over_two(up)


def rank_over_two(matrix):
    matrix, rank = matrix.copy(), 0
    for column in range(matrix.shape[1] if matrix.size else 0):
        rows = np.flatnonzero(matrix[rank:, column]) + rank
        if len(rows):
            matrix[[rank, rows[0]]] = matrix[[rows[0], rank]]
            for row in np.flatnonzero(matrix[:, column]):
                if row != rank:
                    matrix[row] ^= matrix[rank]
            rank += 1
    return rank


@pytest.mark.parametrize("seed", range(4))
def test_numbers_of_loops_match_ranks_of_boundaries(seed):
    rng = np.random.default_rng(seed)
    points = circle(60, rng) + 0.1 * rng.normal(size=(60, 2))
    distances = cdist(points, points[:9])
    largest = 0.4

    found = loops(distances, largest)

    for slack in np.linspace(0.003, largest - 0.003, 7):
        alive = ((found[:, 0] <= slack) & (slack < found[:, 1])).sum()
        assert alive == betti_by_rank(distances, slack)


def test_a_square_of_landmarks_is_a_loop_until_its_diagonal_is_seen():
    corners = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    middles = (corners + np.roll(corners, 1, axis=0)) / 2

    found = loops(cdist(np.concatenate([corners, middles]), corners), largest=2.0)

    # Middles see the sides and, as the far corners are equally far, the triangles; a corner sees
    # the diagonal, which the triangles need, once the slack makes up for a side: root 2 less 1.
    lived = found[found[:, 1] > found[:, 0]]
    assert lived == pytest.approx(np.array([[0, np.sqrt(2) - 1]]))


def test_living_times_of_intervals():
    found = shares(np.array([[0.0, 0.5], [0.25, 1.0], [0.3, 0.3]]), largest=1.0)

    assert found[:4] == pytest.approx([0, 0.75, 0.25, 0])
    assert shares(np.empty((0, 2)), largest=3.0)[0] == 1


def test_slacks_are_differences_of_distances_and_not_of_their_squares(monkeypatch):
    monkeypatch.setattr(living_times, "DRAWS", 1)
    points = np.random.default_rng(4).normal(size=(300, 3))

    found = living_times.living_times(points, rng=np.random.default_rng(5))

    chosen = np.random.default_rng(5).choice(300, size=living_times.LANDMARKS, replace=False)
    distances = cdist(points, points[chosen])
    largest = 300 / 5000 / 128 * distances.max()
    assert found == pytest.approx(shares(loops(distances, largest), largest), abs=1e-6)
    assert found[0] < 0.9


def test_circles_have_one_loop_and_two_circles_two(monkeypatch):
    monkeypatch.setattr(living_times, "DRAWS", 15)
    rng = np.random.default_rng(1)
    one, other = circle(2000, rng), 7 * circle(2000, rng) + 100
    two = np.concatenate([circle(1000, rng), circle(1000, rng, centre=5.0)])

    same, different = times(one, other), times(one, two)

    # Living times are for 5,000 points; fewer see less far, and some loops more.
    assert same.test.argmax() == same.generated.argmax() == 1
    assert different.generated.argmax() == 2
    assert geometry_score(same) < 0.1
    assert geometry_score(different) > 0.5
    assert geometry_score(different) == pytest.approx(
        ((different.test - different.generated) ** 2).sum()
    )


def test_scale_position_and_direction_do_not_matter(monkeypatch):
    monkeypatch.setattr(living_times, "DRAWS", 5)
    rng = np.random.default_rng(2)
    test, generated = rng.normal(size=(2, 100, 3))
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]

    moved = times(test, 8 * generated @ turn - 1)

    assert moved.generated == pytest.approx(times(test, generated).generated, abs=1e-9)


def test_sizes_are_made_equal_and_constant_points_have_no_loop(monkeypatch):
    monkeypatch.setattr(living_times, "DRAWS", 3)
    rng = np.random.default_rng(3)

    found = times(rng.normal(size=(150, 2)), np.ones((100, 2)))

    assert found.n == 100
    assert found.test.sum() == pytest.approx(1)
    assert found.generated[0] == 1


def test_needs_as_many_points_as_landmarks():
    score = genbench.score(test=np.ones((63, 2)), generated=np.ones((99, 2)), metrics="geometry")

    assert score["geometry"].reason == "Needs 64 points of each set; there are 63."


@pytest.mark.parametrize("far", [1e4, 1e12])
def test_beside_an_outlier_all_others_are_one_point_without_a_shape(far):
    rng = np.random.default_rng(9)
    test, generated = rng.normal(size=(2, 300, 2))
    generated[0] = far

    found = genbench.score(test=test, generated=generated, metrics=["geometry"])["geometry"]

    assert "landmarks are all one beside the largest distance" in found.reason


@pytest.mark.parametrize("seed", range(4))
def test_witnesses_may_see_unequal_numbers_of_landmarks(seed):
    rng = np.random.default_rng(seed)
    distances = rng.uniform(size=(12, 7)) * rng.uniform(0.2, 5, size=(12, 1))
    largest = 0.6

    found = loops(distances, largest)

    for slack in np.linspace(0.003, largest - 0.003, 7):
        alive = ((found[:, 0] <= slack) & (slack < found[:, 1])).sum()
        assert alive == betti_by_rank(distances, slack)


def test_a_hundred_loops_or_more_are_not_counted():
    found = shares(np.tile([0.0, 1.0], (100, 1)), largest=2.0)

    assert found.shape == (100,)
    assert found[0] == pytest.approx(0.5)
    assert found.sum() == pytest.approx(0.5)


def test_as_many_points_as_landmarks_are_enough(monkeypatch):
    monkeypatch.setattr(living_times, "DRAWS", 1)

    found = times(*np.random.default_rng(6).normal(size=(2, 64, 2)))

    assert found.parameters["n"] == 64
    assert found.parameters["gamma"] == 64 / 5000 / 128


def test_loops_are_seen_by_distances_alone_however_many_dimensions_there_are():
    rng = np.random.default_rng(9)
    axes = np.linalg.qr(rng.normal(size=(300, 2)))[0].T
    test, generated = circle(80, rng), rng.normal(size=(80, 2))

    low, high = times(test, generated), times(test @ axes, generated @ axes)

    assert high.test == pytest.approx(low.test, abs=1e-6)
    assert high.generated == pytest.approx(low.generated, abs=1e-6)

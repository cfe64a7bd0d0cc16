"""Sinkhorn divergence against POT, against the closed form of normals, and at its two limits."""

import numpy as np
import ot
import pytest
from scipy.spatial.distance import cdist

import genbench
from genbench.evidence import Comparison, Reference, entropic_transport
from genbench.evidence.entropic_transport import EntropicTransport, cost_within, entropic_cost
from genbench.ground.errors import Unavailable
from genbench.metrics.sinkhorn import sinkhorn_divergence


def transport(test, generated):
    return EntropicTransport.of(Comparison(reference=Reference(test=test), generated=generated))


def test_equals_another_solver_in_the_log_domain(monkeypatch):
    monkeypatch.setattr(entropic_transport, "SHARE", 0.5)
    monkeypatch.setattr(entropic_transport, "TOLERANCE", 1e-9)
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(30, 2)), rng.normal(size=(20, 2)) * 1.5 + 1

    found = transport(test, generated)

    distances = cdist(test, test) ** 2
    e = 0.5 * np.median(distances[~np.eye(30, dtype=bool)])

    def by_pot(x, y):
        a, b = np.full(len(x), 1 / len(x)), np.full(len(y), 1 / len(y))
        costs = cdist(x, y) ** 2
        plan = ot.sinkhorn(a, b, costs, e, method="sinkhorn_log", numItermax=300, warn=False)
        entropy = (plan * np.log(plan / np.outer(a, b))).sum()
        return (plan * costs).sum() + e * entropy

    between, *within = (
        by_pot(*pair) for pair in ((test, generated), (test, test), (generated, generated))
    )
    assert found.regularisation == pytest.approx(e, rel=1e-9)
    assert sinkhorn_divergence(found) == pytest.approx(between - sum(within) / 2, rel=1e-5)


@pytest.mark.parametrize("e", [1.0, 5.0])
def test_normals_on_a_line_have_a_closed_form(e):
    grid = np.linspace(-9, 9, 361)
    means, variances = (0.0, 1.5), (1.0, 0.36)
    weights = [
        np.exp(-((grid - mean) ** 2) / (2 * variance))
        for mean, variance in zip(means, variances, strict=True)
    ]
    weights = [weight / weight.sum() for weight in weights]
    costs = (grid[:, None] - grid) ** 2

    found = {
        (i, j): entropic_cost(costs, e, weights[i], weights[j]) for i, j in ((0, 1), (0, 0), (1, 1))
    }

    for (i, j), cost in found.items():
        A, B, s = variances[i], variances[j], e / 2
        D = np.sqrt(4 * A * B + s**2)
        expected = (means[i] - means[j]) ** 2 + A + B - D
        expected += s * (1 - np.log(2 * s)) + s * np.log(D + s)
        assert cost == pytest.approx(expected, abs=1e-5)


def test_much_regularisation_leaves_the_distance_of_the_means(monkeypatch):
    monkeypatch.setattr(entropic_transport, "SHARE", 1e6)
    rng = np.random.default_rng(2)
    test, generated = rng.normal(size=(50, 3)), rng.normal(size=(40, 3)) * 2 + 1

    found = sinkhorn_divergence(transport(test, generated))

    shift = test.mean(axis=0) - generated.mean(axis=0)
    assert found == pytest.approx(shift @ shift, rel=1e-4)


def test_little_regularisation_leaves_exact_transport():
    rng = np.random.default_rng(3)
    test, generated = rng.normal(size=(2, 15, 2))
    costs = cdist(test, generated) ** 2

    found = entropic_cost(costs, 0.1)

    exact = ot.emd2(np.full(15, 1 / 15), np.full(15, 1 / 15), costs)
    # The entropy of any plan lies between none and that of a permutation.
    assert exact - 1e-6 <= found <= exact + 0.1 * np.log(15) + 1e-6


def test_a_set_and_itself_cost_what_they_cost_as_any_two_sets(monkeypatch):
    monkeypatch.setattr(entropic_transport, "TOLERANCE", 1e-9)
    points = np.random.default_rng(8).normal(size=(20, 2))

    assert cost_within(points, 1.5) == pytest.approx(
        entropic_cost(cdist(points, points) ** 2, 1.5), rel=1e-9
    )


def test_a_point_far_away_does_not_overflow():
    rng = np.random.default_rng(4)
    test = rng.normal(size=(30, 2))
    generated = np.concatenate([rng.normal(size=(29, 2)), [[1e4, 0]]])

    found = sinkhorn_divergence(transport(test, generated))

    assert found == pytest.approx(1e8 / 30, rel=0.01)


@pytest.mark.parametrize("far", [1e15, 1e30])
def test_points_too_far_away_to_be_solved_for_are_no_number(far):
    rng = np.random.default_rng(4)

    with pytest.raises(Unavailable, match="entropic transport is not solved"):
        transport(rng.normal(size=(4, 4)), far * rng.normal(size=(25, 4)))


def test_equal_sets_are_at_distance_zero():
    test = np.random.default_rng(5).normal(size=(40, 3))

    assert sinkhorn_divergence(transport(test, test[::-1])) == pytest.approx(0, abs=1e-4)


def test_a_problem_that_is_not_solved_is_no_number(monkeypatch):
    monkeypatch.setattr(entropic_transport, "MOST_ITERATIONS", 2)
    rng = np.random.default_rng(6)

    with pytest.raises(Unavailable, match="not solved after 2"):
        transport(rng.normal(size=(30, 2)), rng.normal(size=(30, 2)))


def test_no_more_than_the_most_points_are_used(monkeypatch):
    monkeypatch.setattr(entropic_transport, "MOST_POINTS", 10)
    points = np.random.default_rng(7).normal(size=(50, 2))

    found = transport(points, points[:30])

    assert found.parameters["n_test"] == found.parameters["n_generated"] == 10


def test_a_tenth_of_the_median_squared_distance_is_what_entropy_is_worth():
    test = np.array([[0.0], [1.0], [4.0]])

    assert transport(test, test).regularisation == pytest.approx(0.9)


def test_one_and_the_same_test_point_sets_no_scale():
    scores = genbench.score(
        test=np.ones((10, 2)), generated=np.zeros((10, 2)), metrics=["sinkhorn"]
    )

    assert scores["sinkhorn"].reason == "All test points are one and the same."

"""Kernel Stein discrepancy by derivatives, in closed form for normals, and its level."""

import numpy as np
import pytest
import torch

import genbench
from genbench import distances
from genbench.evidence import Comparison, Reference, stein
from genbench.evidence.stein import SteinMeans
from genbench.metrics.stein import kernel_stein_discrepancy, stein_error, stein_p_value


def means(points, score, seed=0):
    return SteinMeans.measure(points, score, rng=np.random.default_rng(seed))


def kernel_by_autograd(k, points, score):
    """The Stein kernel of every pair, from derivatives of k that torch finds."""
    points, score = torch.tensor(points), torch.tensor(score)
    table = np.empty((len(points), len(points)))
    for i in range(len(points)):
        for j in range(len(points)):
            x, y = points[i], points[j]
            dx, dy = torch.func.grad(k, 0)(x, y), torch.func.grad(k, 1)(x, y)
            trace = torch.func.jacrev(torch.func.grad(k, 0), 1)(x, y).trace()
            value = score[i] @ score[j] * k(x, y) + score[i] @ dy + score[j] @ dx + trace
            table[i, j] = value
    return table


@pytest.mark.parametrize("block_entries", [10, 10**6])
def test_matches_the_definition_by_derivatives(monkeypatch, block_entries):
    monkeypatch.setattr(distances, "BLOCK_ENTRIES", block_entries)
    rng = np.random.default_rng(1)
    points, score = rng.normal(size=(5, 3)) + 10, rng.normal(size=(5, 3))

    found = means(points, score)

    table = kernel_by_autograd(lambda x, y: (1 + (x - y) @ (x - y)) ** -0.5, points, score)
    np.fill_diagonal(table, 0)
    assert kernel_stein_discrepancy(found) == pytest.approx(table.sum() / 20, rel=1e-9)
    assert found.square == pytest.approx((table**2).sum() / 20, rel=1e-9)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(5, stein.DRAWS))
    assert found.signed == pytest.approx(np.einsum("ib,ij,jb->b", signs, table, signs) / 20)


def test_a_shifted_normal_has_the_value_of_a_double_integral():
    """KSD^2 = E d(x) k(x, y) d(y), d being the difference of the scores: here constant."""
    rng, shift = np.random.default_rng(2), np.array([0.6, -0.3])
    draws = []
    for _ in range(150):
        points = rng.normal(size=(100, 2)) + shift
        draws.append(kernel_stein_discrepancy(means(points, -points)))

    # |x - y|^2 / 4 is exponential for two points of the plane: E (1 + 4 e)^(-1/2).
    from scipy.integrate import quad

    mean_kernel = quad(lambda e: np.exp(-e) / np.sqrt(1 + 4 * e), 0, np.inf)[0]
    error = np.std(draws) / np.sqrt(len(draws))
    assert np.mean(draws) == pytest.approx(shift @ shift * mean_kernel, abs=4 * error)


def test_the_true_score_averages_zero_and_keeps_the_level():
    rng = np.random.default_rng(3)

    found = []
    for seed in range(200):
        points = rng.normal(size=(60, 2))
        found.append(means(points, -points, seed))

    draws = [kernel_stein_discrepancy(one) for one in found]
    assert np.mean(draws) == pytest.approx(0, abs=4 * np.std(draws) / np.sqrt(200))
    assert min(draws) < 0
    level = np.mean([stein_p_value(one) <= 0.1 for one in found])
    assert level == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / 200))


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_the_standard_error_is_the_spread_of_repetitions(shift):
    rng = np.random.default_rng(4)

    found = []
    for _ in range(200):
        points = rng.normal(size=(80, 2)) + shift
        found.append(means(points, -points))

    spread = np.std([kernel_stein_discrepancy(one) for one in found])
    assert np.mean([stein_error(one) for one in found]) == pytest.approx(spread, rel=0.2)


def test_a_wrong_score_is_told_from_the_right_one():
    points = np.random.default_rng(5).normal(size=(300, 2))

    scores = [
        genbench.score(test=points, test_score=score, metrics="ksd")["ksd"]
        for score in (-points, -points / 4)
    ]

    assert scores[1].p_value == pytest.approx(1 / 200)
    assert scores[0].p_value > 0.01
    assert scores[1].value > scores[0].value + 4 * scores[1].standard_error


def test_of_two_modes_far_apart_it_misses_neither_alone():
    """A known blindness: near one mode the score of both is that of the one."""
    rng = np.random.default_rng(6)
    one = rng.normal(size=(300, 1)) + 10

    share = 1 / (1 + np.exp(-20 * one))  # of the mode at 10, at these points; the other is at -10
    found = means(one, share * (10 - one) + (1 - share) * (-10 - one))

    assert kernel_stein_discrepancy(found) == pytest.approx(0, abs=4 * stein_error(found))
    assert stein_p_value(found) > 0.01


def test_points_and_scores_are_not_taken_for_each_other():
    rng = np.random.default_rng(8)
    points, score = rng.normal(size=(6, 2)), rng.normal(size=(6, 2))

    found = SteinMeans.of(Comparison(reference=Reference(test=points), test_score=score))

    assert found.rows == pytest.approx(means(points, score).rows)


def test_the_error_is_that_of_twice_the_mean_of_rows_less_what_pairs_add():
    rng, n = np.random.default_rng(10), 7
    table = rng.normal(size=(n, n)) + 3 * rng.normal(size=n)[:, None]
    kernel = table + table.T
    np.fill_diagonal(kernel, 0)
    rows, square = kernel.sum(axis=1) / (n - 1), (kernel**2).sum() / (n * (n - 1))

    found = stein_error(SteinMeans(rows=rows, square=square, signed=np.zeros(9)))

    sums, total = kernel.sum(axis=1), kernel.sum()
    centred = kernel - (sums[:, None] + sums) / (n - 2) + total / ((n - 1) * (n - 2))
    np.fill_diagonal(centred, 0)
    assert centred.sum(axis=1) == pytest.approx(np.zeros(n), abs=1e-12)
    of_pairs = 2 * (centred**2).sum() / (n * (n - 3)) / (n * (n - 1))
    of_points = 4 * np.var(sums / (n - 2), ddof=1) / n
    assert of_points > 3 * of_pairs  # so that little of it is due to pairs
    assert found == pytest.approx(np.sqrt(of_points - 1.5 * of_pairs))


def test_two_test_samples_are_enough_and_one_is_not():
    points = np.array([[0.0], [1.0]])

    found, lone = (
        genbench.score(test=some, test_score=-some, metrics="ksd")["ksd"]
        for some in (points, points[:1])
    )

    assert found.value == pytest.approx(means(points, -points).rows.mean())
    assert lone.reason == "Needs 2 test samples; there are 1."

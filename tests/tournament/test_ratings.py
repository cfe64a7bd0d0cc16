"""Ratings: Glickman's worked example, and Bradley-Terry where the maximum is known."""

import numpy as np
import pytest

from genbench.ground.errors import BadInput
from genbench.tournament.ratings import Rating, bradley_terry, glicko2


def test_glickmans_worked_example():
    opponents = [Rating(1400, 30), Rating(1550, 100), Rating(1700, 300)]

    found = glicko2(Rating(1500, 200), opponents, [1, 0, 0])

    assert found.rating == pytest.approx(1464.05, abs=0.02)
    assert found.deviation == pytest.approx(151.52, abs=0.01)
    assert found.volatility == pytest.approx(0.059996, abs=2e-6)


def test_even_results_leave_the_rating_and_narrow_it():
    found = glicko2(Rating(), [Rating(), Rating()], [0.5, 0.5])

    assert found.rating == pytest.approx(1500)
    assert found.deviation < 350


def test_an_upset_raises_volatility():
    found = glicko2(Rating(deviation=30), [Rating(2400, 30)] * 3, [1, 1, 1])

    assert found.volatility > 0.06
    assert found.rating > 1500


def test_glicko2_refuses_scores_that_are_none():
    with pytest.raises(BadInput, match="as many scores"):
        glicko2(Rating(), [Rating()], [1, 0])
    with pytest.raises(BadInput, match="as many scores"):
        glicko2(Rating(), [], [])
    with pytest.raises(BadInput, match="between 0 and 1"):
        glicko2(Rating(), [Rating()], [2])


def test_two_players_differ_by_the_log_odds_of_a_win():
    strengths, covariance = bradley_terry(np.array([[0, 30], [10, 0]]))

    assert strengths[0] - strengths[1] == pytest.approx(np.log(3))
    assert strengths.sum() == pytest.approx(0)
    # Variance of log-odds: 1/30 + 1/10, shared between strengths that sum to zero.
    contrast = np.array([1, -1])
    assert contrast @ covariance @ contrast == pytest.approx(1 / 30 + 1 / 10)


def test_expected_wins_at_the_maximum_are_the_wins():
    wins = np.random.default_rng(1).integers(1, 20, size=(5, 5)) * (1 - np.eye(5))

    strengths, _ = bradley_terry(wins)

    chance = 1 / (1 + np.exp(strengths - strengths[:, None]))
    assert ((wins + wins.T) * chance).sum(axis=1) == pytest.approx(wins.sum(axis=1))


def test_true_strengths_come_back():
    truth = np.array([1.0, 0.2, -1.2])
    chance = 1 / (1 + np.exp(truth - truth[:, None]))

    strengths, _ = bradley_terry(1000 * chance * (1 - np.eye(3)))

    assert strengths == pytest.approx(truth, abs=1e-9)


def test_bradley_terry_refuses_what_has_no_maximum():
    with pytest.raises(BadInput, match="unbounded"):
        bradley_terry(np.array([[0, 5], [0, 0]]))
    with pytest.raises(BadInput, match="unbounded"):  # two leagues that never met
        bradley_terry(np.kron(np.eye(2), np.ones((2, 2))))
    with pytest.raises(BadInput, match="square"):
        bradley_terry(np.ones((2, 3)))
    with pytest.raises(BadInput, match="from 0 up"):
        bradley_terry(np.array([[0, -1], [1, 0]]))

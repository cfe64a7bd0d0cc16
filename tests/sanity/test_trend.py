"""The trend test and rank correlations, against their definitions written out."""

from itertools import permutations, product

import numpy as np
import pytest
from scipy.stats import spearmanr

from genbench.sanity.trend import interval_of_mean, page_p_value, rank_correlations


def test_page_matches_the_enumeration_of_all_orders():
    losses = np.array([[0.1, 0.3, 0.2], [1.0, 2.0, 3.0]])
    ranks = np.array([[1, 3, 2], [1, 2, 3]])
    orders = list(permutations((1, 2, 3)))
    sums = [np.dot(np.add(a, b), (1, 2, 3)) for a, b in product(orders, orders)]

    p, down = page_p_value(losses)

    above = np.mean(np.array(sums) >= ranks.sum(axis=0) @ (1, 2, 3))
    assert p == pytest.approx(2 * above)
    assert not down


def test_page_tells_a_fall_from_a_rise(rng):
    rising = np.arange(5) + 0.1 * rng.normal(size=(4, 5))

    assert page_p_value(rising)[1] is False
    assert page_p_value(-rising)[1] is True
    assert page_p_value(rising)[0] == pytest.approx(page_p_value(-rising)[0])


def test_what_never_moves_has_no_trend():
    assert page_p_value(np.ones((5, 6)))[0] > 0.9
    assert (rank_correlations(np.ones((5, 6)), np.arange(6)) == 0).all()


def test_page_rejects_as_seldom_as_it_should(rng):
    p_values = [page_p_value(rng.normal(size=(5, 6)))[0] for _ in range(400)]

    assert np.mean(np.array(p_values) < 0.05) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_infinite_losses_are_the_largest():
    losses = np.array([[1.0, 2.0, np.inf], [0.5, 3.0, np.inf]])

    assert rank_correlations(losses, np.arange(3)) == pytest.approx([1, 1])
    assert page_p_value(losses)[1] is False


def test_rank_correlation_is_spearmans_with_ties(rng):
    losses, levels = rng.integers(4, size=(6, 7)), np.array([0, 1, 1, 2, 3, 4, 5])

    found = rank_correlations(losses, levels)

    assert found == pytest.approx([spearmanr(row, levels).statistic for row in losses])


def test_interval_holds_the_mean_and_narrows_with_seeds(rng):
    few, many = rng.normal(size=5), rng.normal(size=500)

    low, high = interval_of_mean(few)

    assert low < few.mean() < high
    assert np.ptp(interval_of_mean(many)) < high - low

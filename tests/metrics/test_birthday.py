"""Birthday paradox test: supports of known size, and what counts as the same sample."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.stats import poisson

from genbench import distances
from genbench.evidence import Duplicates
from genbench.evidence.neighbours import Neighbours
from genbench.metrics.birthday import birthday_support


def measured(test_spacing, points, k=5):
    found = Neighbours(*distances.nearest(points, points, k=k, same=True))
    return Duplicates.measure(test_spacing, points, found)


def exact_repeats(points):
    return measured(np.zeros(10), points)


def test_twenty_three_people_without_a_pair_suggest_a_year():
    assert birthday_support(Duplicates(n=23, pairs=0, tolerance=0.0)) == pytest.approx(365, abs=0.5)


@pytest.mark.parametrize("pairs", [0, 1, 5, 400])
def test_so_few_pairs_have_even_odds(pairs):
    n = 100

    found = birthday_support(Duplicates(n, pairs, tolerance=0.0))

    # The Poisson law continued to real numbers: between its values at `pairs` and below.
    expected_pairs = n * (n - 1) / 2 / found
    assert poisson.cdf(pairs, expected_pairs) == pytest.approx(0.5, abs=1e-9)
    assert found == pytest.approx(n * (n - 1) / (2 * pairs + 4 / 3), rel=0.05)


def test_an_even_support_is_recovered():
    rng, n, support = np.random.default_rng(1), 500, 1000

    draws = [
        birthday_support(exact_repeats(rng.integers(support, size=(n, 1)).astype(float)))
        for _ in range(60)
    ]

    # Four standard errors, and a bias of about a third of a pair in 125.
    error = np.std(draws, ddof=1) / np.sqrt(len(draws))
    assert np.mean(draws) == pytest.approx(support, abs=4 * error + support / 3 / 125)


def test_an_uneven_support_counts_as_the_inverse_of_its_collisions():
    rng, n = np.random.default_rng(2), 400
    shares = rng.dirichlet(np.ones(50))

    draws = [
        birthday_support(exact_repeats(rng.choice(50, p=shares, size=(n, 1)).astype(float)))
        for _ in range(60)
    ]

    expected = 1 / (shares**2).sum()
    error = np.std(draws, ddof=1) / np.sqrt(len(draws))
    assert expected < 50
    assert np.mean(draws) == pytest.approx(expected, abs=4 * error + expected / 100)


@pytest.mark.parametrize("block_entries", [1, 100, 10**6])
def test_pairs_are_those_within_the_tolerance_whatever_the_blocks(monkeypatch, block_entries):
    monkeypatch.setattr(distances, "BLOCK_ENTRIES", block_entries)
    points = np.random.default_rng(3).normal(size=(37, 2))

    found = measured(np.full(5, 0.3), points)

    assert found.pairs == (pdist(points) <= 0.3).sum() > 10
    assert measured(np.full(5, 2.0), points, k=1).pairs == (pdist(points) <= 2).sum() > 100
    assert (found.n, found.tolerance) == (37, 0.3)


def test_only_the_rarest_real_neighbours_are_as_near_as_duplicates():
    spacing = np.random.default_rng(4).permutation(np.arange(1.0, 201.0))

    found = measured(spacing, np.zeros((2, 1)), k=1)

    assert found.tolerance == 2
    assert (spacing <= found.tolerance).mean() == 0.01


@pytest.mark.parametrize("offset", [0, 1e3, 1e8])
def test_exact_repeats_are_found_far_from_the_origin_and_nothing_else_is(offset):
    steps = np.array([0, 0, 0, 1, 1, 2, 3])[:, None]
    points = np.tile(0.1 + steps * 2.0**-20, (1, 3)) + offset

    found = exact_repeats(points)

    assert found.pairs == 3 + 1


def test_one_sample_repeated_is_a_support_of_one():
    found = birthday_support(exact_repeats(np.ones((1000, 2))))

    assert found == pytest.approx(1, rel=1e-3)

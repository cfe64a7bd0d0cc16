"""Chi-squares of counts in random cells against scipy's, and their level."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import chi2_contingency

import genbench
from genbench.evidence import Comparison, Reference
from genbench.evidence.voronoi_counts import VoronoiCounts, _nearest, chi_squares
from genbench.metrics.probability_mass import mass_p_value, probability_mass_chi_square


def counted(test, generated, seed=0):
    return VoronoiCounts.of(
        Comparison(reference=Reference(test=test), generated=generated, seed=seed)
    )


def test_matches_pearsons_test_of_each_table():
    rng = np.random.default_rng(1)
    counts = VoronoiCounts(rng.poisson(20, size=(3, 5)), rng.poisson(30, size=(3, 5)))
    counts.test[:, 2] = counts.generated[:, 2] = 0

    kept = [0, 1, 3, 4]
    found = [
        chi2_contingency(np.stack([first, second])[:, kept], correction=False)
        for first, second in zip(counts.test, counts.generated, strict=True)
    ]

    assert {one.dof for one in found} == {3}
    assert probability_mass_chi_square(counts) == pytest.approx(
        np.mean([one.statistic for one in found]) / 3
    )
    assert counts.p_values() == pytest.approx(np.array([one.pvalue for one in found]))
    mean = np.mean([one.pvalue for one in found])
    assert mass_p_value(counts) == pytest.approx(min(2 * mean, 1))


def test_points_go_to_the_nearest_centre_and_centres_are_not_counted():
    rng = np.random.default_rng(2)
    points, centres = rng.normal(size=(30, 2)), rng.normal(size=(4, 2))

    found = counted(rng.normal(size=(60, 2)), rng.normal(size=(45, 2)))

    assert (_nearest(points, centres) == cdist(points, centres).argmin(axis=1)).all()
    assert found.parameters == {"n_cells": 4, "tessellations": 20}
    assert (found.test.sum(axis=1) + found.generated.sum(axis=1) == 105 - 4).all()
    assert len(np.unique(found.test, axis=0)) > 1
    assert found.test.sum(axis=1).max() <= 60
    assert found.generated.sum(axis=1).max() <= 45


def test_one_distribution_averages_one_and_keeps_the_level():
    rng = np.random.default_rng(3)

    found = [
        counted(rng.normal(size=(120, 2)), rng.normal(size=(80, 2)), seed) for seed in range(150)
    ]

    draws = [probability_mass_chi_square(one) for one in found]
    # Given the margins the mean is N / (N - 1) of the degrees of freedom.
    expected = (200 - 8) / (200 - 8 - 1)
    assert np.mean(draws) == pytest.approx(expected, abs=4 * np.std(draws) / np.sqrt(150))
    level = np.mean([mass_p_value(one) <= 0.1 for one in found])
    assert level <= 0.1 + 3 * np.sqrt(0.09 / 150)


def test_far_sets_are_never_mistaken_for_one():
    rng = np.random.default_rng(4)

    found = counted(rng.normal(size=(100, 2)), rng.normal(size=(100, 2)) + 100)

    statistics, _ = found.chi_squares()
    # Every cell is of one set only, unless all the centres were.
    assert np.median(statistics) == pytest.approx(190)
    assert mass_p_value(found) < 1e-20


def test_copies_are_closer_than_chance():
    points = np.random.default_rng(5).normal(size=(200, 2))

    assert probability_mass_chi_square(counted(points, points)) < 0.5


def test_refusals():
    few = genbench.score(test=np.ones((19, 2)), generated=np.ones((50, 2)), metrics="pqmass")
    same = genbench.score(test=np.ones((40, 2)), generated=np.ones((50, 2)), metrics="pqmass")

    assert few["pqmass"].reason == "Needs 20 points of each set; there are 19."
    assert same["pqmass"].reason == "All points are one and the same."
    assert chi_squares(np.zeros(3, dtype=int), np.ones(3, dtype=int))[0] == 0


def test_two_cells_have_one_degree_of_freedom_and_the_mean_of_p_values_is_doubled():
    counts = VoronoiCounts(
        np.array([[30, 10], [25, 15], [24, 16]]), np.array([[18, 22], [10, 30], [9, 31]])
    )

    expected = [
        chi2_contingency(np.stack(table), correction=False).pvalue
        for table in zip(counts.test, counts.generated, strict=True)
    ]

    assert counts.p_values() == pytest.approx(np.array(expected))
    assert mass_p_value(counts) == pytest.approx(2 * np.mean(expected))


def test_drawings_with_all_points_in_one_cell_say_nothing():
    test, generated = np.array([[30, 10], [40, 0]]), np.array([[18, 22], [40, 0]])

    found = probability_mass_chi_square(VoronoiCounts(test, generated))

    assert found == probability_mass_chi_square(VoronoiCounts(test[:1], generated[:1]))

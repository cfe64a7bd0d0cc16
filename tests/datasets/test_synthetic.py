"""The grid, spirals, the checkerboard and the pinwheel, against what defines them."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist
from scipy.stats import norm

from genbench.datasets import load
from genbench.datasets.synthetic import _spiral


def test_the_grid_is_a_square_of_modes_but_no_product_of_its_coordinates():
    """Coordinates drawn each on its own, as by a model of the marginals, seldom meet a mode."""
    data = load("grid")
    centres = data.density.centres
    rng = np.random.default_rng(0)
    apart = pdist(centres)

    independent = np.stack([rng.permutation(column) for column in data.test.T], axis=1)

    assert apart.min() == pytest.approx(2)
    assert np.isclose(apart, 2).sum() == 40  # neighbours in five rows and five columns
    assert (cdist(data.test, centres).min(axis=1) < 0.4).mean() > 0.99
    assert (cdist(independent, centres).min(axis=1) < 0.4).mean() < 0.2


def test_spirals_are_walked_at_an_even_pace():
    shares = np.linspace(0, 1, 20_001)

    for curve in (0, 1):
        points = _spiral(np.full(len(shares), curve), shares)
        steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
        # The first steps, where the curve bends most, are chords.
        np.testing.assert_allclose(steps[10:], steps.mean(), rtol=1e-3)


def test_the_second_spiral_is_the_first_turned_by_half_a_turn():
    density = load("spirals").density
    points = np.random.default_rng(0).uniform(-4, 4, size=(50, 2))

    np.testing.assert_allclose(density.log_prob(points), density.log_prob(-points))
    np.testing.assert_allclose(density.posterior(points), density.posterior(-points)[:, ::-1])


def test_the_dark_squares_are_those_of_a_chessboard():
    density = load("checkerboard").density
    dark = np.array([[-3.0, -3.0], [1.0, 1.0], [-1.0, 3.0], [3.99, -1.99]])
    light = np.array([[-1.0, -3.0], [1.0, -1.0], [4.5, 3.0], [3.0, 0.5]])

    np.testing.assert_allclose(density.log_prob(dark), -np.log(32))
    assert (density.log_prob(light) == -np.inf).all()


def test_a_point_on_no_square_belongs_to_the_nearest():
    density = load("checkerboard").density
    points, modes = density.sample(200, rng=np.random.default_rng(0))
    centres = np.array([points[modes == mode].mean(axis=0) for mode in range(8)])
    lonely = np.array([[9.0, 9.0], [-1.0, -2.2], [0.1, -1.0]])

    nearest = density.posterior(lonely).argmax(axis=1)

    np.testing.assert_allclose(centres[nearest], [[3, 3], [-1, -1], [-1, -1]], atol=0.5)
    np.testing.assert_allclose(density.posterior(lonely).sum(axis=1), 1)


def test_the_density_of_the_pinwheel_is_that_before_it_was_bent():
    """On the middle line of the first arm: there the point before bending is known."""
    density = load("pinwheel").density
    away = np.array([1.5, 2.0, 2.6])
    points = away[:, None] * np.stack([np.cos(0.6 * away), np.sin(0.6 * away)], axis=1)

    found = density.log_prob(points)

    straight = norm(2.0, 0.4).logpdf(away) + norm(0.0, 0.15).logpdf(0.0) - np.log(5)
    np.testing.assert_allclose(found, straight, rtol=1e-6)


def test_arms_of_the_pinwheel_are_one_another_turned():
    density = load("pinwheel").density
    points = np.random.default_rng(0).uniform(-3, 3, size=(50, 2))
    fifth = 2 * np.pi / 5
    turn = np.array([[np.cos(fifth), np.sin(fifth)], [-np.sin(fifth), np.cos(fifth)]])

    np.testing.assert_allclose(density.log_prob(points @ turn), density.log_prob(points))
    assert density.posterior(points @ turn).argmax(axis=1) == pytest.approx(
        (density.posterior(points).argmax(axis=1) + 1) % 5
    )


def test_a_tenth_of_the_contaminated_ring_s_training_samples_is_far_off_and_no_other():
    ring, contaminated = load("ring"), load("ring_contaminated")

    moved = (contaminated.train != ring.train).any(axis=1)

    assert moved.sum() == len(ring.train) // 10
    assert np.linalg.norm(contaminated.train[moved] - (6.0, 0.0), axis=1).max() < 2
    assert (np.linalg.norm(contaminated.train[~moved], axis=1) < 3).all()
    np.testing.assert_array_equal(contaminated.test, ring.test)
    np.testing.assert_array_equal(contaminated.fresh, ring.fresh)

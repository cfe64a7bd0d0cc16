"""Frechet distance against closed forms, and its chance level against simulation."""

import numpy as np
import pytest

from genbench.evidence import (
    Comparison,
    Gaussian,
    Moments,
    Reference,
)
from genbench.evidence.frechet_extrapolation import FrechetExtrapolation
from genbench.evidence.gaussians import Between, squared_distance
from genbench.evidence.roots import Root
from genbench.ground.errors import Unavailable
from genbench.metrics.frechet import (
    extrapolation_error,
    frechet_by_chance,
    frechet_distance,
    frechet_distance_infinity,
    frechet_error,
)


def moments(test, generated):
    return Moments(Gaussian.of(test), Gaussian.of(generated))


def known(mean, covariance, n=2):
    """A Gaussian whose moments are given instead of measured."""
    return Gaussian(n, np.asarray(mean, dtype=float), np.linalg.cholesky(covariance).T)


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test = rng.normal(size=(12, 4)) @ rng.normal(size=(4, 4))
    generated = rng.normal(size=(9, 4)) @ rng.normal(size=(4, 4)) + 1

    found = frechet_distance(moments(test, generated))

    S1, S2 = np.cov(test.T), np.cov(generated.T)
    root = np.sqrt(np.linalg.eigvals(S1 @ S2).real).sum()
    shift = test.mean(axis=0) - generated.mean(axis=0)
    assert found == pytest.approx(shift @ shift + np.trace(S1 + S2) - 2 * root, rel=1e-9)


def test_round_gaussians_have_a_closed_form():
    mean, s, d = np.array([1.0, -2.0, 2.0]), 1.7, 3

    found = frechet_distance(Moments(known(np.zeros(d), np.eye(d)), known(mean, s**2 * np.eye(d))))

    assert found == pytest.approx(9 + d * (1 - s) ** 2, rel=1e-12)


def test_covariances_need_not_commute():
    A, B = np.array([[2.0, 1.0], [1.0, 1.0]]), np.diag([0.2, 3.0])

    found = frechet_distance(Moments(known([0, 0], A), known([0, 0], B)))

    root = np.sqrt(np.trace(A @ B) + 2 * np.sqrt(np.linalg.det(A @ B)))
    assert not np.allclose(A @ B, B @ A)
    assert found == pytest.approx(np.trace(A + B) - 2 * root, rel=1e-12)


def test_two_points_in_many_dimensions_are_exact():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 20))

    found = frechet_distance(moments(np.stack([a, -a]), np.stack([b, -b])))

    assert found == pytest.approx(2 * (a @ a + b @ b) - 4 * abs(a @ b), rel=1e-12)


def test_fewer_points_than_dimensions_are_exact():
    rng, n, m, d = np.random.default_rng(23), 50, 40, 400
    test, generated = rng.normal(size=(n, d)), 1.5 * rng.normal(size=(m, d)) + 0.1

    found = frechet_distance(moments(test, generated))

    # Roots of eigenvalues that are zero but for rounding would spoil the fifth digit.
    X, Y = (points - points.mean(axis=0) for points in (test, generated))
    root = np.linalg.norm(X @ Y.T, ord="nuc") / np.sqrt((n - 1) * (m - 1))
    spreads = (X**2).sum() / (n - 1) + (Y**2).sum() / (m - 1)
    shift = test.mean(axis=0) - generated.mean(axis=0)
    assert found == pytest.approx(shift @ shift + spreads - 2 * root, rel=1e-12)


def test_empty_dimensions_change_nothing_though_they_outnumber_the_points():
    rng = np.random.default_rng(3)
    test, generated = rng.normal(size=(30, 10)), 2 * rng.normal(size=(25, 10))

    wide = moments(*(np.pad(points, ((0, 0), (0, 50))) for points in (test, generated)))

    assert frechet_distance(wide) == pytest.approx(
        frechet_distance(moments(test, generated)), rel=1e-12
    )
    assert frechet_by_chance(wide) == pytest.approx(
        frechet_by_chance(moments(test, generated)), rel=1e-12
    )


def test_a_single_point_repeated_has_no_covariance():
    test = np.random.default_rng(4).normal(size=(50, 3))

    found = frechet_distance(moments(test, np.ones((40, 3))))

    expected = ((test.mean(axis=0) - 1) ** 2).sum() + test.var(axis=0, ddof=1).sum()
    assert found == pytest.approx(expected, rel=1e-12)


def test_identical_sets_are_at_distance_zero():
    points = np.random.default_rng(5).normal(size=(40, 6)) * np.geomspace(1e-3, 1e3, 6)

    found = frechet_distance(moments(points, points))

    assert 0 <= found <= 1e-12 * points.var(axis=0).sum()


def test_chance_level_of_round_gaussians_has_a_closed_form():
    n, m, d, variance = 100, 40, 5, 2.5
    round_one = variance * np.eye(d)

    found = frechet_by_chance(
        Moments(known(np.zeros(d), round_one, n), known(np.zeros(d), round_one, m))
    )

    of_covariances = d * (d + 1) / 4 + d * (d - 1) * (d + 2) / (8 * (n - 1))
    assert found == pytest.approx((1 / n + 1 / m) * variance * (d + of_covariances), rel=1e-12)


def test_chance_level_is_what_samples_of_one_gaussian_get():
    rng = np.random.default_rng(6)
    n, m, scales = 600, 400, np.array([1.0, 2.0, 5.0])
    draws = [
        frechet_distance(
            moments(rng.normal(size=(n, 3)) * scales, rng.normal(size=(m, 3)) * scales)
        )
        for _ in range(400)
    ]

    truth = np.diag(scales**2)
    expected = frechet_by_chance(
        Moments(known(np.zeros(3), truth, n), known(np.zeros(3), truth, m))
    )

    # Four standard errors, and the next order of the expansion: a share of about 1 / n.
    tolerance = 4 * np.std(draws) / np.sqrt(len(draws)) + expected / m
    assert np.mean(draws) == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(
    ("scales", "n"),
    [(np.ones(48), 180), (np.arange(1, 97) ** -0.5, 300), (np.exp(-np.arange(40) / 12), 150)],
    ids=["round", "power law", "exponential"],
)
def test_chance_level_knows_that_variances_of_samples_spread_too_wide(scales, n):
    """At four samples a dimension most of what that takes away is given back."""
    rng = np.random.default_rng(7)
    truth = 2 / n * _spread(scales**2)

    found, naive = [], []
    for _ in range(60):
        pair = moments(*(rng.normal(size=(n, len(scales))) * scales for _ in range(2)))
        found.append(frechet_by_chance(pair))
        naive.append(2 / n * _spread(pair.test.variances))

    assert np.mean(naive) < 0.96 * truth
    assert abs(np.mean(found) - truth) < (truth - np.mean(naive)) / 3


def _spread(variances):
    pairs = variances[:, None] * variances / (variances[:, None] + variances)
    return variances.sum() + (pairs.sum() + np.trace(pairs)) / 2


def extrapolated(test, generated, seed=0):
    reference = Reference(test=test)
    return FrechetExtrapolation.of(Comparison(reference=reference, generated=generated, seed=seed))


def test_influence_is_what_a_little_more_weight_on_a_point_does():
    rng = np.random.default_rng(11)
    test = rng.normal(size=(40, 3)) @ rng.normal(size=(3, 3))
    generated = rng.normal(size=(30, 3)) @ rng.normal(size=(3, 3)) + 1

    found, _ = Between(Gaussian.of(test), Gaussian.of(generated)).influences

    def distance(weights):
        mean = weights @ test
        covariance = ((test - mean) * weights[:, None]).T @ (test - mean) * 40 / 39
        return squared_distance(known(mean, covariance), Gaussian.of(generated))

    step, even = 1e-5, np.full(40, 1 / 40)
    towards = [(1 - step) * even + step * np.eye(40)[i] for i in range(3)]
    away = [(1 + step) * even - step * np.eye(40)[i] for i in range(3)]
    slopes = [
        (distance(up) - distance(down)) / (2 * step) for up, down in zip(towards, away, strict=True)
    ]
    linear = 2 * (test - test.mean(axis=0)) @ (test.mean(axis=0) - generated.mean(axis=0))
    quadratic = found - found.mean() - linear
    assert (linear + quadratic * 40 / 39)[:3] == pytest.approx(slopes, rel=1e-5)


def test_either_sets_influences_are_those_of_the_first_with_roles_swapped():
    rng = np.random.default_rng(19)
    one = Gaussian.of(rng.normal(size=(40, 3)) @ rng.normal(size=(3, 3)))
    other = Gaussian.of(rng.normal(size=(30, 3)) + 1)

    assert Between(one, other).influences[1] == pytest.approx(Between(other, one).influences[0])


def test_influences_are_the_same_from_thin_and_from_full_factors():
    rng = np.random.default_rng(12)
    test, generated = rng.normal(size=(6, 8)), rng.normal(size=(5, 8)) + 1

    thin, _ = Between(Gaussian.of(test), Gaussian.of(generated)).influences

    mean, centred = test.mean(axis=0), (test - test.mean(axis=0)) / np.sqrt(5)
    rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    full = Gaussian(6, mean, (rotation @ centred)[:7], test[:5])
    assert thin[:5] == pytest.approx(Between(full, Gaussian.of(generated)).influences[0], rel=1e-6)


def test_a_feature_given_twice_is_one_that_is_longer():
    rng = np.random.default_rng(21)
    test, generated = rng.normal(size=(50, 3)), rng.normal(size=(60, 3)) + 1

    twice = moments(*(np.column_stack([points, points[:, 0]]) for points in (test, generated)))
    longer = moments(*(points * [np.sqrt(2), 1, 1] for points in (test, generated)))

    assert frechet_distance(twice) == pytest.approx(frechet_distance(longer), rel=1e-12)
    assert frechet_error(twice) == pytest.approx(frechet_error(longer), rel=1e-9)


@pytest.mark.parametrize("values", [[1e-7, 2e-7, 3e-7], [1e-7, 0.5, 1.0], [0.1, 0.5, 1.0]])
def test_singular_values_that_a_square_would_lose_are_not_squared(values):
    rng = np.random.default_rng(22)
    left, right = (np.linalg.qr(rng.normal(size=(3, 3)))[0] for _ in range(2))
    values = np.append(values[:2], 1e-9 * np.array(values[2:]))

    found = Root(left * values @ right).trace(0)

    assert found == pytest.approx(values.sum(), rel=1e-12)


def test_ill_conditioned_points_keep_their_digits():
    rng = np.random.default_rng(20)
    scales = np.geomspace(1e-7, 1, 4)
    test, generated = rng.normal(size=(50, 4)) * scales, rng.normal(size=(60, 4)) * scales
    rotation = np.linalg.qr(rng.normal(size=(4, 4)))[0]

    plain, turned = (
        [frechet_distance(found), frechet_error(found)]
        for found in (moments(test, generated), moments(test @ rotation, generated @ rotation))
    )

    assert turned == pytest.approx(plain, rel=1e-7)


@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.5, 1.3)])
def test_the_standard_error_is_the_spread_of_repetitions(shift, scale):
    rng = np.random.default_rng(13)

    found = [
        moments(rng.normal(size=(200, 3)), scale * rng.normal(size=(120, 3)) + shift)
        for _ in range(300)
    ]

    spread = np.std([frechet_distance(one) for one in found])
    assert np.mean([frechet_error(one) for one in found]) == pytest.approx(spread, rel=0.2)


def test_between_equal_moments_the_second_order_is_the_spread_of_repetitions():
    rng, n, m, d = np.random.default_rng(18), 250, 350, 12
    draws = [
        frechet_distance(moments(rng.normal(size=(n, d)), rng.normal(size=(m, d))))
        for _ in range(800)
    ]
    many = rng.normal(size=(4000, d))

    # Where influences vanish, as they never do for two sets, half of the second order is kept.
    found = 2 * frechet_error(moments(many, many)) * (1 / n + 1 / m) / (2 / 4000)

    assert found == pytest.approx(np.std(draws), rel=4 / np.sqrt(2 * 800) + d / n)


def test_moments_without_points_have_no_standard_error():
    round_one = known(np.zeros(2), np.eye(2))

    with pytest.raises(Unavailable, match="no points behind the moments"):
        frechet_error(Moments(round_one, round_one))


def test_the_intercept_is_free_of_a_bias_in_one_over_n(monkeypatch):
    monkeypatch.setattr(
        Between,
        "squared_distance",
        property(lambda between: 7 + 50 / between.one.n + 80 / between.other.n),
    )
    rng = np.random.default_rng(14)

    found = extrapolated(rng.normal(size=(600, 2)), rng.normal(size=(300, 2)))

    assert frechet_distance_infinity(found) == pytest.approx(7, rel=1e-9)
    assert found.slopes == pytest.approx(np.full(5, 50 / 600 + 80 / 300), rel=1e-9)


def test_extrapolation_takes_away_what_chance_adds_and_knows_its_error():
    rng = np.random.default_rng(15)

    found = [
        extrapolated(rng.normal(size=(150, 3)), rng.normal(size=(120, 3)), seed)
        for seed in range(100)
    ]

    draws = [frechet_distance_infinity(one) for one in found]
    chance = np.mean([frechet_by_chance(one.moments) for one in found])
    # The next order of the bias is about chance / n, and a line sees it magnified.
    assert np.mean(draws) == pytest.approx(0, abs=4 * np.std(draws) / 10 + 6 * chance / 120)
    spread = np.mean([extrapolation_error(one) for one in found])
    assert spread == pytest.approx(np.std(draws), rel=0.3)


def test_round_gaussians_are_found_through_the_bias():
    rng, d = np.random.default_rng(16), 4

    found = extrapolated(rng.normal(size=(900, d)), 1.5 * rng.normal(size=(900, d)) + 1)

    expected = d + d * 0.5**2
    error = extrapolation_error(found)
    assert frechet_distance_infinity(found) == pytest.approx(expected, abs=4 * error)


def test_parts_smaller_than_the_dimension_are_warned_of():
    rng = np.random.default_rng(17)

    assert extrapolated(*rng.normal(size=(2, 60, 30))).warnings
    assert not extrapolated(*rng.normal(size=(2, 60, 3))).warnings
    with pytest.raises(Unavailable, match="needs 30 generated samples"):
        extrapolated(rng.normal(size=(60, 2)), rng.normal(size=(20, 2)))


def test_small_spreads_beside_large_ones_keep_their_digits():
    rng = np.random.default_rng(24)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    points = rng.normal(size=(50, 3)) * [1, 1, 1e-6] @ rotation

    found = np.linalg.svd(Gaussian.of(points).factor, compute_uv=False)

    centred = (points - points.mean(axis=0)) / 7
    assert found == pytest.approx(np.linalg.svd(centred, compute_uv=False), rel=1e-8)


def test_between_equal_round_moments_the_standard_error_has_a_closed_form():
    n, d, variance = 30, 4, 2.5
    columns = np.column_stack([np.ones(n), np.random.default_rng(25).normal(size=(n, d))])
    points = np.linalg.qr(columns)[0][:, 1:] * np.sqrt(variance * (n - 1))

    found = 2 * frechet_error(moments(points, points))  # half is kept where influences vanish

    # Squares of a shift, and a quarter of the squares of a symmetric matrix's entries.
    assert found == pytest.approx(2 / n * variance * np.sqrt(2 * d + d * (d + 1) / 4))


@pytest.mark.parametrize("n", [3, 4])
def test_a_covariance_is_full_from_one_point_more_than_dimensions(n):
    points = np.random.default_rng(26).normal(size=(n, 3))

    other = np.random.default_rng(27).normal(size=(9, 3))

    found = Moments.of(Comparison(reference=Reference(test=points), generated=other)).warnings

    expected = (f"{n} test points have no full covariance in 3 dimensions",)
    assert found == (expected if n == 3 else ())


def test_the_smaller_set_says_how_small_parts_are():
    rng = np.random.default_rng(28)
    few, many = rng.normal(size=(30, 12)), rng.normal(size=(90, 12))

    for sets in ((few, many), (many, few)):
        assert extrapolated(*sets).warnings == (
            "parts of 10 points in 12 dimensions: the line may bend",
        )


def white(rng, n, d):
    return rng.normal(size=(n, d))


def clusters(rng, n, d):
    return 2 * np.random.default_rng(0).normal(size=(6, d))[rng.integers(6, size=n)] + rng.normal(
        scale=0.7, size=(n, d)
    )


@pytest.mark.parametrize(
    ("law", "n", "m", "d", "with_train"),
    [
        (white, 50, 50, 64, False),  # fewer points than dimensions
        (white, 100, 60, 64, False),
        (white, 100, 60, 64, True),
        (clusters, 60, 60, 16, False),  # far from a Gaussian
        (clusters, 400, 300, 4, False),  # points enough to write it down
    ],
)
def test_the_ideal_is_what_a_perfect_model_scores(law, n, m, d, with_train):
    rng, n_draws = np.random.default_rng(21), 60 if d > 4 else 300
    values, ideals = [], []
    for _ in range(n_draws):
        reference = Reference(test=law(rng, n, d), train=law(rng, m, d) if with_train else None)
        found = Moments.of(Comparison(reference=reference, generated=law(rng, m, d)))
        values.append(frechet_distance(found))
        ideals.append(frechet_by_chance(found))

    error = np.hypot(np.std(values), np.std(ideals)) / np.sqrt(n_draws)
    assert error < 0.07 * np.mean(values)
    assert np.mean(ideals) == pytest.approx(np.mean(values), abs=4 * error + 0.02 * np.mean(values))


def test_real_points_enough_for_both_sides_make_the_ideal_the_same_for_every_model():
    rng = np.random.default_rng(22)
    reference = Reference(test=white(rng, 50, 20), train=white(rng, 50, 20))

    ideals = {
        frechet_by_chance(Moments.of(Comparison(reference=reference, generated=generated)))
        for generated in (white(rng, 50, 20), 5 + 9 * white(rng, 50, 20))
    }

    assert len(ideals) == 1


def test_a_model_far_off_hardly_moves_the_ideal_of_pooled_sets():
    rng = np.random.default_rng(23)
    test, fair = white(rng, 60, 20), white(rng, 60, 20)

    near, far = (
        frechet_by_chance(
            Moments.of(Comparison(reference=Reference(test=test), generated=generated))
        )
        for generated in (fair, 30 * fair)
    )

    assert far == pytest.approx(near, rel=0.3)


def test_of_moments_alone_the_ideal_is_said_to_be_a_lower_bound_where_samples_are_few():
    rng = np.random.default_rng(24)
    few, many = (Gaussian.of(white(rng, n, 8)) for n in (79, 80))

    assert any("lower bound" in warning for warning in Moments(many, few).warnings)
    assert not any("lower bound" in warning for warning in Moments(many, many).warnings)

"""Numbers of a pool: by hand, and between normals whose best discriminators are known."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from genbench.evidence import Comparison, Reference
from genbench.evidence.matches import Matches
from genbench.ground.errors import Unavailable
from genbench.metrics.generative_adversarial_metric import (
    generative_adversarial_metric,
    ratio_error,
)
from genbench.metrics.relative_discriminative_score import (
    discriminative_area,
    equal_share,
    relative_discriminative_score,
)
from genbench.metrics.tournament import (
    bradley_terry_strength,
    nash_average,
    nash_error,
    rating_of_test,
    skill_rating,
    strength_error,
    tournament_win_rate,
    win_rate_error,
    win_rate_of_test,
)
from genbench.tournament.pools import Pool


def matches(called_real, *, index=0, test_errors=None, n=1000, n_test=1000, curves=None, both=None):
    k = len(called_real)
    errors = np.full(k, 0.3) if test_errors is None else np.asarray(test_errors)
    pool = Pool(
        names=[f"model {i}" for i in range(k)],
        index=index,
        called_real=np.asarray(called_real),
        both_call_real=both,
        n_samples=[n] * k,
        test_errors=errors,
        n_test=n_test,
        curves=curves,
    )
    return Matches.of(Comparison(reference=Reference(), pool=pool))


def sides(called_real, **others):
    return [matches(called_real, index=i, **others) for i in range(len(called_real))]


def of_normals(shifts, **others):
    """Data N(0, 1), models N(m, 1), discriminators that cut at m / 2, as the best ones do."""
    shifts = np.asarray(shifts)
    side = np.sign(shifts)[:, None]
    called_real = norm.cdf(side * (shifts[:, None] / 2 - shifts))
    return sides(called_real, test_errors=norm.sf(np.abs(shifts) / 2), **others)


TABLE = np.array([[0.9, 0.2, 0.4], [0.6, 0.9, 0.5], [0.8, 0.1, 0.9]])


def test_the_win_rate_is_over_the_other_discriminators():
    first, second, _ = sides(TABLE, test_errors=[0.5, 0.2, 0.1])

    assert tournament_win_rate(first) == pytest.approx((0.6 + 0.8) / 2)
    assert tournament_win_rate(second) == pytest.approx((0.2 + 0.1) / 2)
    assert win_rate_of_test(first) == pytest.approx((0.8 + 0.9) / 2)
    assert win_rate_error(first) == pytest.approx(np.sqrt(0.7 * 0.3 / 1000))


def test_ratings_follow_the_share_of_wins_from_the_usual_start():
    ratings = [skill_rating(side) for side in sides(TABLE)]

    assert ratings[0] > ratings[2] > ratings[1]
    assert skill_rating(matches(np.full((3, 3), 0.5))) == pytest.approx(1500)
    # One win over an equal of the usual start, by Glickman's formulas.
    assert skill_rating(matches([[0.5, 0.5], [1.0, 0.5]])) == pytest.approx(1662.31, abs=0.01)
    assert rating_of_test(matches(TABLE, test_errors=[0.5] * 3)) == pytest.approx(1500)


def test_bradley_terry_finds_strengths_apart_from_opponents():
    models, judges = np.array([0.5, -1.0, 0.5]), np.array([2.0, 0.0, -1.0])
    called_real = 1 / (1 + np.exp(judges[:, None] - models))

    found = [bradley_terry_strength(side) for side in sides(called_real, n=10**7)]

    assert found == pytest.approx(models - models.mean(), abs=1e-5)
    # The first and the third are as good, but the third has met the hardest judge.
    rates = [tournament_win_rate(side) for side in sides(called_real)]
    assert rates[0] > rates[2] + 0.1


def test_the_spread_of_strengths_is_as_its_standard_error_says():
    models, judges = np.array([0.5, -1.0, 0.5]), np.array([0.5, 0.0, -0.5])
    called_real = 1 / (1 + np.exp(judges[:, None] - models))
    rng = np.random.default_rng(1)

    drawn = [matches(rng.binomial(200, called_real) / 200, n=200) for _ in range(300)]

    spread = np.std([bradley_terry_strength(one) for one in drawn])
    error = strength_error(matches(called_real, n=200))
    assert error == pytest.approx(spread, rel=4 / np.sqrt(2 * 300))


def test_two_models_differ_by_log_odds_before_equal_judges():
    first, second = sides([[0.8, 0.5], [0.8, 0.5]], n=10**7)

    difference = bradley_terry_strength(first) - bradley_terry_strength(second)
    assert difference == pytest.approx(np.log(0.8 / 0.2), abs=1e-5)


def test_bradley_terry_survives_certain_wins():
    certain = bradley_terry_strength(matches([[1, 0], [1, 0]], n=1000))

    assert certain == pytest.approx(np.log(1000.5 / 0.5))


def test_the_generative_adversarial_metric_by_hand():
    sides_of_three = sides(TABLE, n=100)

    found = generative_adversarial_metric(sides_of_three[0])

    # Rivals fool the first's discriminator 20 and 40 times; it fools theirs 60 and 80 times.
    assert found == pytest.approx(np.sqrt((20.5 / 60.5) * (40.5 / 80.5)))
    errors = sum((1 - (k + 0.5) / 101) / (k + 0.5) for k in (20, 40, 60, 80))
    assert ratio_error(sides_of_three[0]) == pytest.approx(found * np.sqrt(errors) / 2)


def test_swapping_sides_inverts_the_ratio():
    first, second = of_normals([1.0, 1.1])

    one, other = generative_adversarial_metric(first), generative_adversarial_metric(second)

    assert one * other == pytest.approx(1)
    assert one == pytest.approx(norm.cdf(0.5 - 1.1) / norm.cdf(0.55 - 1.0), rel=1e-3)
    assert one < 1  # the nearer model wins


def test_unequal_discriminators_make_no_fair_game():
    first, _ = of_normals([0.2, 2.5])  # they err on 46 % and on 11 % of test samples

    with pytest.raises(Unavailable, match="errs about as often"):
        generative_adversarial_metric(first)


def test_models_on_either_side_of_the_data_fool_each_other_alike():
    first, second = of_normals([1.0, -1.0])

    assert generative_adversarial_metric(first) == generative_adversarial_metric(second) == 1


def test_only_fair_rivals_count():
    found = matches(TABLE, test_errors=[0.3, 0.31, 0.9], n=100)

    assert found.fair == [1]
    assert generative_adversarial_metric(found) == pytest.approx(20.5 / 60.5)


def test_no_errors_at_all_is_no_division_by_zero():
    found = matches(np.zeros((2, 2)), test_errors=[0, 0])

    assert generative_adversarial_metric(found) == 1


def test_equal_curves_share_alike():
    curves = np.repeat([[0.5], [0.3], [0.1]], 3, axis=1)

    found = [relative_discriminative_score(side) for side in sides(TABLE, curves=curves)]

    assert found == pytest.approx([1 / 3] * 3)
    assert discriminative_area(matches(TABLE, curves=curves)) == pytest.approx(0.3)


def test_areas_are_by_trapezoids_and_shares_sum_to_one():
    curves = np.random.default_rng(2).uniform(size=(6, 3))

    found = [relative_discriminative_score(side) for side in sides(TABLE, curves=curves)]

    areas = np.trapezoid(curves, dx=1 / 5, axis=0)
    assert found == pytest.approx(areas / areas.sum())
    assert sum(found) == pytest.approx(1)
    assert discriminative_area(matches(TABLE, curves=curves, index=2)) == pytest.approx(areas[2])


def test_no_curves_or_no_area_is_said():
    with pytest.raises(Unavailable, match="no curves"):
        relative_discriminative_score(matches(TABLE))
    with pytest.raises(Unavailable, match="ever looks real"):
        relative_discriminative_score(matches(TABLE, curves=np.zeros((4, 3))))


def test_says_whose_pool_it_is_and_needs_one():
    assert matches(TABLE, index=1).parameters == {
        "model": "model 1",
        "pool": ("model 0", "model 1", "model 2"),
    }
    with pytest.raises(Unavailable, match="pool"):
        Matches.of(Comparison(reference=Reference()))


def test_a_game_is_fair_within_two_standard_errors_of_the_log_ratio_of_test_errors():
    n = 12

    def standardised(one, other):
        shares = (np.array([one, other]) * n + 0.5) / (n + 1)
        variance = ((1 - shares) / shares / (n + 1)).sum()
        return np.log(shares[0] / shares[1]) / np.sqrt(variance)

    limit = brentq(lambda error: standardised(0.8, error) - norm.isf(0.025), 0.01, 0.8)
    found = matches(TABLE, test_errors=[0.8, limit + 1e-3, limit - 1e-3], n_test=n)

    assert found.fair == [1]


def test_the_win_rate_is_a_mean_and_not_a_median():
    called_real = np.full((4, 4), 0.5)
    called_real[1:, 0] = [0.1, 0.2, 0.9]

    assert tournament_win_rate(matches(called_real)) == pytest.approx(0.4)


def test_two_stages_are_a_curve_and_equal_models_have_equal_shares():
    found = matches(TABLE, curves=np.array([[0.6, 0.2, 0.1], [0.4, 0.2, 0.1]]))

    assert discriminative_area(found) == pytest.approx(0.5)
    assert relative_discriminative_score(found) == pytest.approx(0.5 / 0.8)
    assert equal_share(found) == pytest.approx(1 / 3)


def test_the_win_rate_of_test_samples_is_a_mean_too():
    found = matches(np.full((4, 4), 0.5), test_errors=[0.5, 0.1, 0.2, 0.9])

    assert win_rate_of_test(found) == pytest.approx((0.9 + 0.8 + 0.1) / 3)


def test_ratios_to_several_rivals_have_their_geometric_mean():
    called_real = np.full((4, 4), 0.3)
    called_real[0, 1:] = [0.2, 0.3, 0.9]

    found = generative_adversarial_metric(matches(called_real, n=99))

    ratios = (np.array([0.2, 0.3, 0.9]) * 99 + 0.5) / (0.3 * 99 + 0.5)
    assert found == pytest.approx(np.prod(ratios) ** (1 / 3))


def test_the_nash_average_is_before_the_mix_that_lets_the_least_pass():
    # Each of two discriminators knows one of two models: mixed evenly they let .5 of either pass.
    # The third model is worse before both; the third discriminator calls everything real.
    called_real = np.array([[0.2, 0.8, 0.1], [0.8, 0.2, 0.3], [1.0, 1.0, 1.0]])
    judged = sides(called_real, test_errors=[0.1, 0.3, 0.0])

    assert judged[0].hardest == pytest.approx([0.5, 0.5, 0], abs=1e-12)
    found = [nash_average(side) for side in judged]
    assert found == pytest.approx([0.5 - 0.8, 0.5 - 0.8, 0.2 - 0.8])


def test_a_model_that_passes_as_test_samples_do_has_a_nash_average_of_nought():
    errors = np.array([0.1, 0.3, 0.25])
    called_real = np.column_stack([1 - errors, [0.3, 0.2, 0.6], [0.1, 0.5, 0.3]])

    assert nash_average(matches(called_real, test_errors=errors)) == pytest.approx(0, abs=1e-12)


def test_a_clone_moves_the_bradley_terry_strength_of_others_and_not_their_nash_average():
    errors = [0.3, 0.2, 0.1]
    twice = [0, 1, 2, 2]  # its samples and its discriminator
    alone = sides(TABLE, test_errors=errors)[:2]
    beside = sides(TABLE[np.ix_(twice, twice)], test_errors=[errors[i] for i in twice])[:2]

    for one, other in zip(alone, beside, strict=True):
        assert nash_average(other) == pytest.approx(nash_average(one), abs=1e-14)
        assert nash_error(other) == pytest.approx(nash_error(one), rel=1e-12)
        strengths = bradley_terry_strength(one), bradley_terry_strength(other)
        assert abs(strengths[1] - strengths[0]) > 0.01


def test_the_error_of_a_nash_average_knows_what_discriminators_call_real_together():
    called_real = np.array([[0.2, 1.0], [1.0, 0.3]])
    errors, n, n_test = np.array([0.0, 0.0]), 400, 300
    mix = matches(called_real, test_errors=errors).hardest
    passes = called_real[:, 0]

    # The first discriminator calls a fifth of the samples real, the second all of them.
    both = np.array([[[0.2, 1.0], [0.2, 0.3]], [[0.2, 0.3], [1.0, 0.3]]])
    known = matches(called_real, test_errors=errors, n=n, n_test=n_test, both=both)
    unknown = matches(called_real, test_errors=errors, n=n, n_test=n_test)

    by_hand = mix[0] ** 2 * passes[0] * (1 - passes[0]) / n  # the second never varies
    assert nash_error(known) == pytest.approx(np.sqrt(by_hand))
    share = mix @ passes
    assert nash_error(unknown) == pytest.approx(np.sqrt(share * (1 - share) / n))
    assert nash_error(unknown) > nash_error(known)


def test_the_error_of_a_nash_average_has_that_of_test_samples():
    called_real = np.array([[0.2, 1.0], [1.0, 0.3]])
    exact = matches(called_real, test_errors=[0, 0], n=400, n_test=50)
    noisy = matches(called_real, test_errors=[0.4, 0.4], n=400, n_test=50)

    assert nash_error(noisy) ** 2 - nash_error(exact) ** 2 == pytest.approx(0.4 * 0.6 / 50)

"""L = E + A N^-alpha + B D^-beta: exact losses give it back, and an early end is seen."""

from dataclasses import astuple, replace

import numpy as np
import pytest
from scipy.optimize import minimize

from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for
from genbench.sequences.scaling import log_sum_exp
from genbench.sequences.scaling.log_sum_exp import fit_by_log_sum_exp
from genbench.sequences.scaling.loss_law import LossLaw, akaike, fit_loss_law, relative_errors
from genbench.sequences.scaling.resampling import fit_with_intervals
from genbench.sequences.scaling.trials import Trials

TRUTH = LossLaw(
    floor=1.5, size_factor=60.0, size_exponent=0.35, data_factor=40.0, data_exponent=0.28
)
SIZES, AMOUNTS = (
    axis.ravel()
    for axis in np.meshgrid([1e4, 4e4, 1.6e5, 6.4e5], [1.6e4, 3.2e4, 6.4e4, 1.28e5, 2.3e5])
)


def noisy(seed, *, noise=0.01, n_seeds=1, law=TRUTH):
    rng = rng_for(seed, "losses")
    expected = law(SIZES, AMOUNTS)
    return tuple(loss * (1 + noise * rng.normal(size=n_seeds)) for loss in expected)


@pytest.mark.parametrize("fit", [fit_loss_law, fit_by_log_sum_exp])
@pytest.mark.parametrize("floor", [1.5, 0.3])
def test_exact_losses_give_the_law_back(fit, floor):
    truth = replace(TRUTH, floor=floor)

    law = fit(SIZES, AMOUNTS, truth(SIZES, AMOUNTS))

    assert astuple(law) == pytest.approx(astuple(truth), rel=1e-6)


def test_a_law_without_a_floor_is_found_by_both_fits():
    truth = replace(TRUTH, floor=0.0)
    losses = truth(SIZES, AMOUNTS)

    for floor in (True, False):
        law = fit_loss_law(SIZES, AMOUNTS, losses, floor=floor)
        assert law.floor == pytest.approx(0, abs=1e-5)
        assert law.size_exponent == pytest.approx(0.35, rel=1e-4)
        assert law.data_exponent == pytest.approx(0.28, rel=1e-4)


def test_no_law_fits_noisy_losses_better():
    (losses,) = zip(*noisy(3), strict=True)
    losses = np.array(losses)
    law = fit_loss_law(SIZES, AMOUNTS, losses)
    squares = (relative_errors(law, SIZES, AMOUNTS, losses) ** 2).sum()

    rng = rng_for(0, "nearby")
    for _ in range(300):
        moves = np.exp(0.01 * rng.normal(size=5))
        near = LossLaw(**{k: v * m for (k, v), m in zip(vars(law).items(), moves, strict=True)})
        assert (relative_errors(near, SIZES, AMOUNTS, losses) ** 2).sum() >= squares


def test_units_of_size_and_data_move_factors_alone():
    losses = np.concatenate(noisy(1))

    law = fit_loss_law(SIZES, AMOUNTS, losses)
    in_thousands = fit_loss_law(SIZES / 1e3, AMOUNTS / 1e3, losses)

    assert in_thousands.floor == pytest.approx(law.floor, rel=1e-4)
    assert in_thousands.size_exponent == pytest.approx(law.size_exponent, rel=1e-4)
    expected = law.size_factor / 1e3**law.size_exponent
    assert in_thousands.size_factor == pytest.approx(expected, rel=1e-3)


def test_the_gradient_is_the_slope_of_the_huber_loss():
    problem = log_sum_exp._Problem(SIZES, AMOUNTS, np.concatenate(noisy(2, noise=0.001)))
    at = problem.start(0.34, 0.27, 0.4)

    _, gradient = problem.value(at)

    steps = 1e-6 * np.eye(5)
    slopes = [(problem.value(at + s)[0] - problem.value(at - s)[0]) / 2e-6 for s in steps]
    assert gradient == pytest.approx(np.array(slopes), abs=1e-9)


def test_exponents_of_the_best_use_of_compute():
    law = replace(TRUTH, size_exponent=0.3, data_exponent=0.6)

    # Of all sizes for so much compute, C = 6 N D, the best, by search.
    def best(compute):
        sizes = np.geomspace(1e2, 1e12, 200_001)
        return sizes[np.argmin(law(sizes, compute / 6 / sizes))]

    slope = np.log(best(1e16) / best(1e12)) / np.log(1e4)
    assert law.optimal_size_exponent == pytest.approx(slope, abs=1e-4)
    assert law.ratio == pytest.approx(0.5)


def test_akaike_prefers_the_floor_where_there_is_one():
    with_floor = fit_with_intervals(Trials(SIZES, AMOUNTS, noisy(0)), rng=rng_for(0), times=2)
    floorless = replace(TRUTH, floor=0.0)
    without = fit_with_intervals(
        Trials(SIZES, AMOUNTS, noisy(0, law=floorless)), rng=rng_for(0), times=2
    )

    assert with_floor.floor_gain > 2
    # At most 2 are paid for a parameter, and nothing is lost by one.
    assert -2 - 1e-6 <= without.floor_gain <= 0


def test_akaike_is_twice_the_parameters_less_the_log_likelihood():
    losses = np.concatenate(noisy(5))
    law = fit_loss_law(SIZES, AMOUNTS, losses)

    errors = relative_errors(law, SIZES, AMOUNTS, losses)
    variance = (errors**2).mean()
    log_likelihood = -(errors**2 / variance + np.log(2 * np.pi * variance)).sum() / 2
    constant = len(losses) * (1 + np.log(2 * np.pi))
    assert akaike(law, SIZES, AMOUNTS, losses) + constant == pytest.approx(
        2 * 6 - 2 * log_likelihood
    )


def ended_early(sizes, amounts, losses):
    """The other way with the usual tolerances, from one place that others have published."""
    problem = log_sum_exp._Problem(sizes, amounts, losses)
    start = problem.start(0.6, 0.6, 0.4)
    found = minimize(problem.value, start, jac=True, method="L-BFGS-B")
    assert found.success  # it says that it has arrived
    return problem.law(found.x)


def test_a_search_that_ends_early_is_seen_by_the_other_way(monkeypatch):
    trials = Trials(SIZES, AMOUNTS, noisy(0))
    sound = fit_with_intervals(trials, rng=rng_for(0))
    early = ended_early(SIZES, AMOUNTS, trials.means)
    monkeypatch.setattr("genbench.sequences.scaling.resampling.fit_by_log_sum_exp", ended_early)
    planted = fit_with_intervals(trials, rng=rng_for(0))

    assert sound.ways_agree
    assert not planted.ways_agree
    worse = log_sum_exp._Problem(SIZES, AMOUNTS, trials.means)
    assert huber(worse, early) > 1.05 * huber(worse, sound.other_way)


def huber(problem, law):
    logs = np.log([law.floor, law.size_factor, law.data_factor])
    exponents = np.array([law.size_exponent, law.data_exponent])
    logs[1:] -= exponents * problem.middles
    return problem.value(np.append(logs, exponents))[0]


def test_intervals_widen_with_noise_and_do_not_depend_on_who_else_draws():
    quiet, loud, again = (
        fit_with_intervals(
            Trials(SIZES, AMOUNTS, noisy(0, noise=noise)), rng=rng_for(0, "again"), times=40
        )
        for noise in (0.005, 0.02, 0.02)
    )

    assert loud.interval("size_exponent") == again.interval("size_exponent")
    widths = [high - low for high, low in map(_ends, (quiet, loud))]
    assert abs(widths[1]) > 2 * abs(widths[0])


def _ends(fit):
    return fit.interval("size_exponent")


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        (np.arange(5), "5 cells are too few for a law of 5 parameters"),
        (np.flatnonzero(SIZES < 1e5), "2 different sizes are too few"),
        (np.flatnonzero(AMOUNTS < 5e4), "2 different amounts of data are too few"),
    ],
)
def test_too_few_cells_for_a_law(keep, words):
    losses = noisy(0)
    trials = Trials(SIZES[keep], AMOUNTS[keep], tuple(losses[i] for i in keep))

    with pytest.raises(BadInput, match=words):
        fit_with_intervals(trials, rng=rng_for(0))


def test_losses_that_are_none():
    with pytest.raises(BadInput, match="losses of cell 2 must be numbers above 0"):
        Trials(SIZES[:2], AMOUNTS[:2], (np.array([1.0]), np.array([np.inf])))
    with pytest.raises(BadInput, match="20 sizes, 20 amounts and losses of 19 cells"):
        Trials(SIZES, AMOUNTS, noisy(0)[1:])

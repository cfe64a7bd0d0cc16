"""y = k x^a: published fits to the last printed digit, and intervals that hold what they say."""

import math

import numpy as np
import pytest

from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for
from genbench.sequences.scaling.power_law import Exponent, fit_power_law

# Body in kg and brain in g of 62 mammals: Allison, Cicchetti, "Sleep in mammals: ecological and
# constitutional correlates", Science 1976, https://doi.org/10.1126/science.982039, as `mammals` of
# the R package MASS has them.
MAMMALS = """
3.385 44.5  .48 15.5  1.35 8.1  465 423  36.33 119.5  27.66 115  14.83 98.2  1.04 5.5  4.19 58
.425 6.4  .101 4  .92 5.7  1 6.6  .005 .14  .06 1  3.5 10.8  2 12.3  1.7 6.3  2547 4603  .023 .3
187.1 419  521 655  .785 3.5  10 115  3.3 25.6  .2 5  1.41 17.5  529 680  207 406  85 325  .75 12.3
62 1320  6654 5712  3.5 3.9  6.8 179  35 56  4.05 17  .12 1  .023 .4  .01 .25  1.4 12.5  250 490
2.5 12.1  55.5 175  100 157  52.16 440  10.55 179.5  .55 2.4  60 81  3.6 21  4.288 39.2  .28 1.9
.075 1.2  .122 3  .048 .33  192 180  3 25  160 169  .9 2.6  1.62 11.4  .104 2.5  4.235 50.4
"""


def test_the_brains_of_62_mammals():
    body, brain = np.array(MAMMALS.split(), dtype=float).reshape(-1, 2).T

    law = fit_power_law(body, brain)

    assert law.exponent.n == 62
    assert round(law.exponent.value, 5) == 0.75169
    assert round(law.exponent.standard_error, 5) == 0.02846
    assert [round(end, 4) for end in law.exponent.interval] == [0.6948, 0.8086]
    assert round(law.factor, 4) == 8.4553
    assert round(law.r_squared, 5) == 0.92078
    assert law.exponent.may_be(0.75)
    assert not law.exponent.may_be(1.0)


@pytest.mark.parametrize(
    ("r_squared", "n", "low", "high"),
    # Exponents of .86 of the metabolism of brains by their volume: of oxygen, and of glucose.
    [(0.989, 7, 0.756, 0.964), (0.994, 10, 0.806, 0.914)],
)
def test_an_exponent_of_which_only_a_summary_is_printed(r_squared, n, low, high):
    exponent = Exponent.of_summary(0.86, r_squared, n)

    assert [round(end, 3) for end in exponent.interval] == [low, high]
    assert not exponent.may_be(1.0)
    assert not exponent.may_be(0.75)


def test_a_summary_says_of_its_exponent_what_the_points_say():
    rng = rng_for(0, "points")
    x = np.geomspace(1, 1000, 9)
    law = fit_power_law(x, 3 * x**0.6 * np.exp(0.2 * rng.normal(size=9)))

    again = Exponent.of_summary(law.exponent.value, law.r_squared, 9)

    assert again.standard_error == pytest.approx(law.exponent.standard_error, rel=1e-9)


def test_points_of_a_law_give_it_back():
    x = np.array([1.0, 2.0, 5.0, 70.0])

    law = fit_power_law(x, 4.5 * x**-0.3)

    assert law.exponent.value == pytest.approx(-0.3, abs=1e-12)
    assert law.factor == pytest.approx(4.5, rel=1e-12)
    assert law.r_squared == pytest.approx(1)
    assert law(200.0) == pytest.approx(4.5 * 200**-0.3)


def test_it_is_least_squares_of_logarithms():
    x, y = np.array([1.0, 3.0, 4.0, 9.0]), np.array([2.0, 3.0, 7.0, 8.0])

    law = fit_power_law(x, y)

    design = np.stack([np.ones(4), np.log(x)], axis=1)
    (intercept, slope), (left,), *_ = np.linalg.lstsq(design, np.log(y))
    errors = np.sqrt(left / 2 * np.diag(np.linalg.inv(design.T @ design)))
    assert law.exponent.value == pytest.approx(slope)
    assert law.exponent.standard_error == pytest.approx(errors[1])
    assert law.factor == pytest.approx(math.exp(intercept))


@pytest.mark.parametrize("n", [7, 10])
def test_intervals_hold_the_truth_in_95_of_100(n):
    rng = rng_for(n, "coverage")
    x = np.geomspace(1, 100, n)
    noise = np.exp(0.3 * rng.normal(size=(4000, n)))

    held = [fit_power_law(x, 2 * x**0.8 * each).exponent.may_be(0.8) for each in noise]

    # Four standard errors of a share of 4,000; the normal interval holds .89 and .92.
    assert np.mean(held) == pytest.approx(0.95, abs=0.014)


def test_the_interval_of_one_more_point_holds_it_in_95_of_100():
    rng = rng_for(0, "next")
    x = np.geomspace(1, 100, 8)
    held = []
    for _ in range(3000):
        y = 2 * x**-0.4 * np.exp(0.1 * rng.normal(size=8))
        low, high = fit_power_law(x[:7], y[:7]).next_point(100.0)
        held.append(low <= y[7] <= high)

    assert np.mean(held) == pytest.approx(0.95, abs=0.016)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([1, 2], [1, 2], "3 points or more, not to 2"),
        ([1, 2, 3], [1, 2], r"y must have shape \(3,\)"),
        ([1, 2, 0], [1, 2, 3], "x must be above 0 to have a logarithm, not 0"),
        ([1, 2, 3], [1, -2, 3], "y must be above 0 to have a logarithm, not -2"),
        ([2, 2, 2], [1, 2, 3], "All 3 points have x = 2"),
    ],
)
def test_points_that_no_law_can_be_fitted_to(x, y, words):
    with pytest.raises(BadInput, match=words):
        fit_power_law(x, y)


@pytest.mark.parametrize(("r_squared", "n"), [(0.9, 2), (0.0, 7), (1.1, 7)])
def test_a_summary_that_can_be_none(r_squared, n):
    with pytest.raises(BadInput):
        Exponent.of_summary(0.86, r_squared, n)

"""Integrals are what they should be, and the quantizers come near what theory says."""

import numpy as np
import pytest
from scipy.integrate import dblquad, quad
from scipy.stats import multivariate_normal, norm

from genbench.baselines.quantization.distortion import (
    HEXAGON,
    INTERVAL,
    LAWS,
    distortion,
    distortions,
    normal,
    table,
)


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_the_integrals_of_normal_numbers(correlation):
    law = normal(correlation)
    pair = multivariate_normal(cov=[[1, correlation], [correlation, 1]])

    alone, _ = quad(lambda x: norm.pdf(x) ** (1 / 3), -30, 30)
    together, _ = dblquad(lambda x, y: pair.pdf([x, y]) ** 0.5, -9, 9, -9, 9, epsabs=1e-4)

    assert law.alone == pytest.approx(alone**3, rel=1e-6)
    assert law.together == pytest.approx(together**2, rel=1e-3)


def test_the_cells_errors_are_their_second_moments():
    """Of one unit of length or area, about the middle; the hexagon's by its sixths."""
    side = (2 / (3 * np.sqrt(3))) ** 0.5  # of a hexagon of area one
    height = side * np.sqrt(3) / 2
    # Over a triangle with its tip at the origin, of half-width x tan 30 at height x.
    sixth, _ = dblquad(
        lambda y, x: x**2 + y**2, 0, height, lambda x: -x / 3**0.5, lambda x: x / 3**0.5
    )

    assert pytest.approx(quad(lambda x: x**2, -0.5, 0.5)[0]) == INTERVAL
    assert pytest.approx(6 * sixth / 2) == HEXAGON


def test_distortion_is_the_mean_squared_error_of_a_coordinate():
    codebook = np.array([[0.0, 0.0], [10.0, 0.0]])

    assert distortion(codebook, np.array([[1.0, 0.0], [9.0, 2.0]])) == pytest.approx((1 + 5) / 4)


# What levels of one number come to, sixteen of them, times their square: of even numbers a twelfth;
# of normal ones .009497, by Max's table. In theory they go to 2.72 with many more.
ALONE = {"even in a square": 1 / 12, "normal": 2.431, "normal, correlated by .9": 2.431}


@pytest.mark.parametrize("name", LAWS)
def test_errors_are_what_is_known_of_them(name):
    """Pairs come near what theory says of many codewords; the best of 256 would be below these."""
    law = LAWS[name]

    alone, together = distortions(law, levels=16, rng=np.random.default_rng(1))

    assert alone * 16**2 == pytest.approx(ALONE[name], rel=0.03)
    assert HEXAGON * law.together < together * 16**2 < 1.07 * HEXAGON * law.together


def test_the_table_has_a_row_for_each_law():
    (row,) = table({"even": LAWS["even in a square"]}, levels=4).splitlines()[2:]

    assert row.startswith("| even | 0.08")
    assert row.count("|") == 8

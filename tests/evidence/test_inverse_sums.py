"""Sums over pairs of inverse powers of sums: as the table of all pairs gives them."""

import numpy as np
import pytest

from genbench.evidence.inverse_sums import InverseSums


@pytest.mark.parametrize("power", [1, 2, 3])
@pytest.mark.parametrize("scale", [1e-60, 1.0, 1e90])
@pytest.mark.parametrize(
    "numbers", [np.array([1.7]), np.geomspace(1, 1e-12, 80), 1 + np.arange(30)], ids=len
)
def test_they_are_those_of_the_table_of_pairs(numbers, scale, power):
    weights = np.random.default_rng(0).normal(size=len(numbers))
    table = (numbers[:, None] + numbers) ** -float(power)

    found = InverseSums(scale * numbers).weighted(weights, power) * scale**power

    assert found == pytest.approx(weights @ table, rel=1e-12, abs=1e-13 * np.abs(table).max())


def test_of_no_numbers_there_are_no_sums():
    assert InverseSums(np.empty(0)).weighted(np.empty(0)).shape == (0,)

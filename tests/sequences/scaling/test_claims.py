"""What is said to hold of losses everywhere: synthetic losses of which it holds, or does not."""

import numpy as np
import pytest

from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for
from genbench.sequences.scaling.claims import (
    constant_offset,
    data_needed,
    end_from_beginning,
    sample_efficiency,
)
from genbench.sequences.scaling.loss_law import LossLaw


def test_another_text_costs_a_constant_more():
    rng = rng_for(0, "offset")
    losses = np.linspace(1.7, 3.2, 12)

    offset = constant_offset(losses, losses + 0.4 + 0.01 * rng.normal(size=12))

    assert offset.mean == pytest.approx(0.4, abs=0.02)
    assert offset.slope == pytest.approx(1, abs=0.03)


def test_an_offset_that_grows_with_the_loss_is_not_constant():
    rng = rng_for(0, "offset")
    losses = np.linspace(1.7, 3.2, 12)

    offset = constant_offset(losses, 1.3 * losses + 0.01 * rng.normal(size=12))

    assert offset.slope == pytest.approx(1.3, abs=0.03)
    assert not offset.may_be_constant


@pytest.mark.parametrize("slope", [1.0, 1.2])
def test_the_intervals_of_an_offset_hold_the_truth_in_95_of_100(slope):
    rng = rng_for(0, "coverage")
    losses = np.linspace(1.7, 3.2, 8)
    found = [
        constant_offset(losses, 0.4 + slope * losses + 0.05 * rng.normal(size=8))
        for _ in range(2000)
    ]

    held = np.mean([abs(one.slope - slope) <= one.slope_half for one in found])
    assert held == pytest.approx(0.95, abs=0.02)
    if slope == 1.0:
        assert held == np.mean([one.may_be_constant for one in found])
        assert np.mean([abs(one.mean - 0.4) <= one.half for one in found]) == pytest.approx(
            0.95, abs=0.02
        )


@pytest.mark.parametrize(
    ("losses", "words"),
    [([1, 2], "from 3 models on, not of 2"), ([2, 2, 2], "All 3 models lose 2")],
)
def test_no_offset_can_be_told(losses, words):
    with pytest.raises(BadInput, match=words):
        constant_offset(losses, losses)


def test_the_end_of_a_curve_follows_from_its_beginning_where_it_is_a_power_law():
    rng = rng_for(0, "curve")
    steps = np.geomspace(10, 5000, 9)
    power = 5 * steps**-0.12 * np.exp(0.003 * rng.normal(size=9))

    told = end_from_beginning(steps, power)
    of_another = end_from_beginning(steps, np.append(power[:-1], 1.1 * power[-1]))

    assert told.is_inside
    assert told.found == power[-1]
    assert told.expected == pytest.approx(5 * 5000**-0.12, rel=0.01)
    assert told.law.exponent.n == 8
    assert not of_another.is_inside


def test_data_that_a_loss_needs_lies_on_the_line_between_two_points():
    amounts, losses = [100, 200, 400], [4.0, 2.0, 1.0]

    assert data_needed(amounts, losses, 2.0) == pytest.approx(200)
    assert data_needed(amounts, losses, np.sqrt(2)) == pytest.approx(200 * np.sqrt(2))
    assert data_needed(amounts, losses, 4.0) == pytest.approx(100)
    assert data_needed(amounts, losses, 0.5) is None  # not reached
    assert data_needed(amounts, losses, 5.0) is None  # reached before the first
    with pytest.raises(BadInput, match="Amounts must rise"):
        data_needed([100, 100], [2, 1], 1.5)


def test_larger_models_need_less_data_where_the_law_says_so():
    law = LossLaw(floor=1.0, size_factor=60, size_exponent=0.4, data_factor=40, data_exponent=0.4)
    sizes, amounts = np.geomspace(1e4, 1e6, 5), np.geomspace(1e2, 1e7, 80)
    curves = law(sizes[:, None], amounts[None])

    efficiency = sample_efficiency(sizes, curves, amounts)

    level = curves.min(axis=1).max()  # the least that all reach
    needed = ((level - 1 - 60 * sizes**-0.4) / 40) ** (-1 / 0.4)  # the law, solved for data
    slope = np.polyfit(np.log(sizes), np.log(needed), 1)[0]
    assert efficiency.exponent.value == pytest.approx(slope, rel=0.01)
    assert efficiency.exponent.value < 0


def test_too_few_sizes_reach_a_loss():
    with pytest.raises(BadInput, match="At most 2 sizes reach one loss; 3 are needed"):
        sample_efficiency([1e4, 1e5], [[2, 1], [2, 1]], [10, 20])

"""Equilibria of matrix games: closed forms, certificates, and the most even of many."""

from itertools import product

import numpy as np
import pytest
from scipy.special import entr

from genbench.ground.errors import BadInput
from genbench.tournament.nash import equilibrium

GRID = 40  # parts of a law that is looked for by trying all


def check(payoffs, found):
    """No pure strategy gains, and the laws are laws."""
    table = np.asarray(payoffs, dtype=float)
    for law in (found.rows, found.columns):
        assert law.min() >= 0
        assert law.sum() == pytest.approx(1, abs=1e-12)
    assert (table @ found.columns).max() <= found.value + 1e-8
    assert (found.rows @ table).min() >= found.value - 1e-8


def test_matching_pennies():
    found = equilibrium([[1, -1], [-1, 1]])

    assert found.value == pytest.approx(0, abs=1e-12)
    assert found.rows == pytest.approx([0.5, 0.5], abs=1e-12)
    assert found.columns == pytest.approx([0.5, 0.5], abs=1e-12)


def test_two_by_two_without_a_saddle_by_the_formula():
    (a, b), (c, d) = payoffs = np.array([[3.0, -1.0], [0.5, 2.0]])

    found = equilibrium(payoffs)

    total = a + d - b - c
    assert found.value == pytest.approx((a * d - b * c) / total)
    assert found.rows[0] == pytest.approx((d - c) / total)
    assert found.columns[0] == pytest.approx((d - b) / total)


def test_rock_paper_scissors_with_weights():
    a, b, c = 1.0, 2.0, 5.0  # what paper takes of rock, rock of scissors, scissors of paper
    payoffs = np.array([[0, -a, b], [a, 0, -c], [-b, c, 0]])

    found = equilibrium(payoffs)

    assert found.value == pytest.approx(0, abs=1e-12)
    for law in (found.rows, found.columns):
        assert law == pytest.approx(np.array([c, b, a]) / (a + b + c))


def test_a_dominated_strategy_is_not_used():
    found = equilibrium([[1, -1, 5], [-1, 1, 5], [-2, 0.5, 4]])

    assert found.rows == pytest.approx([0.5, 0.5, 0], abs=1e-12)
    assert found.columns == pytest.approx([0.5, 0.5, 0], abs=1e-12)


def test_a_saddle_is_the_value_and_constant_payoffs_leave_all_even():
    saddle, constant = equilibrium([[2, 1], [0, -3]]), equilibrium(np.full((2, 3), 7.0))

    assert (saddle.value, *saddle.rows, *saddle.columns) == pytest.approx((1, 1, 0, 0, 1))
    assert constant.value == 7
    assert constant.rows == pytest.approx([1 / 2] * 2)
    assert constant.columns == pytest.approx([1 / 3] * 3)


def test_of_many_equilibria_it_is_the_most_even():
    # The third row is the mean of the others: whatever it gets, it takes from both.
    found = equilibrium([[1, 0], [0, 1], [0.5, 0.5]])

    assert found.rows == pytest.approx([1 / 3] * 3, abs=1e-8)


def test_what_the_other_never_does_may_still_bind():
    # The second column is never played, as the first row would gain; laws with less than .4 of
    # that row would invite it.
    found = equilibrium([[0, 3], [0, -2], [0, -2]])

    assert found.columns == pytest.approx([1, 0], abs=1e-12)
    # The last two rows are equal, and so are one: half of .6 each, not the law of most entropy.
    assert found.rows == pytest.approx([0.5, 0.25, 0.25], abs=1e-8)
    apart = equilibrium([[0, 3, 9], [0, -2, 9], [0, -2, 8]])
    assert apart.rows == pytest.approx([0.4, 0.3, 0.3], abs=1e-8)


def laws(n):
    """All laws of n strategies in steps of a grid."""
    parts = np.array([p for p in product(range(GRID + 1), repeat=n - 1) if sum(p) <= GRID])
    return np.column_stack([parts, GRID - parts.sum(axis=1)]) / GRID


@pytest.mark.parametrize("seed", range(40))
def test_no_law_of_a_fine_grid_is_as_good_and_more_even(seed):
    rng = np.random.default_rng(seed)
    shape = rng.integers(2, 5, size=2)
    payoffs = rng.integers(0, 3, size=shape)  # so few values that many equilibria are common

    found = equilibrium(payoffs)

    check(payoffs, found)
    for law, table, value in (
        (found.rows, payoffs, found.value),
        (found.columns, -payoffs.T, -found.value),
    ):
        distinct, place = np.unique(table, axis=0, return_inverse=True)
        own = np.bincount(place.reshape(-1), weights=law)
        tried = laws(len(distinct)) if len(distinct) > 1 else np.ones((1, 1))
        good = tried[(tried @ distinct).min(axis=1) >= value - 1e-12]
        assert entr(good).sum(axis=1).max(initial=0) <= entr(own).sum() + 1e-8


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (5, 2), (12, 12), (40, 30), (90, 100)])
def test_no_pure_strategy_gains(shape):
    for seed in range(5):
        payoffs = np.random.default_rng(seed).normal(size=shape)

        check(payoffs, equilibrium(payoffs))


@pytest.mark.parametrize("apart", [1e-6, 1e-4, 1e-2])
def test_what_is_nearly_a_clone_is_a_strategy_of_its_own(apart):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        shares = rng.binomial(200, rng.beta(2, 3, size=(30, 30))) / 200
        payoffs = np.vstack([shares, shares + apart * rng.normal(size=shares.shape)])

        check(payoffs, equilibrium(payoffs))


def test_neither_the_order_of_strategies_nor_a_shift_or_a_unit_of_payoffs_matters():
    rng = np.random.default_rng(3)
    payoffs = rng.integers(0, 4, size=(6, 5)).astype(float)
    rows, columns = rng.permutation(6), rng.permutation(5)

    found, moved = equilibrium(payoffs), equilibrium(3 * payoffs[rows][:, columns] + 7)

    assert moved.value == pytest.approx(3 * found.value + 7)
    assert moved.rows == pytest.approx(found.rows[rows], abs=1e-8)
    assert moved.columns == pytest.approx(found.columns[columns], abs=1e-8)


def test_clones_divide_the_share_of_one_and_move_nothing():
    payoffs = np.random.default_rng(4).integers(0, 4, size=(5, 4)).astype(float)
    found = equilibrium(payoffs)
    used, met = found.rows.argmax(), found.columns.argmax()

    more = np.vstack([payoffs, payoffs[used], payoffs[used]])
    cloned = equilibrium(np.column_stack([more, more[:, met]]))

    assert cloned.value == found.value
    assert cloned.rows[[used, 5, 6]] == pytest.approx([found.rows[used] / 3] * 3, abs=1e-15)
    assert cloned.columns[[met, 4]] == pytest.approx([found.columns[met] / 2] * 2, abs=1e-15)
    others = [i for i in range(5) if i != used]
    assert (cloned.rows[others] == found.rows[others]).all()


def test_players_may_be_exchanged():
    payoffs = np.random.default_rng(5).normal(size=(4, 6))

    found, turned = equilibrium(payoffs), equilibrium(-payoffs.T)

    assert turned.value == pytest.approx(-found.value)
    assert turned.rows == pytest.approx(found.columns, abs=1e-8)


@pytest.mark.parametrize("payoffs", [[1, 2], [[1, np.nan]], [[]]])
def test_what_is_no_table_of_numbers_is_refused(payoffs):
    with pytest.raises(BadInput, match="payoffs must be a table"):
        equilibrium(payoffs)

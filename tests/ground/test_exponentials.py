"""Exponentials are numpy's and scipy's, but for what is next to nothing, which is nothing."""

import time

import numpy as np
import pytest
import scipy

from genbench.ground.exponentials import exponentials, log_sum_exp
from genbench.ground.randomness import rng_for

N = 400


@pytest.fixture
def exponents():
    return rng_for(0, "exponents").uniform(-1500, 3, size=(N, N - 1))


def test_they_are_those_of_numpy_down_to_the_least(exponents):
    found = exponentials(exponents.copy())

    np.testing.assert_array_equal(found[exponents > -660], np.exp(exponents[exponents > -660]))
    np.testing.assert_allclose(found[exponents > -690], np.exp(exponents[exponents > -690]), 1e-4)
    assert not found[exponents <= -700].any()
    assert found.max() > 1


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 17, 1000])
def test_what_is_next_to_nothing_is_nothing_wherever_it_stands(n):
    for start in range(3):
        table = np.full(n + start, -700.0)[start:]
        table[::2] = [-np.inf, -745.0, -710.0][start]

        assert not exponentials(table).any()


def test_none_is_a_number_that_slows_the_processor(exponents):
    found = exponentials(exponents)

    assert not ((found > 0) & (found < np.finfo(float).tiny)).any()


def test_the_logarithm_of_a_sum_is_scipys(exponents):
    exponents[3] = -1e4 + np.arange(N - 1)
    exponents[:, 5] = -np.inf

    np.testing.assert_allclose(
        log_sum_exp(exponents.copy()), scipy.special.logsumexp(exponents, axis=1), rtol=1e-14
    )


def test_the_logarithm_of_no_sum_is_minus_infinity():
    assert log_sum_exp(np.full((2, 3), -np.inf)).tolist() == [-np.inf, -np.inf]


def seconds(function, table):
    tries = []
    for _ in range(5):
        start = time.process_time()
        function(table.copy())
        tries.append(time.process_time() - start)
    return min(tries)


def test_numbers_near_the_smallest_take_no_longer():
    ordinary, near_the_smallest = (np.full((N, N), power) for power in (-100.0, -720.0))

    assert seconds(exponentials, near_the_smallest) < 3 * seconds(exponentials, ordinary)

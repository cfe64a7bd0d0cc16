"""Inverse distribution functions: every coordinate is right, and nothing else."""

import numpy as np
import pytest
from scipy.stats import kstest, norm

from genbench.baselines.samplers.marginals import IndependentMarginals


class Rigged:
    """Stands for a generator whose uniform numbers are known."""

    def __init__(self, uniform):
        self.uniform = np.array(uniform)

    def random(self, shape):
        return self.uniform.reshape(shape)


def test_discrete_values_come_out_exactly_as_often_as_they_occur():
    train = np.array([[0.5], [0.5], [0.5], [2.5], [2.5], [7.5], [7.5], [7.5], [7.5], [7.5]])
    model = IndependentMarginals().fit(train, rng=np.random.default_rng(0))

    samples = model.sample(20_000, rng=np.random.default_rng(1))

    values, counts = np.unique(samples, return_counts=True)
    assert values.tolist() == [0.5, 2.5, 7.5]
    assert counts / 20_000 == pytest.approx([0.3, 0.2, 0.5], abs=0.015)


def test_the_discrete_inverse_is_the_smallest_value_that_reaches_the_probability():
    train = np.array([[4.0], [1.0], [1.0], [9.0]])
    model = IndependentMarginals().fit(train, rng=np.random.default_rng(0))

    samples = model.sample(5, rng=Rigged([0.0, 0.49, 0.51, 0.74, 0.99]))

    assert samples[:, 0].tolist() == [1, 1, 4, 4, 9]


def test_the_continuous_inverse_is_straight_between_order_statistics():
    train = np.array([[4.5], [1.5], [2.0]])
    model = IndependentMarginals().fit(train, rng=np.random.default_rng(0))

    samples = model.sample(4, rng=Rigged([0.0, 0.25, 0.5, 0.9]))

    assert samples[:, 0] == pytest.approx([1.5, 1.75, 2.0, 4.0])


def test_marginals_are_kept_and_dependence_is_lost():
    column = np.random.default_rng(0).normal(size=2000)
    train = np.stack([column, column], axis=1)
    model = IndependentMarginals().fit(train, rng=np.random.default_rng(0))

    samples = model.sample(5000, rng=np.random.default_rng(1))

    assert kstest(samples[:, 1], norm.cdf).statistic < 0.04
    assert abs(np.corrcoef(samples.T)[0, 1]) < 0.05

"""What values samples can take, and how they are moved there."""

import numpy as np
import pytest

from genbench.datasets import Dataset
from genbench.datasets.domain import Domain
from genbench.ground.errors import BadInput


@pytest.fixture
def rng():
    return np.random.default_rng(0)


MIXED = Domain.of_columns(("length", "count", "sex"), {"count": (0, np.inf), "sex": (1, 2)})


def test_each_column_is_projected_by_its_own_kind():
    samples = np.array([[-0.4, -3.2, 1.6], [2.5, 7.4, -9.0], [1e9, 1e6 + 0.2, 1.4]])

    projected = MIXED.project(samples)

    np.testing.assert_array_equal(projected, [[-0.4, 0, 2], [2.5, 7, 1], [1e9, 1e6, 1]])


def test_without_arguments_every_number_is_possible(rng):
    samples = rng.normal(size=(5, 3))

    np.testing.assert_array_equal(Domain().project(samples), samples)
    np.testing.assert_array_equal(Domain().spread(samples, rng=rng), samples)


def test_only_whole_numbers_are_spread_evenly_over_one_unit(rng):
    samples = np.tile([0.5, 3.0, 2.0], (4000, 1))

    noise = MIXED.spread(samples, rng=rng) - samples

    assert (noise[:, 0] == 0).all()
    assert np.abs(noise).max() <= 0.5
    np.testing.assert_allclose(noise[:, 1:].var(axis=0), 1 / 12, rtol=0.1)


def test_bounds_of_a_column_that_is_not_there_are_refused():
    with pytest.raises(BadInput, match=r"There is no column 'weight'; there are length, width\."):
        Domain.of_columns(("length", "width"), {"weight": (0, 1)})


@pytest.mark.parametrize(
    ("domain", "reason"),
    [
        (Domain(whole=np.array([True])), r"mine: domain: whole has shape \(1,\); expected \(2,\)"),
        (Domain(low=np.zeros(3)), r"low has shape \(3,\)"),
        (Domain(low=1, high=0), "lowest value must be at most the highest"),
        (Domain(low=np.nan), "lowest value must be at most the highest"),
        (Domain(whole=True, low=0.5), "whole numbers must lie between whole numbers"),
    ],
)
def test_a_domain_that_does_not_fit_the_samples_is_refused(domain, reason):
    ones = np.ones((4, 2))

    with pytest.raises(BadInput, match=reason):
        Dataset(name="mine", train=ones, test=ones, fresh=ones, domain=domain)

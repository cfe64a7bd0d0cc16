"""Relative frequencies: exact on what was seen, and nothing for the rest."""

import numpy as np
import pytest

from genbench.baselines.counts.maximum_likelihood_counts import MaximumLikelihoodCounts

TRAIN = np.array([[3.0, -1.0], [3.0, 4.0], [3.0, 4.0], [7.0, 4.0]])


def fitted(train):
    return MaximumLikelihoodCounts().fit(train, rng=np.random.default_rng(0))


def test_a_sample_is_as_likely_as_its_values_were_frequent():
    model = fitted(TRAIN)

    log_prob = model.log_prob(np.array([[3.0, 4.0], [7.0, -1.0], [3.4, 3.6]]))

    assert np.exp(log_prob) == pytest.approx([9 / 16, 1 / 16, 9 / 16])


def test_what_never_occurred_is_impossible():
    model = fitted(TRAIN)

    log_prob = model.log_prob(np.array([[5.0, 4.0], [3.0, 0.0], [8.0, 4.0], [2.0, 4.0]]))

    assert (log_prob == -np.inf).all()


def test_values_are_drawn_as_often_as_they_occurred():
    samples = fitted(TRAIN).sample(20_000, rng=np.random.default_rng(1))

    share = [(samples == row).all(axis=1).mean() for row in ([3, 4], [3, -1], [7, 4], [7, -1])]
    assert share == pytest.approx([9 / 16, 3 / 16, 3 / 16, 1 / 16], abs=0.015)  # four deviations


def test_data_that_are_no_whole_numbers_are_refused():
    with pytest.raises(ValueError, match=r"1 of 3 training values are not, such as 2\.5"):
        fitted(np.array([[1.0], [2.5], [3.0]]))

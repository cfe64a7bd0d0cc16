"""Lengths of codes: by hand, and for sources whose entropy is known."""

import numpy as np
import pytest
from scipy.special import gammaln

from genbench.evidence import Comparison, LogLikelihoods, Reference
from genbench.evidence.code_lengths import CodeLengths
from genbench.evidence.likelihood_pair import LikelihoodPair
from genbench.ground.errors import BadInput, Unavailable
from genbench.metrics.bits import (
    bits_per_dimension,
    bits_per_dimension_error,
    description_error,
    description_length,
    gap_error,
    likelihood_gap,
    prequential_description_length,
)


def lengths(test, log_prob):
    return CodeLengths.of(Comparison(reference=Reference(test=test), test_log_prob=log_prob))


def test_evenly_spread_bytes_take_eight_bits_each():
    test = np.random.default_rng(1).integers(256, size=(50, 4, 3)).astype(float)

    found = lengths(test, np.full(50, -12 * np.log(256)))

    assert bits_per_dimension(found) == pytest.approx(8)
    assert found.parameters == {"d": 12, "whole_numbers": True}
    assert "even noise" in found.warnings[0]


def test_a_normal_takes_its_entropy():
    rng = np.random.default_rng(2)
    test = rng.normal(scale=3, size=(20_000, 2))
    log_prob = -((test / 3) ** 2).sum(axis=1) / 2 - 2 * np.log(3 * np.sqrt(2 * np.pi))

    found = lengths(test, log_prob)

    entropy = 0.5 * np.log2(2 * np.pi * np.e * 9)
    error = bits_per_dimension_error(found)
    assert bits_per_dimension(found) == pytest.approx(entropy, abs=4 * error)
    assert error == pytest.approx(np.sqrt(2 * 0.5 / 20_000) / 2 / np.log(2), rel=0.05)
    assert found.warnings == ()


def test_a_code_fit_for_its_source_takes_two_bits_where_letters_are_uneven():
    test_log_prob = np.log([1 / 2, 1 / 4, 1 / 8, 1 / 8])

    found = LogLikelihoods(test_log_prob)
    even = LogLikelihoods(np.log(np.full(4, 0.25)))

    assert description_length(found) == pytest.approx((1 + 2 + 3 + 3) / 4)
    assert description_length(even) == pytest.approx(2)
    assert description_error(even) == pytest.approx(0)
    assert description_error(found) == pytest.approx(np.std([1, 2, 3, 3], ddof=1) / 2)


def test_a_density_that_spikes_at_whole_numbers_is_refused():
    whole = np.arange(6.0).reshape(3, 2)

    with pytest.raises(Unavailable, match="even noise of one unit"):
        lengths(whole, np.array([5.0, 3.0, 4.0]))
    spiking = lengths(whole + 0.5, np.full(3, 4.0))
    assert bits_per_dimension(spiking) == pytest.approx(-2 / np.log(2))
    with pytest.raises(Unavailable, match="log-densities"):
        lengths(whole, None)


def test_the_gap_is_training_minus_test():
    found = LikelihoodPair(test=np.array([-3.0, -1.0]), train=np.array([0.0, 1.0, 2.0]))

    assert likelihood_gap(found) == 3
    assert gap_error(found) == pytest.approx(np.sqrt(2 / 2 + 1 / 3))


def test_learning_as_it_goes_is_written_out():
    sequence = [0, 2, 2, 1, 2, 0, 2]
    seen, bits = np.zeros(4), 0.0
    for symbol in sequence:
        bits -= np.log2((seen[symbol] + 0.5) / (seen.sum() + 2))
        seen[symbol] += 1

    assert prequential_description_length(seen) == pytest.approx(bits, rel=1e-12)


def test_it_is_the_dirichlet_multinomial_in_closed_form():
    counts = np.array([100, 3, 0, 41, 7])
    prior = np.full(5, 0.5)
    log_prob = (
        gammaln(prior.sum())
        - gammaln(counts.sum() + prior.sum())
        + (gammaln(counts + prior) - gammaln(prior)).sum()
    )

    found = prequential_description_length(counts)

    assert found == pytest.approx(-log_prob / np.log(2), abs=1e-9)
    entropy = -(counts[counts > 0] * np.log2(counts[counts > 0] / counts.sum())).sum()
    assert 0 < found - entropy < 2.5 * np.log2(counts.sum()) + 2  # (n_symbols - 1) / 2 log n
    assert prequential_description_length([0, 0]) == 0


@pytest.mark.parametrize("counts", [[3], [-1, 2], [0.5, 1], [np.nan, 1], [[1, 2]]])
def test_refuses_counts_that_are_none(counts):
    with pytest.raises(BadInput, match="counts"):
        prequential_description_length(counts)


def test_whether_a_density_spikes_is_told_by_its_mean_logarithm():
    whole = np.arange(6.0).reshape(3, 2)

    assert lengths(whole, np.array([1.0, 1.0, -9.0])).whole_numbers
    with pytest.raises(Unavailable, match="even noise of one unit"):
        lengths(whole, np.array([-1.0, -1.0, 9.0]))


def test_the_gap_is_read_from_what_the_model_says_of_either_set():
    said = {"test_log_prob": np.array([-3.0, -1.0]), "train_log_prob": np.array([0.0, 1.0, 2.0])}

    found = LikelihoodPair.of(Comparison(reference=Reference(), **said))

    assert likelihood_gap(found) == 3
    for missing in said:
        with pytest.raises(Unavailable, match=f"of {missing.split('_')[0]}"):
            LikelihoodPair.of(Comparison(reference=Reference(), **said | {missing: None}))


def test_a_single_whole_value_does_not_make_samples_whole():
    test = np.array([[0.5, 1.0], [0.25, 0.75]])

    assert not lengths(test, np.array([3.0, 3.0])).whole_numbers

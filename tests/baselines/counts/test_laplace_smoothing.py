"""Laplace's rule: its formula, its prior, and how far it is from a Zipf law."""

import numpy as np
import pytest
from scipy.special import gammaln

from genbench.baselines.counts.laplace_smoothing import LaplaceSmoothing


def fitted(train, **knobs):
    return LaplaceSmoothing(**knobs).fit(train, rng=np.random.default_rng(0))


def test_every_value_counts_once_more_than_it_occurred():
    model = fitted(np.array([[2.0], [2.0], [2.0], [5.0]]))

    log_prob = model.log_prob(np.arange(1.0, 7.0)[:, None])

    assert np.exp(log_prob) == pytest.approx(np.array([0, 4, 1, 1, 2, 0]) / 8)


def test_predictions_multiply_to_the_likelihood_under_a_dirichlet_prior():
    symbols = np.random.default_rng(1).integers(0, 4, size=(30, 1)).astype(float)

    found = [
        fitted(symbols[:i], added=0.5, alphabet=(0, 3)).log_prob(symbols[i : i + 1])[0]
        for i in range(1, 30)
    ]

    # The first symbol has probability 1/4; all thirty have that of the Dirichlet-multinomial.
    counts = np.bincount(symbols[:, 0].astype(int), minlength=4)
    expected = gammaln(2) - gammaln(32) + (gammaln(counts + 0.5) - gammaln(0.5)).sum()
    assert np.log(1 / 4) + sum(found) == pytest.approx(expected)


def test_all_coordinates_have_the_range_of_all():
    model = fitted(np.array([[0.0, 0.0], [0.0, 2.0]]))

    log_prob = model.log_prob(np.array([[1.0, 1.0], [0.0, 2.0], [3.0, 0.0]]))

    assert np.exp(log_prob) == pytest.approx([1 / 25, 6 / 25, 0])


@pytest.mark.parametrize(("n", "bits"), [(500, 1.25), (2_000, 0.49), (10_000, 0.11)])
def test_the_divergence_from_a_zipf_law_is_what_is_known_of_it(n, bits):
    law = np.arange(1.0, 2001) ** -1.1
    law /= law.sum()
    train = np.random.default_rng(2).choice(2000, size=(n, 1), p=law).astype(float)
    model = fitted(train, alphabet=(0, 1999))

    divergence = law @ (np.log2(law) - model.log_prob(np.arange(2000.0)[:, None]) / np.log(2))

    # Four standard deviations over training samples, of which there are .03, .011 and .003 bits.
    assert divergence == pytest.approx(bits, abs=0.09 * bits + 0.005)


def test_samples_have_the_smoothed_probabilities():
    model = fitted(np.array([[2.0], [2.0], [5.0]]))

    samples = model.sample(20_000, rng=np.random.default_rng(3))

    share = [(samples == value).mean() for value in (2, 3, 4, 5)]
    assert share == pytest.approx([3 / 7, 1 / 7, 1 / 7, 2 / 7], abs=0.015)  # four deviations


def test_data_that_do_not_suit_are_refused():
    with pytest.raises(ValueError, match=r"1 of 3 training values are not, such as 2\.5"):
        fitted(np.array([[1.0], [2.5], [3.0]]))
    with pytest.raises(ValueError, match="from 1 to 3 are not all in the alphabet from 0 to 2"):
        fitted(np.array([[1.0], [3.0]]), alphabet=(0, 2))
    with pytest.raises(ValueError, match="1000000001 values"):
        fitted(np.array([[0.0], [1e9]]))

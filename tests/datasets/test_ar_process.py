"""The autoregressive process: its covariances, its density and its innovations, in closed form."""

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import multivariate_normal

from genbench.datasets import load
from genbench.datasets.ar_process import COEFFICIENTS, Autoregression

LAW = Autoregression(COEFFICIENTS, 64)


def test_covariances_are_those_of_the_response_to_one_innovation():
    """A stationary process is its noise, filtered: R[k] is the sum of h[t] h[t + k]."""
    impulse = np.zeros(2000)
    impulse[0] = 1
    response = lfilter([1], [1, *np.negative(COEFFICIENTS)], impulse)

    expected = [response[: 2000 - k] @ response[k:] for k in range(64)]

    np.testing.assert_allclose(LAW.autocovariance, expected, atol=1e-12)
    assert LAW.autocovariance[0] == pytest.approx(1.6263, abs=1e-4)
    assert LAW.autocovariance[4] == pytest.approx(0.30737, abs=1e-5)


def test_density_is_that_of_the_normal_law_with_these_covariances():
    rows, _ = LAW.sample(50, rng=np.random.default_rng(0))
    steps = np.abs(np.subtract.outer(np.arange(64), np.arange(64)))

    expected = multivariate_normal(np.zeros(64), LAW.autocovariance[steps]).logpdf(rows)

    np.testing.assert_allclose(LAW.log_prob(rows), expected, rtol=1e-10)


def test_innovations_are_what_the_recursion_leaves():
    rows, _ = LAW.sample(50, rng=np.random.default_rng(1))
    a = np.array(COEFFICIENTS)

    expected = [rows[:, t] - rows[:, t - 3 : t][:, ::-1] @ a for t in range(3, 64)]

    np.testing.assert_allclose(LAW.innovations(rows)[:, 3:].T, expected, atol=1e-9)


def test_innovations_of_its_rows_are_white():
    rows, _ = LAW.sample(4000, rng=np.random.default_rng(2))

    found = LAW.innovations(rows)

    covariance = found.T @ found / len(found)
    assert np.abs(covariance - np.eye(64)).max() < 6 / np.sqrt(len(found))


def test_entropies():
    """Of the noise in the limit; of whole rows that of a normal law; as documented."""
    bits = 64 * np.log(2)
    steps = np.abs(np.subtract.outer(np.arange(64), np.arange(64)))
    normal = multivariate_normal(np.zeros(64), LAW.autocovariance[steps])

    assert LAW.row_entropy == pytest.approx(normal.entropy())
    assert LAW.row_entropy / bits == pytest.approx(2.0558, abs=1e-4)
    assert LAW.entropy_rate / np.log(2) == pytest.approx(2.0471, abs=1e-4)


def test_the_data_set_is_drawn_from_it():
    series = load("ar_process")

    surprise = -LAW.log_prob(series.train)

    margin = 4 * surprise.std() / np.sqrt(len(surprise))
    assert surprise.mean() == pytest.approx(LAW.row_entropy, abs=margin)
    assert series.series

"""Linear prediction, on a process of order three whose law is known in closed form."""

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz, toeplitz
from scipy.signal import lfilter
from scipy.stats import multivariate_normal

from genbench.baselines.sequences.linear_prediction import (
    Burg,
    YuleWalker,
    levinson,
    reflections_of,
)

WEIGHTS = np.array([0.75, -0.5, 0.3])  # of unit innovations
LENGTH = 64
both = pytest.mark.parametrize("kind", [YuleWalker, Burg])


def impulse_response(n):
    return lfilter([1.0], [1.0, *-WEIGHTS], np.eye(1, n)[0])


def autocovariances(n):
    """R[0], .., R[n - 1] of the process: what an impulse leaves behind decays fast."""
    response = impulse_response(2000)
    return np.array([response[: 2000 - lag] @ response[lag:] for lag in range(n)])


def spectrum(n):
    """S at n frequencies all round the circle."""
    return 1 / np.abs(np.fft.fft([1.0, *-WEIGHTS], n)) ** 2


def drawn(n, seed, length=LENGTH):
    """Draw rows (n, length) of the process."""
    rng = np.random.default_rng(seed)
    return lfilter([1.0], [1.0, *-WEIGHTS], rng.normal(size=(n, length + 500)))[:, 500:]


def of_truth(covariances):
    """A model with the predictors of these autocovariances."""
    model = Burg()
    model.mean, model.length = 0.0, LENGTH
    model.weights, model.errors = levinson(covariances[0], reflections_of(covariances))
    return model


def test_levinson_finds_the_weights_and_no_others_behind_them():
    covariances = autocovariances(9)

    weights, errors = levinson(covariances[0], reflections_of(covariances[:4]))
    further = reflections_of(covariances)[3:]

    assert weights[-1] == pytest.approx(WEIGHTS, abs=1e-12)
    assert errors[-1] == pytest.approx(1, abs=1e-12)
    assert further == pytest.approx(np.zeros(5), abs=1e-12)
    assert covariances[0] == pytest.approx(1.6263, abs=5e-5)


@pytest.mark.parametrize("order", range(1, 8))
def test_levinson_solves_the_normal_equations_of_every_order(order):
    covariances = 0.9 ** np.arange(9) * np.cos(np.arange(9)) + np.eye(9)[0] * 0.3

    weights, errors = levinson(covariances[0], reflections_of(covariances))

    expected = solve_toeplitz(covariances[:order], covariances[1 : order + 1])
    assert weights[order] == pytest.approx(expected)
    error = covariances[0] - expected @ covariances[1 : order + 1]
    assert errors[order] == pytest.approx(error)


def test_the_prediction_error_is_the_geometric_mean_of_the_spectrum():
    """Kolmogorov and Szego: exp of the mean of log S is the error from all of the past."""
    s = spectrum(4096)

    assert np.exp(np.log(s).mean()) == pytest.approx(1, abs=1e-12)
    assert s.mean() == pytest.approx(autocovariances(1)[0], abs=1e-12)
    errors = levinson(autocovariances(1)[0], reflections_of(autocovariances(6)))[1]
    assert errors[-1] == pytest.approx(np.exp(np.log(s).mean()), abs=1e-12)


def test_errors_are_ratios_of_determinants_of_covariances():
    covariances = autocovariances(6)
    errors = levinson(covariances[0], reflections_of(covariances))[1]

    determinants = [np.linalg.det(toeplitz(covariances[:n])) for n in range(1, 7)]
    ratios = np.divide(determinants[1:], determinants[:-1])

    assert errors[1:] == pytest.approx(ratios)
    assert ratios[:4] == pytest.approx([1.2093, 1.0989, 1, 1], abs=5e-5)


def test_the_minimum_phase_factor_of_the_spectrum_is_the_filter_that_was_found():
    """The cepstrum folded onto the past gives the one factor whose inverse is stable, too."""
    n = 4096
    cepstrum = np.fft.ifft(np.log(spectrum(n))).real
    fold = np.zeros(n)
    fold[0], fold[1 : n // 2], fold[n // 2] = 0.5, 1, 0.5
    factor = np.fft.ifft(np.exp(np.fft.fft(cepstrum * fold))).real

    weights = of_truth(autocovariances(4)).weights[-1]

    assert factor[:50] == pytest.approx(impulse_response(50), abs=1e-12)
    assert lfilter([1.0, *-weights], [1.0], factor[:50]) == pytest.approx(
        np.eye(1, 50)[0], abs=1e-12
    )


def test_the_extension_of_largest_determinant_is_the_recursions():
    """Maximum entropy, given R[0..3], is the best linear prediction."""
    known = autocovariances(4)
    candidates = np.linspace(-1, 1, 200_001)

    # The determinant is a parabola in R[4] where all else is known.
    three = [np.linalg.det(toeplitz([*known, r])) for r in (-1.0, 0.0, 1.0)]
    parabola = np.polyfit([-1.0, 0.0, 1.0], three, 2)
    largest = candidates[np.polyval(parabola, candidates).argmax()]

    extended = of_truth(known).weights[-1] @ known[:0:-1]
    assert extended == pytest.approx(largest, abs=1e-5)
    assert extended == pytest.approx(0.30737, abs=5e-6)
    assert extended == pytest.approx(autocovariances(5)[4], abs=1e-12)


def test_the_likelihood_of_innovations_is_the_density_of_the_gaussian():
    rows, covariances = drawn(20, 1), autocovariances(LENGTH)

    found = of_truth(covariances[:4]).log_prob(rows)

    law = multivariate_normal(np.zeros(LENGTH), toeplitz(covariances))
    assert found == pytest.approx(law.logpdf(rows), abs=1e-10)


def test_bits_of_the_process_are_those_known_of_it():
    model, rows = of_truth(autocovariances(4)), drawn(4000, 2)

    bits = -model.log_prob(rows) / LENGTH / np.log(2)

    entropy = np.log2(2 * np.pi * np.e) / 2
    first = np.log2(model.errors[:3]).sum() / 2
    assert entropy == pytest.approx(2.0471, abs=5e-5)
    assert entropy + first / LENGTH == pytest.approx(2.0558, abs=5e-5)
    assert bits.mean() == pytest.approx(
        entropy + first / LENGTH, abs=4 * bits.std() / np.sqrt(len(bits))
    )


@both
def test_the_process_is_found_and_its_order(kind):
    train, test = drawn(1000, 3), drawn(2000, 4)

    model = kind().fit(train + 5, rng=np.random.default_rng(0))

    assert model.order == 3
    assert model.mean == pytest.approx(5, abs=0.04)  # four standard errors
    assert model.weights[-1] == pytest.approx(WEIGHTS, abs=0.02)
    truth = of_truth(autocovariances(4)).log_prob(test)
    excess = (truth - model.log_prob(test + 5)) / LENGTH / np.log(2)
    assert -4 * excess.std() / np.sqrt(2000) < excess.mean() < 0.001


@both
def test_from_the_third_order_on_more_is_hardly_worse_and_less_is(kind):
    train, test = drawn(1000, 3), drawn(2000, 4)
    truth = of_truth(autocovariances(4)).log_prob(test)

    excess = []
    for order in range(9):
        model = kind(most=order)
        rows = train - train.mean()
        model.fit(train, rng=np.random.default_rng(0))
        reflections = model._reflections(rows / rows.std(), order)
        model.weights, model.errors = levinson(rows.var(), reflections)
        excess.append((truth - model.log_prob(test)).mean() / LENGTH / np.log(2))

    assert max(np.abs(excess[3:])) < 0.01 < 0.05 < excess[2] < excess[1] < excess[0]


@both
def test_short_rows_do_not_bias_the_weights(kind):
    """Divided by a row's length instead of their number, lagged products are too small."""
    found = []
    for seed in range(20):
        model = kind(most=3).fit(drawn(500, 10 + seed, length=16), rng=np.random.default_rng(0))
        found.append(model.weights[-1])

    error = np.std(found, axis=0) / np.sqrt(20)
    assert np.mean(found, axis=0) == pytest.approx(WEIGHTS, abs=4 * error.max() + 0.001)


@both
def test_samples_have_the_covariances_of_the_model(kind):
    model = kind().fit(drawn(300, 5, length=8), rng=np.random.default_rng(0))
    n = 40_000

    rows = model.sample(n, rng=np.random.default_rng(6)) - model.mean

    # The model's own covariances, from its predictors one after another.
    covariances = [model.errors[0]]
    for lag in range(1, 8):
        weights = model._weights_at(lag)
        covariances.append(weights @ covariances[: -len(weights) - 1 : -1])
    found = rows.T @ rows / n
    error = np.sqrt(2 / n) * covariances[0]
    assert found == pytest.approx(toeplitz(covariances), abs=5 * error)


@both
def test_what_varies_little_or_not_at_all_still_has_a_density(kind):
    waves = np.sin(0.3 * np.arange(20) + np.random.default_rng(7).uniform(0, 6, size=(30, 1)))
    for train in (waves, np.full((5, 4), 2.5), np.array([[0.5], [1.5], [1.0]])):
        model = kind().fit(train, rng=np.random.default_rng(0))

        assert np.isfinite(model.log_prob(train)).all()
        assert np.isfinite(model.sample(3, rng=np.random.default_rng(1))).all()
        assert (model.errors > 0).all()


def test_covariances_of_no_process_are_left_where_they_become_so():
    found = reflections_of(np.array([1.0, 0.9, 0.1]))  # the second would be -3.7

    assert found == pytest.approx([0.9])


@both
def test_whole_numbers_are_refused(kind):
    with pytest.raises(ValueError, match="all training values are whole"):
        kind().fit(np.array([[1.0, 2.0], [3.0, 4.0]]), rng=np.random.default_rng(0))


def test_reflections_are_those_of_statsmodels():
    stattools = pytest.importorskip(
        "statsmodels.tsa.stattools", reason="needs statsmodels, of the group `oracles`"
    )
    row = drawn(1, 8, length=400)
    row -= row.mean()

    # Of one row: both see the same products.
    reflections = Burg()._reflections(row / row.std(), 6)
    theirs = stattools.pacf_burg(row[0], 6, demean=False)[0][1:]
    covariances = stattools.acovf(row[0], adjusted=True, demean=False, nlag=6, fft=False)
    error, weights, *_ = stattools.levinson_durbin(covariances, 6, isacov=True)

    assert reflections == pytest.approx(theirs, abs=1e-12)
    found, our_errors = levinson(covariances[0], YuleWalker()._reflections(row, 6))
    assert found[-1] == pytest.approx(weights, abs=1e-10)
    assert our_errors[-1] == pytest.approx(error, abs=1e-10)

"""Series: filters of white noise, autoregressions in closed form, and errors of rows drawn anew."""

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from genbench.datasets.ar_process import Autoregression
from genbench.evidence import Comparison, Reference
from genbench.evidence.innovations import Innovations
from genbench.evidence.series import SeriesMoments
from genbench.ground.errors import Unavailable
from genbench.metrics.series import (
    autocorrelation_distance,
    flatness_error,
    flatness_of_test,
    innovation_ratio,
    innovation_whiteness,
    ratio_error,
    spectral_flatness,
)

LAW = Autoregression((0.75, -0.5, 0.3), length=64)
SECOND = Autoregression((0.66, -0.27), length=64)  # that an order of two comes to, about


def drawn(law, n, seed):
    return law.sample(n, rng=np.random.default_rng(seed))[0]


def compared(test, generated, density=None):
    return Comparison(
        reference=Reference(test=test, series=True, density=density), generated=generated
    )


def innovations(test, generated, density=None):
    return compared(test, generated, density).get(Innovations.of)


def moments(test, generated):
    return compared(test, generated).get(SeriesMoments.of)


def test_real_series_leave_white_noise():
    found = innovations(drawn(LAW, 300, 1), drawn(LAW, 300, 2), LAW)

    assert innovation_whiteness(found) > 0.01
    assert innovation_ratio(found) == pytest.approx(1, abs=4 * ratio_error(found))
    assert found.parameters == {"predictor": "true", "n_lags": 10}


def test_the_statistic_is_written_out():
    rows = np.random.default_rng(3).normal(size=(7, 13)) + 0.5

    class White:
        def sample(self, n, *, rng): ...

        def log_prob(self, points): ...

        def innovations(self, points):
            return points

    found = innovations(rows, rows, White())

    errors, total = rows - rows.mean(), 0.0
    for lag in range(1, 11):
        products = sum(row[t] * row[t + lag] for row in errors for t in range(13 - lag))
        total += (products / (errors**2).sum()) ** 2 * 91**2 / (7 * (13 - lag))
    assert found.ljung_box == pytest.approx(total)
    assert innovation_whiteness(found) == pytest.approx(chi2.sf(total, 10))


@pytest.fixture(scope="module")
def of_one_law():
    """Innovations of pairs of sets of one law, by the true predictor and by Burg's."""
    pairs = [(drawn(LAW, 60, [4, i]), drawn(LAW, 90, [5, i])) for i in range(200)]
    return {density: [innovations(*pair, density) for pair in pairs] for density in (LAW, None)}


@pytest.mark.parametrize("density", [LAW, None])
def test_equal_laws_are_rejected_as_often_as_is_said(of_one_law, density):
    p_values = list(map(innovation_whiteness, of_one_law[density]))

    assert 0.01 <= np.mean(np.array(p_values) < 0.05) <= 0.1
    assert kstest(p_values, "uniform").pvalue > 0.01


def test_degrees_of_freedom_taken_off_a_predictor_of_other_rows_would_reject_too_often(of_one_law):
    usual = [
        chi2.sf((one.autocorrelations**2).sum(), 10 - len(one.response)) for one in of_one_law[None]
    ]

    assert np.mean(np.array(usual) < 0.05) > 0.15


@pytest.mark.parametrize("density", [LAW, None])
def test_an_order_too_few_is_found(density):
    p_values = [
        innovation_whiteness(
            innovations(drawn(LAW, 500, [6, i]), drawn(SECOND, 500, [7, i]), density)
        )
        for i in range(10)
    ]

    assert max(p_values) < 0.01


def test_burg_fitted_to_test_rows_is_nearly_the_true_predictor():
    test, generated = drawn(LAW, 500, 8), drawn(LAW, 300, 9)

    fitted, true = innovations(test, generated), innovations(test, generated, LAW)

    assert fitted.parameters["predictor"] == "Burg's of order 3"
    assert fitted.response == pytest.approx([0.75, -0.5, 0.3], abs=0.03)
    assert innovation_ratio(fitted) == pytest.approx(innovation_ratio(true), abs=0.01)


def test_twice_the_innovation_is_four_times_the_ratio():
    test = drawn(LAW, 100, 10)

    assert innovation_ratio(innovations(test, 2 * test, LAW)) == pytest.approx(4)
    assert innovation_ratio(innovations(test, test, LAW)) == 1


def test_white_noise_of_the_same_variance_is_too_rough():
    test = drawn(LAW, 400, 11)
    noise = np.random.default_rng(12).normal(size=test.shape)

    found = innovation_ratio(innovations(test, noise, LAW))

    # White noise of variance one before the true filter: one and the squares of its weights.
    assert found == pytest.approx(1 + 0.75**2 + 0.5**2 + 0.3**2, rel=0.03)


def test_autocorrelations_of_an_autoregression_are_the_true_ones():
    found = moments(drawn(LAW, 4000, 13), drawn(LAW, 10, 14))

    true = LAW.autocovariance[:21] / LAW.autocovariance[0]
    assert found.test.autocorrelations == pytest.approx(true, abs=0.012)
    assert found.parameters == {"n_lags": 20}


def test_the_distance_from_white_noise_is_the_largest_autocorrelation():
    test = drawn(LAW, 2000, 15)
    noise = np.random.default_rng(16).normal(size=test.shape)

    found = moments(test, noise)

    largest = np.abs(LAW.autocovariance[1:21]).max() / LAW.autocovariance[0]
    assert autocorrelation_distance(found) == pytest.approx(largest, abs=0.02)
    assert autocorrelation_distance(moments(test, test)) == 0


def test_white_noise_is_flat_and_an_autoregression_as_flat_as_its_innovations():
    noise = np.random.default_rng(17).normal(size=(2000, 64))

    white = moments(noise, LAW.innovations(drawn(LAW, 2000, 18)))
    law = moments(drawn(LAW, 2000, 19), drawn(Autoregression(LAW.coefficients, 1024), 500, 20))

    assert spectral_flatness(white) == pytest.approx(1, abs=2e-3)
    assert flatness_of_test(white) == pytest.approx(1, abs=2e-3)
    true = 1 / LAW.autocovariance[0]  # Kolmogorov and Szegő: innovation variance over variance
    assert spectral_flatness(law) == pytest.approx(true, abs=0.01)
    assert true == pytest.approx(0.615, abs=5e-4)
    assert flatness_of_test(law) == pytest.approx(0.646, abs=0.015)  # leakage of short rows


def test_a_constant_wave_is_not_flat_at_all():
    wave = np.tile(np.cos(np.arange(64) * np.pi / 4), (5, 1))

    assert spectral_flatness(moments(wave, wave)) == pytest.approx(0, abs=1e-6)


def test_errors_are_those_of_rows_drawn_anew():
    kinds = {
        innovation_ratio: (Innovations, ratio_error),
        spectral_flatness: (SeriesMoments, flatness_error),
    }
    found, said = ({metric: [] for metric in kinds} for _ in range(2))
    for i in range(200):
        given = compared(drawn(LAW, 80, [21, i]), drawn(SECOND, 60, [22, i]), LAW)
        for metric, (kind, error) in kinds.items():
            found[metric].append(metric(given.get(kind.of)))
            said[metric].append(error(given.get(kind.of)))

    for metric in kinds:
        assert np.mean(said[metric]) == pytest.approx(np.std(found[metric]), rel=0.2), metric


def test_refuses_what_is_no_series_or_does_not_vary():
    rows = drawn(LAW, 5, 23)
    for kind in (Innovations, SeriesMoments):
        with pytest.raises(Unavailable, match="not said to be series"):
            kind.of(Comparison(reference=Reference(test=rows), generated=rows))
    with pytest.raises(Unavailable, match="generated series do not vary"):
        moments(rows, np.ones((5, 64)))
    with pytest.raises(Unavailable, match="whole"):
        innovations(np.rint(rows), rows)

"""Low-level statistics of pictures: written out, and known of noise of every slope."""

import numpy as np
import pytest
from scipy.stats import kurtosis, wasserstein_distance

from genbench.evidence import Comparison, Reference, picture_statistics
from genbench.evidence.picture_statistics import (
    LEVELS,
    PictureStatistics,
    as_grey,
    filter_responses,
    gradient_lengths,
    power_spectrum,
    quantiles,
)
from genbench.ground.errors import Unavailable
from genbench.metrics.picture_statistics import (
    contrast_distance,
    filter_kurtosis_gap,
    filter_response_distance,
    log_spectrum_distance,
    slope_error,
    spectral_slope_gap,
    spectrum_by_chance,
)


def statistics(test, generated):
    reference = Reference(test=test, picture=test.shape[1:])
    return PictureStatistics.of(Comparison(reference=reference, generated=generated))


def white(seed, n=200, height=16, width=16):
    return np.random.default_rng(seed).normal(size=(n, height, width))


def coloured(seed, slope, n=200, side=64):
    """Gaussian pictures, periodic, whose power falls as frequency to the minus `slope`."""
    radius = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    radius[0, 0] = np.inf
    amplitudes = np.fft.rfft2(white(seed, n, side, side)) * radius ** (-slope / 2)
    return np.fft.irfft2(amplitudes, s=(side, side))


def test_white_noise_has_power_one_everywhere():
    power = power_spectrum(white(1, n=500))

    # Frequencies next to the constant part lose what was taken off with the mean.
    inside = power[:, 2:-1, 2:-1]
    assert inside.mean(axis=0) == pytest.approx(1, abs=6 * inside.std() / np.sqrt(500))
    assert inside.mean() == pytest.approx(1, abs=0.01)


def test_a_spectrum_is_written_out():
    grey = white(2, n=2, height=8, width=6)
    rows, columns = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n) for n in (8, 6))
    window = np.outer(rows, columns)

    found = power_spectrum(grey)

    for picture, power in zip(grey, found, strict=True):
        centred = (picture - (window * picture).sum() / window.sum()) * window
        for u in range(8):
            for v in range(4):
                wave = np.exp(-2j * np.pi * (u * np.arange(8)[:, None] / 8 + v * np.arange(6) / 6))
                expected = abs((centred * wave).sum()) ** 2 / (window**2).sum()
                assert power[u, v] == pytest.approx(expected, abs=1e-10)
        # Parseval: what the half of frequencies lacks mirrors what lies between its borders.
        total = power[:, 0].sum() + power[:, -1].sum() + 2 * power[:, 1:-1].sum()
        assert total / 48 == pytest.approx((centred**2).sum() / (window**2).sum())


@pytest.mark.parametrize("slope", [1.0, 2.0, 3.0])
def test_power_that_falls_with_a_known_slope_is_found_to(slope):
    found = statistics(white(3, height=64, width=64), coloured(4, slope))

    assert spectral_slope_gap(found) == pytest.approx(-slope, abs=0.03 + 4 * slope_error(found))
    assert slope_error(found) < 0.03


def test_a_slope_is_that_of_rings_by_least_squares():
    test, generated = white(5, n=30), coloured(6, 2, n=25, side=16)

    found = spectral_slope_gap(statistics(test, generated))

    radius = np.hypot(np.fft.fftfreq(16)[:, None], np.fft.rfftfreq(16)) * 16
    slopes = []
    for pictures in (generated, test):
        power = power_spectrum(pictures).mean(axis=0)
        rings = [power[np.abs(radius - ring) < 0.5].mean() for ring in range(1, 8)]
        slopes.append(np.polyfit(np.log(range(1, 8)), np.log(rings), 1)[0])
    assert found == pytest.approx(slopes[0] - slopes[1])


def test_slope_error_is_how_far_gaps_spread():
    found = [statistics(white(2 * i, n=40), white(2 * i + 1, n=40)) for i in range(60)]

    gaps = np.array([spectral_slope_gap(one) for one in found])

    expected = np.sqrt(np.mean([slope_error(one) ** 2 for one in found]))
    assert gaps.std() == pytest.approx(expected, rel=4 / np.sqrt(2 * 60))
    assert abs(gaps.mean()) < 4 * gaps.std() / np.sqrt(60)


def test_log_spectra_differ_by_the_logarithm_of_a_factor_and_by_chance_as_said():
    test = white(7)

    assert log_spectrum_distance(statistics(test, 3 * test)) == pytest.approx(np.log(9))
    found = [statistics(white(2 * i, n=50), white(2 * i + 1, n=30)) for i in range(30)]
    squares = np.array([log_spectrum_distance(one) ** 2 for one in found])
    expected = np.mean([spectrum_by_chance(one) ** 2 for one in found])
    # The next order adds about a share of 1/n.
    error = squares.std() / np.sqrt(30)
    assert squares.mean() == pytest.approx(expected, abs=4 * error + expected / 20)
    assert expected == pytest.approx(1 / 50 + 1 / 30, rel=0.1)


def test_log_spectra_are_written_out():
    test, generated = white(9, n=12, width=10), coloured(10, 1, n=9, side=16)[:, :, :10]

    found = log_spectrum_distance(statistics(test, generated))

    logs = [np.log(power_spectrum(set_).mean(axis=0).ravel()[1:]) for set_ in (test, generated)]
    assert found == pytest.approx(np.sqrt(np.mean((logs[0] - logs[1]) ** 2)))


def test_contrast_is_the_length_of_the_gradient():
    rows, columns = np.indices((9, 10))
    ramp = 3.0 * rows + 4 * columns

    assert gradient_lengths(ramp[None]) == pytest.approx(np.full((1, 8, 9), 5.0))
    noise = white(27, n=1, height=4, width=3)
    for i in range(3):
        for j in range(2):
            down, right = noise[0, i + 1, j] - noise[0, i, j], noise[0, i, j + 1] - noise[0, i, j]
            assert gradient_lengths(noise)[0, i, j] == pytest.approx(np.hypot(down, right))
    found = statistics(np.stack([ramp, ramp]), np.stack([0.4 * ramp, 0.4 * ramp]))
    assert contrast_distance(found) == pytest.approx(3.0)


def test_distances_through_quantiles_are_those_of_all_values():
    test, generated = white(11, n=30), 1.4 * white(12, n=25) + 3

    found = statistics(test, generated)

    contrasts = [gradient_lengths(set_).ravel() for set_ in (test, generated)]
    assert contrast_distance(found) == pytest.approx(wasserstein_distance(*contrasts), rel=0.01)
    responses = [filter_responses(set_) for set_ in (test, generated)]
    expected = np.mean([wasserstein_distance(*pair) for pair in zip(*responses, strict=True)])
    assert filter_response_distance(found) == pytest.approx(expected, rel=0.01)


def test_quantiles_are_numpys():
    values = np.random.default_rng(26).normal(size=37)

    assert quantiles(values) == pytest.approx(np.quantile(values, LEVELS))


def test_responses_are_of_filters_of_mean_zero_and_length_one():
    grey = white(13, n=3, height=10, width=9)

    found = filter_responses(grey)

    shifted = filter_responses(grey + 7)
    assert shifted == pytest.approx(found)
    assert found.shape == (8, 3 * 3 * 2)
    noise = filter_responses(white(14, n=2000, height=8, width=8))
    assert noise.var(axis=1) == pytest.approx(1, abs=5 * np.sqrt(2 / 2000))
    for position, i, j in ((0, 0, 0), (3, 1, 1)):
        picture = np.zeros((1, 10, 9))
        picture[0, i : i + 8, j : j + 8] = grey[0, i : i + 8, j : j + 8]
        assert filter_responses(picture)[:, position] == pytest.approx(found[:, position])


def test_large_pictures_are_looked_at_on_a_grid():
    assert filter_responses(white(15, n=2, height=40, width=24)).shape == (8, 2 * 11 * 9)


def test_tails_are_those_of_all_responses():
    test = white(16)
    heavy = test * np.random.default_rng(17).choice([0.2, 2.0], size=(200, 1, 1))

    found = statistics(test, heavy)

    assert found.test.kurtosis == pytest.approx(3, abs=0.15)
    tails = [kurtosis(filter_responses(set_), axis=1).mean() for set_ in (heavy, test)]
    assert filter_kurtosis_gap(found) == pytest.approx(tails[0] - tails[1])
    # E s^4 / (E s^2)^2 for the scale s.
    expected = 3 * (16 + 0.2**4) / 2 / ((4 + 0.2**2) / 2) ** 2 - 3
    assert filter_kurtosis_gap(found) == pytest.approx(expected, abs=0.5)


def test_a_shift_of_all_values_changes_nothing():
    test = white(18)

    found = statistics(test, test + 5)

    for metric in (
        spectral_slope_gap,
        log_spectrum_distance,
        contrast_distance,
        filter_response_distance,
        filter_kurtosis_gap,
    ):
        assert metric(found) == pytest.approx(0, abs=1e-9)


def test_many_pictures_are_looked_at_in_blocks(monkeypatch):
    test, generated = white(19, n=20), white(20, n=17)
    together = statistics(test, generated)

    monkeypatch.setattr(picture_statistics, "BLOCK_ENTRIES", 1000)

    found = statistics(test, generated)
    for metric in (spectral_slope_gap, log_spectrum_distance, filter_kurtosis_gap):
        assert metric(found) == pytest.approx(metric(together))
    assert spectrum_by_chance(found) == pytest.approx(spectrum_by_chance(together))


def test_colours_are_turned_grey():
    colours = np.random.default_rng(21).uniform(size=(4, 8, 8, 3))

    assert as_grey(colours) == pytest.approx(colours @ [0.299, 0.587, 0.114])
    assert as_grey(colours[..., :2]) == pytest.approx(colours[..., :2].mean(axis=-1))


def test_pictures_without_any_contrast_have_no_tails_but_distances():
    flat = np.ones((5, 8, 8))

    found = statistics(flat, flat)

    assert spectral_slope_gap(found) == log_spectrum_distance(found) == 0
    assert contrast_distance(found) == 0
    assert np.isnan(filter_kurtosis_gap(found))


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("contrast", [1.0, 1e-3, 1e-9])
def test_nothing_comes_near_blank_pictures_in_the_logarithm_of_power(level, contrast):
    """Noise must not have the distance of a perfect model; another blank picture has it."""
    blank = np.full((5, 8, 8), level)
    found = statistics(blank, 0.3 + contrast * white(24)[:, :8, :8])
    alike = statistics(blank, np.full((5, 8, 8), 0.7))

    for metric in (spectral_slope_gap, log_spectrum_distance):
        with pytest.raises(Unavailable, match="test pictures are blank"):
            metric(found)
        assert metric(alike) == 0
    assert contrast_distance(found) > 0.1 * contrast


def test_few_or_small_pictures_are_refused():
    with pytest.raises(Unavailable, match="2 generated"):
        statistics(white(22), white(23, n=1))
    with pytest.raises(Unavailable, match="8 x 8 or more"):
        statistics(white(24, width=7), white(25, width=7))


def test_frequencies_are_in_cycles_per_shorter_side_along_either():
    down = np.cos(2 * np.pi * 3 * np.arange(16) / 16)[:, None] * np.ones(32)
    along = np.cos(2 * np.pi * 3 * np.arange(32) / 16) * np.ones((16, 1))
    scales = np.array([1.0, 2.0])[:, None, None]

    found = statistics(down * scales, along * scales)

    for of in (found.test, found.generated):
        assert found.ring_frequencies[of.ring_power.mean(axis=0).argmax()] == 3


def test_the_error_of_the_slope_adds_up_that_of_both_sets():
    one, other = white(20, n=30), coloured(21, 2, n=50, side=16)

    found, of_one, of_other = (
        slope_error(statistics(*sets)) for sets in ((one, other), (one, one), (other, other))
    )

    assert 2 * found**2 == pytest.approx(of_one**2 + of_other**2)
    assert of_one > 1.1 * of_other


def test_the_error_of_the_slope_is_written_out():
    rng = np.random.default_rng(22)
    test, generated = (
        white(seed, n=n) * rng.lognormal(size=(n, 1, 1)) for seed, n in ((23, 30), (24, 25))
    )

    found = statistics(test, generated)

    logs = np.log(found.ring_frequencies)
    weights = (logs - logs.mean()) / ((logs - logs.mean()) ** 2).sum()
    variance = 0.0
    for of in (found.test, found.generated):
        influence = sum(
            weight * power / power.mean()
            for weight, power in zip(weights, of.ring_power.T, strict=True)
        )
        variance += influence.var(ddof=1) / len(influence)
    assert slope_error(found) == pytest.approx(np.sqrt(variance))

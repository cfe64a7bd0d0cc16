"""Kernel likelihoods: the direct sum, known limits, and who has a say in the bandwidth."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

import genbench
from genbench import distances
from genbench.evidence import KernelLikelihood, LogLikelihoods
from genbench.evidence.kernel_likelihood import (
    FACTORS,
    best_bandwidth,
    choose_bandwidth,
    kernel_log_density,
)
from genbench.metrics.likelihood import (
    kernel_log_likelihood,
    log_likelihood,
    mean_error,
)


def measured(test, generated, seed=0):
    return KernelLikelihood.measure(test, generated, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("block_entries", [1, 100, 10**6])
def test_density_is_the_direct_sum_whatever_the_blocks(monkeypatch, block_entries):
    monkeypatch.setattr(distances, "BLOCK_ENTRIES", block_entries)
    rng = np.random.default_rng(1)
    points, centres = 3 * rng.normal(size=(20, 4)) + 50, rng.normal(size=(30, 4)) + 50

    found = kernel_log_density(points, centres, [0.05, 2.0])

    for width, row in zip([0.05, 2.0], found, strict=True):
        kernels = norm.logpdf(points[:, None], centres, width).sum(axis=2)
        assert row == pytest.approx(logsumexp(kernels, axis=1) - np.log(30), rel=1e-9)


def test_a_blurred_gaussian_has_a_known_likelihood():
    rng, n, m, width = np.random.default_rng(2), 3000, 3000, 0.3
    test, generated = rng.normal(size=(n, 1)), rng.normal(size=(m, 1))

    found = kernel_log_density(test, generated, [width])[0]

    total = 1 + width**2
    expected = -np.log(2 * np.pi * total) / 2 - 1 / (2 * total)
    # The spread over test samples, as if over generated ones too.
    error = found.std() * np.sqrt(1 / n + 1 / m)
    assert found.mean() == pytest.approx(expected, abs=4 * error)


def test_the_chosen_bandwidth_is_the_likeliest():
    rng = np.random.default_rng(3)
    validation, centres = rng.normal(size=(200, 2)), rng.normal(size=(300, 2))

    found = choose_bandwidth(validation, centres)

    widths = list(found * np.array([0.7, 1.0, 1.4]))
    narrow, chosen, wide = kernel_log_density(validation, centres, widths).mean(axis=1)
    assert chosen > max(narrow, wide)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_bandwidth_has_the_unit_of_the_samples(unit):
    rng = np.random.default_rng(4)
    validation, centres = rng.normal(size=(100, 2)), rng.normal(size=(100, 2))

    found = choose_bandwidth(unit * validation, unit * centres)

    assert found == pytest.approx(unit * choose_bandwidth(validation, centres), rel=1e-6)


def test_the_grid_moves_on_to_a_bandwidth_far_from_the_gaps():
    # On a line the nearest of many samples is far nearer than the best bandwidth is wide.
    rng = np.random.default_rng(5)
    validation, centres = rng.uniform(size=(200, 1)), rng.uniform(size=(3000, 1))

    found = choose_bandwidth(validation, centres)

    typical = np.sqrt((np.abs(validation - centres.T).min(axis=1) ** 2).mean())
    around = list(found * np.array([0.5, 1.0, 2.0]))
    narrow, chosen, wide = kernel_log_density(validation, centres, around).mean(axis=1)
    assert found > FACTORS[-1] * typical
    assert chosen > max(narrow, wide)


def test_no_test_sample_has_a_say_in_its_own_bandwidth():
    rng = np.random.default_rng(6)
    test, generated = rng.normal(size=(40, 2)), rng.normal(size=(50, 2))
    outlier = test.copy()
    outlier[7] = [30.0, 30.0]

    before, after = measured(test, generated), measured(outlier, generated)

    same_width = np.equal(before.bandwidths, after.bandwidths)
    same_density = before.log_densities == after.log_densities
    assert same_width.sum() == 1
    assert same_density.sum() == 20 - 1  # the outlier's half, but for itself
    assert not same_density[7]


def test_samples_shrunk_to_the_mean_beat_the_truth_in_many_dimensions():
    rng, d = np.random.default_rng(7), 20
    test, real, other = rng.normal(size=(3, 500, d))

    truth = kernel_log_likelihood(measured(test, real))
    shrunken = kernel_log_likelihood(measured(test, 0.6 * other))

    # Known and documented: the estimate is a contest of bandwidths.
    entropy = d / 2 * np.log(2 * np.pi * np.e)
    assert truth < shrunken < -entropy


def test_copies_of_the_test_set_have_no_likelihood():
    test = np.random.default_rng(8).normal(size=(50, 2))

    score = genbench.score(test=test, generated=test.copy(), metrics="kde")["kde"]

    assert (score.status, score.value) == ("skipped", None)
    assert score.reason == "Every test sample is among the generated ones: no bandwidth is best."


def test_likelihoods_are_means_with_the_error_of_one():
    log_densities = np.array([-1.0, -2.0, -6.0])
    kernel = KernelLikelihood(log_densities, (1.0, 1.0))

    assert log_likelihood(LogLikelihoods(log_densities)) == kernel_log_likelihood(kernel) == -3
    expected = np.std(log_densities, ddof=1) / np.sqrt(3)
    assert mean_error(LogLikelihoods(log_densities)) == pytest.approx(expected)


@pytest.mark.parametrize("width", [0.01, 0.3, 50.0])
def test_the_top_of_a_parabola_is_found_exactly_however_far_it_lies(width):
    found = best_bandwidth(1.0, lambda grid: -((np.log(grid) - np.log(width)) ** 2))

    assert found == pytest.approx(width)


@pytest.mark.parametrize(("n", "m"), [(20, 30), (30, 20)])
def test_every_test_sample_has_a_density_however_many_are_generated(n, m):
    rng = np.random.default_rng(11)

    found = measured(rng.normal(size=(n, 2)), rng.normal(size=(m, 2)))

    assert found.log_densities.shape == (n,)
    assert np.isfinite(found.log_densities).all()

"""Maximum mean discrepancies against full matrices and against expectations of Gaussians."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

import genbench
from genbench import distances
from genbench.evidence import Comparison, Kernels, Reference
from genbench.evidence.kernel_means import median_distance
from genbench.evidence.pair_means import KernelMeans, PairMeans, means_between, means_within
from genbench.metrics.kernel_distances import kernel_distance, maximum_mean_discrepancy


def kernels_of(test, generated):
    return Kernels.of(Comparison(reference=Reference(test=test), generated=generated))


def written_out(kernel, test, generated):
    """The U-statistic, from three full matrices."""
    n, m = len(test), len(generated)
    within_test, within_generated = kernel(test, test), kernel(generated, generated)
    return (
        (within_test.sum() - np.trace(within_test)) / (n * (n - 1))
        + (within_generated.sum() - np.trace(within_generated)) / (m * (m - 1))
        - 2 * kernel(test, generated).mean()
    )


def mean_is(expected, draws):
    """Hold a mean to its expectation, within four standard errors."""
    error = np.std(draws, ddof=1) / np.sqrt(len(draws))
    return np.mean(draws) == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize("block_entries", [1, 50, 10**6])
def test_matches_full_matrices_whatever_the_blocks(monkeypatch, block_entries):
    monkeypatch.setattr(distances, "BLOCK_ENTRIES", block_entries)
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(11, 3)), rng.normal(size=(9, 3)) * 1.5 + 0.5

    kernels = kernels_of(test, generated)

    width = np.median(pdist(test))
    assert kernels.width == pytest.approx(width)
    assert maximum_mean_discrepancy(kernels) == pytest.approx(
        written_out(lambda x, y: np.exp(-(cdist(x, y) ** 2) / (2 * width**2)), test, generated)
    )
    assert kernel_distance(kernels) == pytest.approx(
        written_out(lambda x, y: (x @ y.T / 3 + 1) ** 3, test, generated)
    )


def test_kernel_distance_of_scaled_gaussians_has_a_closed_form():
    rng, d, s = np.random.default_rng(2), 4, 1.3

    draws = [
        kernel_distance(kernels_of(rng.normal(size=(80, d)), s * rng.normal(size=(50, d))))
        for _ in range(300)
    ]

    assert mean_is(3 * (1 - s**2) ** 2 / d, draws)


def test_kernel_distance_of_shifted_gaussians_has_a_closed_form():
    rng, d = np.random.default_rng(3), 4
    shift = np.array([0.5, -0.5, 1.0, 0.0])
    M = shift @ shift

    draws = [
        kernel_distance(kernels_of(rng.normal(size=(80, d)), rng.normal(size=(50, d)) + shift))
        for _ in range(300)
    ]

    within_shifted = (
        (M**3 + 3 * M * (2 * M + d) + 6 * M) / d**3 + 3 * (d + 2 * M + M**2) / d**2 + 3 * M / d + 1
    )
    assert mean_is((1 + 3 / d) + within_shifted - 2 * (1 + 3 * (d + M) / d**2), draws)


def test_gaussian_kernel_of_gaussians_has_a_closed_form():
    rng, d, s, n = np.random.default_rng(4), 3, 1.5, 150
    shift = np.array([1.0, 0.0, 0.0])

    def mean_kernel(width, variances, squared_shift=0.0):
        total = width**2 + variances
        return (width**2 / total) ** (d / 2) * np.exp(-squared_shift / (2 * total))

    excesses = []
    for _ in range(200):
        kernels = kernels_of(rng.normal(size=(n, d)), s * rng.normal(size=(90, d)) + shift)
        expected = (
            mean_kernel(kernels.width, 2)
            + mean_kernel(kernels.width, 2 * s**2)
            - 2 * mean_kernel(kernels.width, 1 + s**2, 1)
        )
        excesses.append(maximum_mean_discrepancy(kernels) - expected)

    assert mean_is(0, excesses)


def test_a_linear_kernel_leaves_the_means_less_what_chance_adds_to_them():
    rng = np.random.default_rng(11)
    test, generated = rng.normal(size=(30, 3)), 2 * rng.normal(size=(20, 3)) + 1

    def product(points, others):
        return [lambda rows, columns, _: points[rows] @ others[columns].T]

    found = KernelMeans(
        *means_within(product(test, test), test),
        *means_within(product(generated, generated), generated),
        *means_between(product(test, generated), test, generated),
    )

    shift = ((test.mean(axis=0) - generated.mean(axis=0)) ** 2).sum()
    by_chance = sum(part.var(axis=0, ddof=1).sum() / len(part) for part in (test, generated))
    assert found.unbiased == pytest.approx(shift - by_chance, rel=1e-12)


def test_equal_distributions_average_zero_and_fall_below_it_half_of_the_time():
    rng = np.random.default_rng(5)

    found = [kernels_of(rng.normal(size=(60, 2)), rng.normal(size=(40, 2))) for _ in range(200)]

    for metric in (maximum_mean_discrepancy, kernel_distance):
        draws = [metric(kernels) for kernels in found]
        assert mean_is(0, draws)
        # A little more than half of the time, for its law has the longer tail above.
        assert 0.5 - 4 * np.sqrt(0.25 / 200) < np.mean(np.array(draws) < 0) < 0.75


@pytest.mark.parametrize("shift", [0.0, 0.7])
@pytest.mark.parametrize("kernel", ["gaussian", "polynomial"])
def test_the_standard_error_is_the_spread_of_many_draws(kernel, shift):
    """Nearly so for one distribution, where the statistic is degenerate, and so for two."""
    rng = np.random.default_rng(6)

    draws, errors = [], []
    for _ in range(400):
        test, generated = rng.normal(size=(60, 2)), rng.normal(size=(40, 2)) + shift
        means = getattr(kernels_of(test, generated), kernel)
        draws.append(means.unbiased)
        errors.append(means.standard_error)

    # The spread itself is known to 4 %; for one distribution the error is on the large side.
    ratio = np.sqrt(np.mean(np.square(errors))) / np.std(draws, ddof=1)
    assert 0.88 < ratio < (1.12 if shift else 1.5)


def test_the_width_is_that_of_all_rows_whatever_their_order():
    rng = np.random.default_rng(7)
    points = np.arange(10)[:, None] + 0.1 * rng.normal(size=(250, 10, 1))  # classes in a cycle

    width = median_distance(points.reshape(-1, 1))

    assert width == pytest.approx(np.median(pdist(points.reshape(-1, 1))), rel=0.02)


def test_repeats_in_the_test_set_do_not_narrow_the_kernel():
    points = np.array([[0.0], [1.0], [5.0]])

    width = median_distance(np.repeat(points, 20, axis=0) + 1e6)

    assert width == pytest.approx(4)


def test_a_test_set_without_two_different_points_has_no_gaussian_kernel():
    scores = genbench.score(
        test=np.ones((10, 2)), generated=np.zeros((10, 2)), metrics=["mmd", "kid"]
    )

    assert scores["mmd"].status == "skipped"
    assert scores["kid"].value == pytest.approx(8 + 1 - 2)
    assert scores["kid"].parameters == {}  # there is no width to speak of


def test_values_too_large_to_square_have_no_standard_error():
    points = 1e30 * np.random.default_rng(9).normal(size=(2, 20, 3))

    found = genbench.score(test=points[0], generated=points[1], metrics=["kid"])["kid"]

    assert found.status == "ok"
    assert found.value is not None
    assert found.standard_error is None


def pair_means(kernel, *, within):
    n = len(kernel)
    if not within:
        return PairMeans(kernel.mean(axis=1), kernel.mean(axis=0), (kernel**2).mean())
    off = kernel - np.diag(np.diag(kernel))
    rows = off.sum(axis=1) / (n - 1)
    return PairMeans(rows, rows, (off**2).sum() / (n * (n - 1)))


def error_of(kernel, n):
    """Take a kernel of all points (n + m, n + m), test points first."""
    test, generated = (
        pair_means(kernel[:n, :n], within=True),
        pair_means(kernel[n:, n:], within=True),
    )
    return KernelMeans(test, generated, pair_means(kernel[:n, n:], within=False)).standard_error


def symmetric(rng, n):
    table = rng.normal(size=(n, n))
    return table + table.T


def test_what_a_kernel_adds_for_each_point_alone_does_not_move_the_standard_error():
    """The discrepancy does not see a(x) + a(y): the more of it there is, the less it may count."""
    rng = np.random.default_rng(11)
    kernel, alone = symmetric(rng, 15), 1e3 * rng.normal(size=15)

    found = error_of(kernel + alone[:, None] + alone, 6)

    assert found == pytest.approx(error_of(kernel, 6), rel=1e-6)


def test_what_is_left_of_a_kernel_within_a_set_is_found_without_its_diagonal():
    rng, n = np.random.default_rng(12), 200
    alone = 3 * rng.normal(size=n)
    left = rng.normal(size=(400, n, n)) / np.sqrt(2)
    left += np.swapaxes(left, 1, 2)  # of variance one

    found = [pair_means(one + alone[:, None] + alone, within=True).within for one in left[:20]]

    # The mean of n (n - 1) / 2 squares of normals is off by a hundredth, over twenty by less.
    assert np.mean([one.centred_square for one in found]) == pytest.approx(1, abs=0.02)


def test_the_standard_error_is_the_spread_where_features_are_not_centred():
    rng, n = np.random.default_rng(13), 50
    values, errors = [], []
    for _ in range(200):
        test, generated = 100 + rng.normal(size=(2, n, 8))
        score = genbench.score(test=test, generated=generated, metrics=["kid"])["kid"]
        values.append(score.value)
        errors.append(score.standard_error)

    ratio = np.sqrt(np.mean(np.square(errors))) / np.std(values)
    assert 0.8 < ratio < 1.25

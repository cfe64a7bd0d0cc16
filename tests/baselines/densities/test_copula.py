"""Gaussian copulas: marginals that invert, a density with mass one, and columns of mixed kinds."""

import numpy as np
import pytest
from scipy.stats import kstest, lognorm, multivariate_normal, norm, spearmanr

from genbench.baselines.densities.copula import GaussianCopula


def fitted(train, **knobs):
    return GaussianCopula(**knobs).fit(train, rng=np.random.default_rng(0))


def mixed(n):
    """Two columns with correlated scores: a skewed one, and counts from 0 to 4."""
    scores = np.random.default_rng(1).multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], size=n)
    return np.column_stack([np.exp(scores[:, 0]), np.floor(5 * norm.cdf(scores[:, 1]))])


@pytest.mark.parametrize("column", [0, 1])
def test_quantiles_and_densities_belong_to_the_distribution_function(column):
    marginal = fitted(mixed(300)).marginals[column]
    x = np.linspace(-2, 12, 400)
    shares = np.linspace(0.001, 0.999, 400)
    step = 1e-6
    off_edge = np.abs(x[:, None] - marginal.edges).min(axis=1) > step

    slope = (marginal.cdf(x + step) - marginal.cdf(x - step)) / (2 * step)

    assert marginal.cdf(marginal.quantile(shares)) == pytest.approx(shares)
    assert slope[off_edge] == pytest.approx(np.exp(marginal.log_density(x))[off_edge], abs=1e-7)


def test_mass_is_one():
    model = fitted(mixed(300))
    # The middle of each small cell of a grid; cells never cross an edge of the whole numbers.
    x, y = np.arange(-4, 40, 0.005) + 0.0025, np.arange(-0.5, 4.5, 0.05) + 0.025
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    mass = np.exp(model.log_prob(grid)).sum() * 0.005 * 0.05

    assert mass == pytest.approx(1, abs=0.002)  # a jump within a small cell costs a share of it


def test_density_of_normal_samples_is_nearly_normal():
    covariance = np.array([[1.0, -1.2], [-1.2, 4.0]])
    train = np.random.default_rng(2).multivariate_normal([3, 5], covariance, size=20_000)
    points = np.random.default_rng(3).multivariate_normal([3, 5], covariance, size=2_000)

    surplus = multivariate_normal([3, 5], covariance).logpdf(points) - fitted(train).log_prob(
        points
    )

    # What is lost per sample is about (cells - 1) / 2n for each marginal, and the ends.
    assert 0 < surplus.mean() < 0.05


def test_marginals_and_dependence_are_kept_and_whole_numbers_stay_whole():
    train = mixed(4_000)
    train = np.column_stack([train, -(train[:, 0] ** 0.5) + np.random.default_rng(6).random(4_000)])

    samples = fitted(train).sample(8_000, rng=np.random.default_rng(4))

    counts = np.bincount(samples[:, 1].astype(int), minlength=5) / 8_000
    assert (samples[:, 1] == np.rint(samples[:, 1])).all()
    assert counts == pytest.approx(0.2, abs=0.035)  # of training samples and of these: .6 %, .4 %
    assert kstest(samples[:, 0], lognorm(1).cdf).statistic < 0.05
    dependence = spearmanr(samples).statistic - spearmanr(train).statistic
    assert dependence[0, 2] == pytest.approx(0, abs=0.05)
    assert dependence[:, 1] == pytest.approx(0, abs=0.12)  # even noise over cells hides some of it


def test_pixels_share_their_range_and_beyond_it_nothing_is_possible():
    train = np.column_stack([np.zeros(50), np.arange(50) % 8])

    log_prob = fitted(train).log_prob(np.array([[7.0, 3.0], [7.6, 3.0], [-1.0, 3.0]]))

    assert np.isfinite(log_prob).tolist() == [True, False, False]


def test_far_outside_the_density_is_small_and_finite():
    model = fitted(np.random.default_rng(5).normal(size=(100, 2)))

    log_prob = model.log_prob(np.array([[1e3, -1e3], [0.0, 0.0]]))

    assert np.isfinite(log_prob).all()
    assert log_prob[0] < -1e3

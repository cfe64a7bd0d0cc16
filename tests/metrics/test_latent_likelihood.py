"""Bounds from importance weights: a linear-Gaussian model, whose density is known."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from genbench.evidence import Comparison, Reference
from genbench.evidence.importance_weights import ImportanceWeights
from genbench.ground.errors import Unavailable
from genbench.metrics.latent_likelihood import (
    evidence_lower_bound,
    importance_weighted_bound,
    lower_bound_error,
    weighted_bound_error,
)

K, D, WIDTH = 3, 5, 0.7


def weights(log_weights):
    return ImportanceWeights.of(Comparison(reference=Reference(), test_log_weights=log_weights))


@pytest.fixture(scope="module")
def linear():
    """x = A z + noise: samples, their log-density, and a drawer of weights with a wider encoder."""
    rng = np.random.default_rng(1)
    A = rng.normal(size=(D, K))
    x = rng.normal(size=(300, K)) @ A.T + WIDTH * rng.normal(size=(300, D))
    covariance = np.linalg.inv(np.eye(K) + A.T @ A / WIDTH**2)
    mean = x @ A @ covariance / WIDTH**2
    truth = multivariate_normal(np.zeros(D), A @ A.T + WIDTH**2 * np.eye(D)).logpdf(x)

    def draw(n_draws, stretch):
        encoder = multivariate_normal(np.zeros(K), covariance * stretch**2)
        columns = []
        for _ in range(n_draws):
            z = mean + stretch * rng.multivariate_normal(np.zeros(K), covariance, size=len(x))
            residual = x - z @ A.T
            log_joint = (
                -(z**2).sum(axis=1) / 2
                - (residual**2).sum(axis=1) / (2 * WIDTH**2)
                - (K + D) / 2 * np.log(2 * np.pi)
                - D * np.log(WIDTH)
            )
            columns.append(log_joint - encoder.logpdf(z - mean))
        return np.stack(columns, axis=1)

    return truth, draw


def test_the_true_posterior_makes_both_bounds_exact(linear):
    truth, draw = linear

    found = weights(draw(4, 1.0))

    assert found.log_weights == pytest.approx(np.repeat(truth[:, None], 4, axis=1), abs=1e-9)
    assert evidence_lower_bound(found) == pytest.approx(truth.mean())
    assert importance_weighted_bound(found) == pytest.approx(truth.mean())
    assert found.parameters == {"n_draws": 4, "effective_draws": pytest.approx(4)}


def test_a_wider_encoder_loses_its_divergence(linear):
    truth, draw = linear
    log_weights = draw(20, 1.5)

    found = evidence_lower_bound(weights(log_weights))

    lost = K * (np.log(1 / 1.5) + 1.5**2 / 2 - 0.5)  # KL of the encoder to the posterior
    spread = (log_weights - truth[:, None]).std() / np.sqrt(log_weights.size)
    assert truth.mean() - found == pytest.approx(lost, abs=4 * spread)


def test_more_draws_raise_the_weighted_bound_towards_the_truth(linear):
    truth, draw = linear
    log_weights = draw(64, 1.5)

    # The same draws in ever larger groups: each merger of groups can but raise the mean.
    bounds = [
        importance_weighted_bound(weights(log_weights.reshape(-1, n))) for n in (1, 4, 16, 64)
    ]

    assert bounds[0] == pytest.approx(evidence_lower_bound(weights(log_weights)))
    assert bounds == sorted(bounds)
    assert truth.mean() == pytest.approx(bounds[-1], abs=0.03)


def test_is_written_out_by_hand():
    table = np.array([[0.0, np.log(3)], [-800.0, -800.0]])

    found = weights(table)

    assert importance_weighted_bound(found) == pytest.approx((np.log(2) - 800) / 2)
    assert evidence_lower_bound(found) == pytest.approx((np.log(3) / 2 - 800) / 2)
    assert found.effective_draws == pytest.approx([16 / 10, 2])
    assert lower_bound_error(found) == pytest.approx((np.log(3) / 2 + 800) / 2)
    assert weighted_bound_error(found) == pytest.approx((np.log(2) + 800) / 2)


def test_says_when_single_draws_decide():
    table = np.zeros((5, 50))
    table[:, 0] = 100

    assert "worth only 1" in weights(table).warnings[0]
    assert weights(np.zeros((5, 50))).warnings == ()


def test_needs_a_table_of_weights():
    with pytest.raises(Unavailable, match="importance weights"):
        weights(None)
    with pytest.raises(Unavailable, match="table"):
        weights(np.zeros((2, 3, 4)))


def test_a_few_samples_with_good_draws_do_not_speak_for_most():
    table = np.zeros((5, 50))
    table[:3, 0] = 100

    assert "worth only 1" in weights(table).warnings[0]


def test_of_three_draws_or_fewer_no_more_can_be_asked():
    table = np.zeros((5, 3))
    table[:, 0] = 100

    assert weights(table).warnings == ()


def test_errors_are_over_means_of_the_draws_of_each_sample():
    table = np.random.default_rng(2).exponential(size=(6, 3))

    found = weights(table)

    means, log_means = table.mean(axis=1), np.log(np.exp(table).mean(axis=1))
    assert lower_bound_error(found) == pytest.approx(np.std(means, ddof=1) / np.sqrt(6))
    assert weighted_bound_error(found) == pytest.approx(np.std(log_means, ddof=1) / np.sqrt(6))

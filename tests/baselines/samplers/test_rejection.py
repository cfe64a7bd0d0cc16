"""Rejection: a bound that holds, what is kept, and a refusal where it would take too long."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import kstest, multivariate_normal, norm

from genbench.baselines.samplers.rejection import Rejection
from genbench.datasets import load


def fitted(train, **knobs):
    return Rejection(**knobs).fit(train, rng=np.random.default_rng(0))


def two_modes(n):
    rng = np.random.default_rng(1)
    return rng.normal(size=(n, 1)) * 0.5 + rng.choice([-2.0, 2.0], size=(n, 1), p=[0.3, 0.7])


def test_density_is_the_mixture():
    train = np.random.default_rng(2).normal(size=(100, 2)) * [1, 100] + 5
    model = fitted(train, sizes=(2,))

    covariances = np.einsum("kij,klj->kil", model.factors, model.factors)
    covariances *= np.outer(model.scale, model.scale)
    parts = [
        multivariate_normal(model.origin + mean * model.scale, covariance).logpdf(train)
        for mean, covariance in zip(model.means, covariances, strict=True)
    ]

    expected = logsumexp(np.stack(parts, axis=1) + np.log(model.weights), axis=1)
    assert model.log_prob(train) == pytest.approx(expected)


def test_no_point_exceeds_the_bound_which_one_component_attains():
    mixed = fitted(two_modes(400), sizes=(3,))
    x = np.linspace(-30, 30, 60_001)[:, None]  # in standard deviations
    proposal = norm(mixed.centre[0], mixed.proposal_factor[0, 0]).logpdf(x[:, 0])

    excess = mixed._log_density(x) - proposal - mixed.log_bound
    of_each = [
        np.log(weight) + norm(mean[0], factor[0, 0]).logpdf(x[:, 0]) - proposal
        for weight, mean, factor in zip(mixed.weights, mixed.means, mixed.factors, strict=True)
    ]

    assert excess.max() < 0
    assert logsumexp(np.max(of_each, axis=1)) == pytest.approx(mixed.log_bound, abs=1e-5)


def test_what_is_kept_follows_the_density():
    model = fitted(two_modes(400))

    samples = model.sample(5_000, rng=np.random.default_rng(3))[:, 0]

    def distribution(x):
        scaled = (x[:, None] - model.origin[0]) / model.scale[0]
        parts = norm.cdf(scaled, model.means[:, 0], model.factors[:, 0, 0])
        return parts @ model.weights

    assert len(model.weights) == 2
    assert kstest(samples, distribution).pvalue > 1e-3


def test_one_proposal_in_as_many_as_the_bound_is_kept():
    model = fitted(load("ring").train[:500], sizes=(8,))

    # About a hundred were kept in the trial: four standard deviations are 40 %.
    assert 1 / model.expected_acceptance == pytest.approx(np.exp(model.log_bound))
    assert model.acceptance_rate == pytest.approx(model.expected_acceptance, rel=0.4)
    assert 1 / 2_000 < model.expected_acceptance < 1 / 100


def test_what_would_take_too_many_proposals_is_refused():
    rng = np.random.default_rng(4)
    corners = np.array([[0, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]])
    train = rng.normal(size=(400, 4)) * 0.03 + corners[rng.integers(4, size=400)]

    with pytest.raises(ValueError, match=r"about 10\^\d+\.\d proposals for each sample; 100 are"):
        fitted(train, sizes=(4,), max_proposals=100)
    with pytest.raises(ValueError, match="with 4 coordinates; at most 3 are allowed"):
        fitted(train, max_coordinates=3)


def test_one_component_alone_keeps_nearly_all():
    model = fitted(np.random.default_rng(5).normal(size=(200, 3)), sizes=(1,))

    assert model.acceptance_rate > 0.99

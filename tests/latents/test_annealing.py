"""Annealing: bounds on either side of a linear-Gaussian model's known density."""

import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

import genbench
from genbench.ground.errors import BadInput
from genbench.latents.annealing import (
    annealed_log_weights,
    reverse_log_weights,
    schedule,
    upper_bound,
)

K, D, WIDTH, N = 2, 4, 0.5, 25
MAP = np.random.default_rng(1).normal(size=(D, K))


def log_prior(z):
    return -(z**2).sum(dim=1) / 2 - K / 2 * math.log(2 * math.pi)


def log_likelihood(x, z):
    residual = x - z @ torch.tensor(MAP).T
    return -(residual**2).sum(dim=1) / (2 * WIDTH**2) - D * math.log(WIDTH * math.sqrt(2 * math.pi))


def draw(n, generator):
    return torch.randn((n, K), generator=generator, dtype=torch.float64)


MODEL = (log_prior, log_likelihood, draw)


@pytest.fixture(scope="module")
def simulated():
    rng = np.random.default_rng(2)
    z = rng.normal(size=(N, K))
    x = z @ MAP.T + WIDTH * rng.normal(size=(N, D))
    truth = multivariate_normal(np.zeros(D), MAP @ MAP.T + WIDTH**2 * np.eye(D)).logpdf(x)
    return x, z, truth


def estimates(log_weights):
    return logsumexp(log_weights, axis=1) - np.log(log_weights.shape[1])


@pytest.mark.long
def test_lower_and_upper_bound_meet_at_the_log_density(simulated):
    x, z, truth = simulated

    forward = annealed_log_weights(*MODEL, x, n_chains=16, n_steps=100)
    backward = reverse_log_weights(*MODEL, x, z, n_chains=16, n_steps=100)

    assert forward.shape == backward.shape == (N, 16)
    for bound, weights in ((estimates(forward), forward), (upper_bound(backward), -backward)):
        # The mean of 16 weights scatters by their spread, and its log lies lower by about half
        # the square of that.
        spread = np.exp(weights - weights.max(axis=1, keepdims=True))
        relative = spread.var(axis=1) / spread.mean(axis=1) ** 2 / 16
        slack = 4 * np.sqrt(relative.mean() / N) + relative.mean()
        assert bound.mean() == pytest.approx(truth.mean(), abs=slack)
        assert slack < 0.25
    assert forward.mean() < truth.mean() < backward.mean()


def test_weights_average_to_the_density_even_with_few_steps(simulated):
    x, _, truth = simulated

    log_weights = annealed_log_weights(*MODEL, x[:3], n_chains=4000, n_steps=5)

    ratios = np.exp(log_weights - truth[:3, None])
    errors = ratios.std(axis=1) / np.sqrt(4000)
    assert (np.abs(ratios.mean(axis=1) - 1) < 4 * errors).all()
    assert (errors < 0.1).all()


def test_reverse_weights_average_to_the_inverse_density(simulated):
    x, _, truth = simulated
    covariance = np.linalg.inv(np.eye(K) + MAP.T @ MAP / WIDTH**2)
    mean = covariance @ MAP.T @ x[0] / WIDTH**2
    posterior = np.random.default_rng(3).multivariate_normal(mean, covariance, size=4000)

    log_weights = reverse_log_weights(
        *MODEL, np.tile(x[0], (4000, 1)), posterior, n_chains=1, n_steps=25
    )

    ratios = np.exp(truth[0] - log_weights)
    error = ratios.std() / np.sqrt(4000)
    assert ratios.mean() == pytest.approx(1, abs=4 * error)
    assert error < 0.1


def test_more_steps_tighten_the_bound(simulated):
    x, _, truth = simulated

    gaps = [
        truth.mean() - annealed_log_weights(*MODEL, x, n_chains=8, n_steps=n).mean()
        for n in (1, 5, 25)
    ]

    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2] > 0


def test_one_step_is_plain_importance_sampling_from_the_prior(simulated):
    x, _, _ = simulated

    found = annealed_log_weights(*MODEL, x, n_chains=3, n_steps=1, seed=4)

    generator = torch.Generator().manual_seed(4)
    draw(2 * N, generator)  # of the chains that would have found step sizes
    latents = draw(3 * N, generator)
    expected = log_likelihood(torch.tensor(np.tile(x, (3, 1))), latents)
    assert found == pytest.approx(expected.numpy().reshape(3, N).T)


def test_weights_may_be_scored_as_they_are(simulated):
    x, _, truth = simulated
    log_weights = annealed_log_weights(*MODEL, x, n_steps=60)

    found = genbench.score(test=x, test_log_weights=log_weights, metrics=["elbo", "iwae"])

    assert found["elbo"].value < found["iwae"].value == pytest.approx(truth.mean(), abs=0.1)


def test_the_same_seed_walks_the_same_way_and_global_randomness_is_left_alone(simulated):
    x, _, _ = simulated
    before = torch.random.get_rng_state()

    once, again, other = (annealed_log_weights(*MODEL, x, n_steps=4, seed=s) for s in (1, 1, 2))

    assert (once == again).all()
    assert (once != other).any()
    assert (torch.random.get_rng_state() == before).all()


def test_walks_that_explode_are_turned_down():
    def cliff(x, z):
        assert torch.isfinite(z).all()
        return log_likelihood(x, z) - (z**4).sum(dim=1) * 1e4

    found = annealed_log_weights(log_prior, cliff, draw, np.zeros((4, D)), n_steps=30)

    assert np.isfinite(found).all()


def test_the_schedule_is_slow_at_either_end():
    powers = schedule(10)

    assert powers[0] == 0
    assert powers[-1] == 1
    steps = np.diff(powers)
    assert (steps > 0).all()
    assert steps[0] == pytest.approx(steps[-1])
    assert steps[0] < steps[5] / 5


def test_refuses_functions_and_latents_that_do_not_fit(simulated):
    x, z, _ = simulated

    with pytest.raises(BadInput, match="log_likelihood must give"):
        annealed_log_weights(log_prior, lambda x, z: log_likelihood(x, z).sum(), draw, x)
    with pytest.raises(BadInput, match="chain and a step"):
        annealed_log_weights(*MODEL, x, n_chains=0)
    with pytest.raises(BadInput, match="as many latents"):
        reverse_log_weights(*MODEL, x, z[:5])

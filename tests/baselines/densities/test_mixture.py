"""Gaussian mixtures: all modes, an exact density, and samples in no order."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from genbench.baselines.densities.mixture import Mixture
from genbench.datasets import load


def fitted(train, **knobs):
    return Mixture(**knobs).fit(train, rng=np.random.default_rng(0))


def test_density_is_the_weighted_sum_of_the_components():
    train = np.concatenate([np.random.default_rng(1).normal(size=(100, 2)), np.eye(2) * 5 + 0.5])
    model = fitted(train * [1, 100], sizes=(3,), restarts=1)

    covariances = np.einsum("kij,klj->kil", model.factors, model.factors)
    covariances *= np.outer(model.scale, model.scale)
    components = [
        multivariate_normal(model.origin + mean * model.scale, covariance).logpdf(train)
        for mean, covariance in zip(model.means, covariances, strict=True)
    ]

    expected = logsumexp(np.stack(components, axis=1) + np.log(model.weights), axis=1)
    assert model.log_prob(train) == pytest.approx(expected)


@pytest.mark.parametrize(("dataset", "n_modes"), [("ring", 8), ("grid", 25)])
def test_finds_every_mode(dataset, n_modes):
    data = load(dataset)
    model = fitted(data.train, sizes=(n_modes,), least_variances=(1e-6,), restarts=4)

    samples = model.sample(2000, rng=np.random.default_rng(1))

    near = np.linalg.norm(samples[:, None] - data.density.centres, axis=2) < 0.3
    assert near.any(axis=1).mean() > 0.97
    assert near.mean(axis=0) == pytest.approx(1 / n_modes, rel=0.5)


def test_held_out_samples_choose_the_true_number_of_modes():
    train = load("ring").train[:600]

    model = fitted(train, sizes=(1, 2, 4, 8), least_variances=(1e-6, 1e-1), restarts=1)

    assert (model.size, model.least_variance) == (8, 1e-6)


def test_samples_are_not_grouped_by_component_and_differ_from_call_to_call():
    rng = np.random.default_rng(2)
    train = np.concatenate([rng.normal(size=(50, 1)) - 50, rng.normal(size=(50, 1)) + 50])
    model = fitted(train, sizes=(2,), restarts=1)

    first, second = model.sample(100, rng=rng), model.sample(100, rng=rng)

    assert (np.diff(np.sign(first[:, 0])) != 0).sum() > 25
    assert not np.array_equal(first, second)


def test_mass_is_one_on_whole_numbers():
    rng = np.random.default_rng(3)
    train = np.rint(rng.normal(size=(100, 2)) * 2)
    model = fitted(train, sizes=(1, 2), restarts=1)
    axis = np.linspace(-15, 15, 300)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)

    mass = np.exp(model.log_prob(grid)).sum() * (axis[1] - axis[0]) ** 2

    assert mass == pytest.approx(1, abs=1e-3)

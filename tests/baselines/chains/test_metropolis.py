"""Random-walk chains: they reach the distribution they are given, and say when they do not."""

import numpy as np
import pytest

from genbench.baselines.chains.metropolis import Metropolis


def rng():
    return np.random.default_rng(0)


def test_reaches_a_distribution_that_the_training_samples_do_not_have():
    def log_density(samples):  # normal, with means 1 and -1 and standard deviations 2 and .5
        return -(((samples - [1, -1]) / [2, 0.5]) ** 2).sum(axis=1) / 2

    train = rng().normal(size=(200, 2)) * 3
    model = Metropolis(log_density, n_chains=1000, burn_in=200).fit(train, rng=rng())

    samples = model.sample(3000, rng=rng())

    assert samples.mean(axis=0) == pytest.approx([1, -1], abs=0.2)
    assert samples.std(axis=0) == pytest.approx([2, 0.5], rel=0.1)
    assert model.acceptance_rate == pytest.approx(0.25, abs=0.07)


def test_hops_give_modes_their_weights_which_training_samples_misjudge():
    def log_density(samples):  # nine parts at 100, one at 0
        return np.logaddexp(
            np.log(0.9) - (samples[:, 0] - 100) ** 2 / 2, np.log(0.1) - samples[:, 0] ** 2 / 2
        )

    train = rng().normal(size=(200, 1)) + rng().choice([0.0, 100.0], size=(200, 1))
    hopping = Metropolis(log_density, n_chains=1000).fit(train, rng=rng())
    stuck = Metropolis(log_density, n_chains=200, hop_share=0).fit(train, rng=rng())

    share = (hopping.sample(1000, rng=rng()) > 50).mean()

    assert share == pytest.approx(0.9, abs=0.04)
    assert hopping.r_hat < 1.2
    assert stuck.r_hat > 2


def test_walks_on_a_kernel_density_of_the_training_samples_by_default():
    train = rng().normal(size=(500, 2)) * [1, 100]
    model = Metropolis(n_chains=500, burn_in=100).fit(train, rng=rng())

    samples = model.sample(500, rng=rng())

    assert samples.mean(axis=0) == pytest.approx([0, 0], abs=20)
    assert samples.std(axis=0) == pytest.approx([1, 100], rel=0.2)


def test_the_walk_stays_where_the_density_is_not_zero():
    def log_density(samples):
        return np.where(samples[:, 0] > 0, -samples[:, 0], -np.inf)

    train = rng().exponential(size=(100, 1))
    model = Metropolis(log_density, n_chains=500, burn_in=100).fit(train, rng=rng())

    samples = model.sample(1000, rng=rng())

    assert (samples > 0).all()
    assert samples.mean() == pytest.approx(1, abs=0.15)


def test_a_flat_density_that_accepts_every_step_is_refused():
    train = rng().normal(size=(50, 2))

    with pytest.raises(RuntimeError, match="accept"):
        Metropolis(lambda samples: np.zeros(len(samples)), burn_in=20).fit(train, rng=rng())


def test_a_density_that_is_not_a_number_is_refused():
    train = rng().normal(size=(50, 2))

    with pytest.raises(FloatingPointError, match="NaN"):
        Metropolis(lambda samples: np.full(len(samples), np.nan)).fit(train, rng=rng())


def test_a_density_that_rejects_every_step_is_refused():
    train = rng().normal(size=(50, 2))

    def log_density(samples):
        return np.where(np.isin(samples[:, 0], train[:, 0]), 0.0, -np.inf)

    with pytest.raises(RuntimeError, match=r"accept 0\.0%"):
        Metropolis(log_density, burn_in=50).fit(train, rng=rng())

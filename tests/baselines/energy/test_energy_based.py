"""Chains that leave a known density as it is, and slopes of the energy in units of the data."""

import numpy as np
import pytest
import torch
from scipy.stats import kstest, norm

from genbench.baselines.energy.energy_based import Energy, EnergyBased, _walk


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def gaussian(rng):
    return rng.normal(size=(200, 2)) @ np.array([[20.0, 0.0], [10.0, 3.0]]) + 70


def quick(train, rng, **settings):
    return EnergyBased(**({"steps": 20, "hidden": 8, "buffer": 200} | settings)).fit(train, rng=rng)


@pytest.mark.parametrize("stride", [0.5, 2.0])
def test_chains_draw_from_the_energy_however_long_their_steps(stride):
    energy = Energy(1, hidden=4, n_frequencies=1)  # untrained: the energy of a normal distribution
    generator = torch.Generator().manual_seed(0)

    drawn, accepted = _walk(energy, torch.zeros(3000, 1), stride, 30, generator)

    assert kstest(drawn[:, 0].numpy(), norm.cdf).pvalue > 0.01
    assert 0 < accepted < 1


def test_leaps_carry_chains_across_a_valley_in_the_right_proportion():
    class TwoWells(Energy):
        def forward(self, x):
            left = -((x[:, 0] + 2) ** 2) / 0.02 + np.log(0.3)
            right = -((x[:, 0] - 1) ** 2) / 0.02 + np.log(0.7)
            return -torch.logaddexp(left, right)

    generator = torch.Generator().manual_seed(0)
    start = torch.full((1000, 1), -2.0)

    drawn, _ = _walk(TwoWells(1, hidden=4, n_frequencies=1), start, 0.01, 500, generator)

    # 100 leaps, one in thirty accepted; .04 is over two and a half standard errors.
    assert (drawn > 0).float().mean() == pytest.approx(0.7, abs=0.04)


def test_short_steps_are_nearly_always_accepted_and_long_ones_seldom():
    energy, generator = Energy(5, hidden=4, n_frequencies=1), torch.Generator().manual_seed(0)
    start = torch.randn((500, 5), generator=generator)

    shares = [_walk(energy, start, stride, 5, generator)[1] for stride in (0.01, 1.0, 10.0)]

    assert shares[0] > 0.98
    assert shares[0] > shares[1] > shares[2]
    assert shares[2] < 0.2


def test_an_untrained_model_is_the_gaussian_of_the_data(gaussian, rng):
    model = quick(gaussian, rng, steps=1, learning_rate=0)
    points = gaussian[:10]

    samples, score = model.sample(200, rng=rng), model.score(points)

    precision = np.linalg.inv(np.cov(gaussian.T, bias=True))
    expected = -(points - gaussian.mean(axis=0)) @ precision
    np.testing.assert_allclose(score, expected, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(np.cov(samples.T), np.cov(gaussian.T), rtol=0.4)


def test_the_score_is_the_gradient_of_the_unnormalised_density(gaussian, rng):
    model = quick(gaussian, rng)
    points, step = gaussian[:10], 0.1
    shifts = step * np.eye(2)

    score = model.score(points)

    density = model.unnormalised_log_density
    slopes = [(density(points + s) - density(points - s)) / (2 * step) for s in shifts]
    np.testing.assert_allclose(score, np.column_stack(slopes), rtol=0.02, atol=2e-4)


@pytest.mark.long
def test_training_raises_the_density_of_data_above_that_of_the_gap_between(rng):
    train = np.concatenate([rng.normal(-4, 0.5, size=(300, 1)), rng.normal(4, 0.5, size=(300, 1))])
    model = quick(train, rng, steps=100, hidden=32, learning_rate=5e-3)

    left, gap, right = model.unnormalised_log_density(np.array([[-4.0], [0.0], [4.0]]))

    assert min(left, right) > gap + 1


def test_chains_that_are_stuck_are_no_samples(gaussian, rng):
    model = quick(gaussian, rng)
    model.stride = 1e4

    with pytest.raises(FloatingPointError, match=r"stuck: 0\.0% of moves"):
        model.sample(10, rng=rng)

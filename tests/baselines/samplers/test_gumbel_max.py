"""Gumbel-max: categories by noisy maxima, and the density of values inside them."""

import numpy as np
import pytest

from genbench.baselines.samplers.gumbel_max import GumbelMax, gumbel_max


def fitted(train, **knobs):
    return GumbelMax(**knobs).fit(train, rng=np.random.default_rng(0))


def test_noisy_maxima_have_the_probabilities_of_their_scores_up_to_a_constant():
    probabilities = np.array([0.5, 0.3, 0.15, 0.05])

    drawn = gumbel_max(np.log(probabilities) + 7, 40_000, np.random.default_rng(1))

    share = np.bincount(drawn) / 40_000
    assert share == pytest.approx(probabilities, abs=0.01)  # four standard deviations


def test_a_gumbel_number_that_all_categories_share_draws_only_the_likeliest():
    class Shared:
        def exponential(self, size):
            return np.repeat(np.random.default_rng(2).exponential(size=(size[0], 1)), size[1], 1)

    drawn = gumbel_max(np.log([0.3, 0.4, 0.3]), 100, Shared())

    assert (drawn == 1).all()


def test_whole_numbers_have_their_smoothed_frequencies():
    train = np.array([[2.0, 5.0], [2.0, 5.0], [3.0, 5.0]])

    log_prob = fitted(train, added=0.5).log_prob(
        np.array([[2.0, 5.0], [3.0, 4.0], [1.0, 5.0], [2.0, 6.0]])
    )

    assert np.exp(log_prob) == pytest.approx([2.5 * 3.5 / 25, 1.5 * 0.5 / 25, 0, 0])


def test_mass_is_one_and_the_ends_are_exponential():
    train = np.random.default_rng(3).normal(size=(50, 2)) * [1, 10]
    model = fitted(train)
    low, step = model.low - 15 * model.width, model.width / 20
    x, y = (low[j] + step[j] * (np.arange(20 * (model.n_categories + 30)) + 0.5) for j in (0, 1))
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    mass = np.exp(model.log_prob(grid)).sum() * step.prod()

    far = model.log_prob(np.array([model.low, model.low - model.width]))
    assert mass == pytest.approx(1, abs=1e-3)  # steps of a twentieth, squared, over 24
    assert far[0] - far[1] == pytest.approx(2)


def test_samples_fill_bins_as_the_density_says():
    train = np.random.default_rng(4).exponential(size=(300, 1)) * 100
    model = fitted(train, bins=8, added=300)  # so that the ends hold something
    edges = np.linspace(model.low[0] - 2 * model.width[0], model.low[0] + 12 * model.width[0], 29)

    samples = model.sample(40_000, rng=np.random.default_rng(5))

    fine = np.linspace(edges[0], edges[-1], 28_001)
    middles = (fine[1:] + fine[:-1]) / 2
    masses = np.exp(model.log_prob(middles[:, None])).reshape(28, -1).sum(axis=1) * np.diff(fine)[0]
    share = np.histogram(samples, edges)[0] / 40_000
    assert share == pytest.approx(masses, abs=0.01)  # four standard deviations

"""Columns of numbers, counts and categories come back as what they are, tied as they were."""

import numpy as np
import pytest

from genbench.baselines.diffusion.tabular_diffusion import Category, Quantiles, TabularDiffusion


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_category_comes_back_and_noise_goes_to_the_likeliest(rng):
    column = rng.choice([2.0, 5.0, 11.0], size=50)
    category = Category(column)

    flags = category.encode(column, rng)

    assert flags.shape == (50, 3)
    np.testing.assert_array_equal(category.decode(flags), column)
    np.testing.assert_array_equal(category.decode(np.array([[0.1, 0.4, 0.3]])), [5.0])


def test_numbers_become_normal_ones_and_come_back(rng):
    column = rng.exponential(size=4000)
    quantiles = Quantiles(column)

    normal = quantiles.encode(column, rng)

    assert normal.mean() == pytest.approx(0, abs=0.01)
    assert normal.std() == pytest.approx(1, abs=0.01)
    np.testing.assert_allclose(quantiles.decode(normal), column, rtol=0.1, atol=0.01)
    drawn = quantiles.decode(rng.normal(size=(4000, 1)))
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx(
        np.quantile(column, [0.1, 0.5, 0.9]), rel=0.1
    )


def test_equal_whole_numbers_share_their_step_and_come_back_exactly(rng):
    column = np.repeat([0.0, 1.0, 30.0], [70, 20, 10])
    quantiles = Quantiles(column)

    normal = quantiles.encode(column, rng)

    assert len(np.unique(normal)) == 100
    np.testing.assert_array_equal(quantiles.decode(normal), column)
    shares = [(quantiles.decode(rng.normal(size=(20_000, 1))) == v).mean() for v in (0, 1, 30)]
    np.testing.assert_allclose(shares, [0.7, 0.2, 0.1], atol=0.015)  # 4 standard errors


def test_a_mixed_table_keeps_its_kinds_and_its_ties(rng):
    """The number's mean is decided by the category, and the count by the number."""
    kind = rng.integers(3, size=1500)
    number = 4.0 * kind + rng.normal(size=1500)
    count = rng.poisson(np.exp(number / 4))
    train = np.column_stack([10 + kind, number, count]).astype(float)
    model = TabularDiffusion(hidden=64, blocks=2, steps=600, times=100, categories=3)

    samples = model.fit(train, rng=rng).sample(1500, rng=rng)

    assert set(np.unique(samples[:, 0])) == {10.0, 11.0, 12.0}
    assert set(np.unique(samples[:, 2])) <= set(np.unique(train[:, 2]))
    for value in (10, 11, 12):
        of_real, of_drawn = (part[part[:, 0] == value] for part in (train, samples))
        assert len(of_drawn) == pytest.approx(len(of_real), rel=0.25)
        assert of_drawn[:, 1].mean() == pytest.approx(of_real[:, 1].mean(), abs=0.5)
        assert of_drawn[:, 2].mean() == pytest.approx(of_real[:, 2].mean(), rel=0.35)


def test_of_few_samples_training_takes_few_steps():
    model = TabularDiffusion(steps=600, passes=10, batch=50)

    assert model._steps(100) == 20
    assert model._steps(100_000) == 600


def test_a_column_that_never_varies_stays(rng):
    train = np.column_stack([np.full(40, 7.0), np.full(40, 0.5), rng.normal(size=40)])

    samples = TabularDiffusion(hidden=8, steps=5, times=10).fit(train, rng=rng).sample(9, rng=rng)

    np.testing.assert_array_equal(samples[:, :2], np.tile([7.0, 0.5], (9, 1)))

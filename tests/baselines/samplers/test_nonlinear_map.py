"""Zigzags: what their branches are, and that the densities of the branches add up to one."""

import numpy as np
import pytest
from scipy.stats import norm

from genbench.baselines.samplers.nonlinear_map import NonlinearMap, Zigzag
from genbench.datasets import load


def fitted(train, **knobs):
    return NonlinearMap(**knobs).fit(train, rng=np.random.default_rng(0))


def skewed(n):
    return np.random.default_rng(1).exponential(size=n)


@pytest.mark.parametrize("passes", [1, 3, 5])
def test_every_point_is_reached_once_by_each_pass_and_the_slopes_are_those_of_the_map(passes):
    zigzag = Zigzag(skewed(300), passes, cells=6)
    x = np.quantile(skewed(300), [0.1, 0.31, 0.5, 0.93])

    z, slope = zigzag.branches(x)

    there = ~np.isnan(z)
    rise = (zigzag.forward(z + 1e-7) - zigzag.forward(z - 1e-7)) / 2e-7
    assert (there.sum(axis=1) == passes).all()
    assert zigzag.forward(z)[there] == pytest.approx(np.repeat(x, passes))
    assert np.abs(rise)[there] == pytest.approx(slope[there], rel=1e-5)


@pytest.mark.parametrize("i", range(5))
def test_every_pass_sends_its_share_of_noise_below_the_quantiles_of_its_knots(i):
    zigzag = Zigzag(skewed(300), passes=5, cells=4)
    noise = norm.ppf((i + (np.arange(20_000) + 0.5) / 20_000) / 5)

    image = zigzag.forward(noise)

    levels = (np.arange(4) + (i + 0.5) / 5) / 4
    below = [(image < quantile).mean() for quantile in np.quantile(skewed(300), levels)]
    assert below == pytest.approx(levels, abs=0.01)  # knots lie half a thousandth of the range off


def test_density_is_the_sum_over_all_places_that_a_search_finds():
    zigzag = Zigzag(skewed(200), passes=3, cells=4)
    x = np.array([0.2, 0.9, 2.5])
    z = np.linspace(-6, 6, 1_200_001)

    log_density = zigzag.log_density(x)

    image = zigzag.forward(z)
    rises = np.diff(image) / np.diff(z)
    for point, found in zip(x, log_density, strict=True):
        crossed = np.flatnonzero((image[:-1] < point) != (image[1:] < point))
        expected = (norm.pdf(z[crossed]) / np.abs(rises[crossed])).sum()
        assert len(crossed) == 3
        assert np.exp(found) == pytest.approx(expected, rel=1e-3)


def test_mass_is_one():
    model = fitted(load("ring").train[:300], cells=4)
    axis = np.linspace(-6, 6, 401)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)

    mass = np.exp(model.log_prob(grid)).sum() * (axis[1] - axis[0]) ** 2

    assert mass == pytest.approx(1, abs=0.01)  # the density jumps along some twenty lines


def test_samples_are_as_frequent_as_the_density_says():
    train = skewed(500)[:, None] * 100
    model = fitted(train)
    edges = np.linspace(-100, 700, 41)

    samples = model.sample(40_000, rng=np.random.default_rng(2))

    fine = np.linspace(-100, 700, 80_001)
    middles = (fine[1:] + fine[:-1]) / 2
    masses = np.exp(model.log_prob(middles[:, None])).reshape(40, -1).sum(axis=1) * 0.01
    share = np.histogram(samples, edges)[0] / 40_000
    assert share == pytest.approx(masses, abs=0.01)  # four standard deviations


def test_samples_have_the_quantiles_and_correlation_of_training_samples():
    rng = np.random.default_rng(3)
    train = rng.exponential(size=(2_000, 2)) @ np.array([[1.0, 0.8], [0.0, 0.5]]) * [1, 1000]

    samples = fitted(train).sample(20_000, rng=rng)

    assert np.corrcoef(samples.T)[0, 1] == pytest.approx(np.corrcoef(train.T)[0, 1], abs=0.03)
    along = fitted(train[:, :1]).sample(20_000, rng=rng)
    levels = [0.05, 0.25, 0.5, 0.75, 0.95]
    assert np.quantile(along, levels) == pytest.approx(np.quantile(train[:, 0], levels), abs=0.1)


def test_three_passes_are_likelier_on_fresh_samples_than_one():
    train, fresh = load("ring").train[:800], load("ring").test

    gain = fitted(train).log_prob(fresh).mean() - fitted(train, passes=1).log_prob(fresh).mean()

    assert gain > 0


def test_far_outside_the_density_is_small_and_finite():
    model = fitted(np.random.default_rng(4).normal(size=(100, 2)))

    log_prob = model.log_prob(np.array([[1e4, -1e4]]))

    assert np.isfinite(log_prob).all()
    assert log_prob < -1e4


def test_an_even_number_of_passes_is_refused():
    with pytest.raises(ValueError, match="odd passes, not 2"):
        NonlinearMap(passes=2)

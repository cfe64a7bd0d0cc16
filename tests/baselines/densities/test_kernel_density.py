"""Kernel densities: the sum over kernels and the leave-one-out bandwidth, written out."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

from genbench.baselines.densities import kernel_density
from genbench.baselines.densities.kernel_density import KernelDensity


def fitted(train, **knobs):
    return KernelDensity(**knobs).fit(train, rng=np.random.default_rng(0))


def written_out(points, centres, width):
    kernels = norm.logpdf(points[:, None], centres, width).sum(axis=2)
    return logsumexp(kernels, axis=1) - np.log(len(centres))


def test_density_is_the_mean_of_the_kernels(monkeypatch):
    monkeypatch.setattr(kernel_density, "BLOCK_ENTRIES", 100)  # three samples to a block
    rng = np.random.default_rng(1)
    train, points = rng.normal(size=(30, 2)) * [1, 50] + 9, rng.normal(size=(10, 2)) * [1, 50] + 9

    model = fitted(train, bandwidth=0.3)

    expected = written_out(points, train, 0.3 * train.std(axis=0))
    assert model.log_prob(points) == pytest.approx(expected)


def test_bandwidth_maximises_the_leave_one_out_likelihood():
    train = np.random.default_rng(2).normal(size=(50, 2))
    model = fitted(train)

    def leave_one_out(width):
        others = [np.delete(train, i, axis=0) for i in range(len(train))]
        return sum(written_out(train[i : i + 1], rest, width)[0] for i, rest in enumerate(others))

    best = max(leave_one_out(h * train.std(axis=0)) for h in np.geomspace(0.1, 1, 25))
    assert leave_one_out(model.width) > best - 0.05


def test_copies_of_samples_do_not_shrink_the_bandwidth():
    train = np.random.default_rng(3).normal(size=(200, 2))

    once, twice = fitted(train), fitted(np.concatenate([train, train]))

    assert twice.width == pytest.approx(once.width, rel=0.2)


def test_no_kernel_is_narrower_than_a_cell_of_whole_numbers():
    train = np.repeat([[0.0, 3.0], [40.0, 3.0]], 100, axis=0)

    model = fitted(train)

    assert (model.width >= 12**-0.5).all()
    assert model.width[1] == pytest.approx(12**-0.5)


def test_mass_is_one():
    rng = np.random.default_rng(4)
    model = fitted(rng.normal(size=(100, 2)) * [0.5, 2])
    x, y = np.linspace(-4, 4, 200), np.linspace(-16, 16, 200)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)

    mass = np.exp(model.log_prob(grid)).sum() * (x[1] - x[0]) * (y[1] - y[0])

    assert mass == pytest.approx(1, abs=1e-3)


def test_a_single_distinct_sample_is_refused():
    with pytest.raises(ValueError, match="two distinct samples"):
        fitted(np.full((20, 2), 0.5))

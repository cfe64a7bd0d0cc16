"""What chains share: the kernel density that they walk on, and the measure of mixing."""

import numpy as np
import pytest

from genbench.baselines.chains.markov_chains import CENTRES, KernelDensity, split_r_hat


def rng():
    return np.random.default_rng(0)


def test_density_and_gradient_are_those_of_the_kernels_up_to_a_constant():
    points, centres = rng().normal(size=(2, 9, 3))
    width = np.array([0.5, 1.0, 2.0])
    density = KernelDensity(centres, 0.5, 2 * width)
    kernels = np.exp(-(((points[:, None] - centres) / width) ** 2).sum(axis=2) / 2).sum(axis=1)

    log_density, gradient = density.log_density_and_gradient(points)

    steps = 1e-6 * np.eye(3)
    rise = [
        (density.log_density(points + step) - density.log_density(points - step)) / 2e-6
        for step in steps
    ]
    assert log_density == pytest.approx(np.log(kernels))
    assert density.log_density(points) == pytest.approx(np.log(kernels))
    assert gradient == pytest.approx(np.stack(rise, axis=1), abs=1e-6)


def test_the_bandwidth_is_the_one_that_held_out_samples_prefer():
    train = rng().normal(size=(2000, 1)) * 50

    density = KernelDensity.fit(train, train.std(axis=0), np.array([0.001, 0.2, 5.0]), rng())

    assert density.width == pytest.approx(0.2 * train.std(axis=0))


def test_of_very_many_samples_some_are_centres():
    train = rng().normal(size=(CENTRES + 100, 1))

    density = KernelDensity.fit(train, train.std(axis=0), np.array([0.2]), rng())

    centres = density.centres * density.width + density.origin
    assert len(np.unique(centres)) == CENTRES
    assert np.abs(centres - train.T).min(axis=1).max() < 1e-12


def test_no_kernel_is_narrower_than_a_cell_of_whole_numbers():
    train = np.repeat([[0.0, 3.0], [40.0, 3.0]], 100, axis=0)

    density = KernelDensity.fit(train, train.std(axis=0), np.geomspace(1e-3, 2, 30), rng())

    assert density.cell == pytest.approx(12**-0.5)
    assert (density.width >= 12**-0.5).all()


def test_split_r_hat_is_the_formula_written_out():
    trace = rng().normal(size=(10, 3, 1)) + np.arange(3)[:, None]
    halves = [half for chain in trace[:, :, 0].T for half in (chain[:5], chain[5:])]
    within = np.mean([half.var(ddof=1) for half in halves])
    between = 5 * np.var([half.mean() for half in halves], ddof=1)

    assert split_r_hat(trace) == pytest.approx(np.sqrt((4 / 5 * within + between / 5) / within))

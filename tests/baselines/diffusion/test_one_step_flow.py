"""The student goes where the teacher does, in one pass."""

import numpy as np
import pytest
import torch

from genbench.baselines.diffusion.one_step_flow import OneStepFlow

CENTRES = np.array([[-3.0, 10], [3.0, 10], [0.0, 40]])


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    train = CENTRES[rng.integers(3, size=600)] + rng.normal(size=(600, 2)) * [0.3, 1.5]
    return OneStepFlow(hidden=64, pairs=3000, steps=800).fit(train, rng=rng)


def nearest(samples):
    return (np.abs(samples[:, None] - CENTRES) / [1, 5]).sum(axis=-1).argmin(axis=1)


@pytest.mark.long
def test_a_noise_ends_where_the_flow_would_take_it(fitted):
    noise = torch.randn((2000, 2), generator=torch.Generator().manual_seed(5))

    by_flow = fitted.teacher.axes.decode(fitted.teacher.carry(noise))
    with torch.no_grad():
        at_once = fitted.teacher.axes.decode(fitted.network(noise))

    assert (nearest(by_flow) == nearest(at_once)).mean() > 0.97
    assert np.median(np.abs(by_flow - at_once) / [0.3, 1.5]) < 0.5


@pytest.mark.long
def test_samples_take_one_pass_of_the_network(fitted):
    passes = []
    network = fitted.network
    fitted.network = lambda noise: passes.append(len(noise)) or network(noise)

    samples = fitted.sample(900, rng=np.random.default_rng(1))

    fitted.network = network
    assert passes == [900]
    np.testing.assert_allclose(np.bincount(nearest(samples)) / 900, 1 / 3, atol=0.08)


def test_a_budget_is_the_teacher_s_too():
    train = np.random.default_rng(0).normal(size=(100, 2))
    model = OneStepFlow(hidden=8, pairs=50, budget=0.1).fit(train, rng=np.random.default_rng(0))

    assert model.teacher.budget == 0.1

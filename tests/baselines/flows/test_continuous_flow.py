"""The trace is the Jacobian's, and the solver converges as it should."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.continuous_flow import (
    ContinuousFlow,
    Velocity,
    even_times,
    every_axis,
    integrate,
)


def small(**settings):
    return ContinuousFlow(
        **({"hidden": 16, "steps": 40, "batch": 64, "train_solver_steps": 4} | settings)
    )


@pytest.fixture
def random_velocity(with_seed):
    def make(d):
        velocity = Velocity(d, hidden=16).double()
        torch.nn.init.normal_(velocity.output_layer.weight, std=0.3)
        return velocity

    return lambda d: with_seed(lambda: make(d))


def test_the_trace_along_every_axis_is_the_jacobians(random_velocity, points, jacobians):
    velocity, x = random_velocity(4), points(3, 4)

    _, found = velocity(x, 0.3, every_axis(x))

    whole = jacobians(lambda x: velocity(x, 0.3, every_axis(x)), x)
    torch.testing.assert_close(found, torch.einsum("nii->n", whole))


def test_random_signs_estimate_the_trace_without_bias(random_velocity, points):
    velocity, x = random_velocity(4), points(1, 4)
    signs = 2.0 * torch.cartesian_prod(*[torch.arange(2)] * 4).double() - 1  # all there are

    estimates = torch.stack([velocity(x, 0.3, v.view(1, 1, 4))[1] for v in signs])

    _, exact = velocity(x, 0.3, every_axis(x))
    torch.testing.assert_close(estimates.mean(dim=0), exact)
    assert estimates.std() > 0.01


def test_the_integral_of_the_trace_is_the_log_determinant_of_the_whole_way(
    random_velocity, points, jacobians
):
    velocity, x = random_velocity(3), points(3, 3)

    _, found, _ = integrate(velocity, x, every_axis(x), even_times(40))

    whole = jacobians(lambda x: integrate(velocity, x, every_axis(x), even_times(40)), x)
    torch.testing.assert_close(found, torch.linalg.slogdet(whole)[1], atol=1e-5, rtol=0)


@pytest.mark.long
def test_half_the_step_leaves_a_sixteenth_of_the_error(random_velocity, points):
    velocity, x = random_velocity(2), points(50, 2)

    true, few, many = (
        integrate(velocity, x, every_axis(x), even_times(n))[0] for n in (800, 40, 80)
    )

    # Fourth order: 2^4, but for what higher orders add.
    assert 12 < ((few - true).norm() / (many - true).norm()).item() < 20


def test_the_way_back_ends_where_the_way_there_began(random_velocity, points):
    velocity, x = random_velocity(2), points(50, 2)

    there, log_det, _ = integrate(velocity, x, every_axis(x), even_times(40))
    back, lost, _ = integrate(velocity, there, every_axis(x), even_times(40)[::-1])

    torch.testing.assert_close(back, x, atol=1e-5, rtol=0)
    torch.testing.assert_close(lost, -log_det, atol=1e-5, rtol=0)


@pytest.mark.long
def test_steps_are_as_many_as_the_tolerance_asks_for(rng):
    train = np.concatenate([rng.normal(-2, 1, size=(200, 1)), rng.normal(2, 1, size=(200, 1))])
    models = [
        small(tolerance=tolerance).fit(train, rng=np.random.default_rng(1))
        for tolerance in (1e-2, 1e-9)
    ]
    coarse, fine = (model.log_prob(train) for model in models)

    assert models[0].flow.solver_steps < models[1].flow.solver_steps
    assert 0 < np.abs(coarse - fine).max() < 1e-2


@pytest.mark.long
def test_a_velocity_too_stiff_for_the_solver_is_refused(rng):
    with pytest.raises(FloatingPointError, match="too stiff"):
        small(tolerance=0.0).fit(rng.normal(size=(100, 2)), rng=rng)


@pytest.mark.long
def test_an_estimated_trace_trains_a_density_too(rng):
    train = np.exp(rng.normal(size=(300, 3)))
    model = small(exact=0, steps=100).fit(train, rng=rng)

    untrained = small(steps=1, learning_rate=0.0).fit(train, rng=rng)

    assert model.log_prob(train).mean() > untrained.log_prob(train).mean() + 0.3

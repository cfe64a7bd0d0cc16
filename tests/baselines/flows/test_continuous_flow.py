"""The trace is the Jacobian's, the solver converges as it should, and the density is a density."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.continuous_flow import (
    ContinuousFlow,
    Velocity,
    even_clock,
    every_axis,
    integrate,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    return ContinuousFlow(
        **({"hidden": 16, "steps": 40, "batch": 64, "train_solver_steps": 4} | settings)
    )


def wild_field(d):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        field = Velocity(d, hidden=16).double().requires_grad_(False)
        torch.nn.init.normal_(field.last.weight, std=0.3)
    return field


def points(n, d):
    return torch.as_tensor(np.random.default_rng(0).normal(size=(n, d)))


def jacobian(function, point):
    return torch.autograd.functional.jacobian(lambda x: function(x[None])[0], point)


def test_the_trace_along_every_axis_is_the_jacobians():
    field, x = wild_field(4), points(3, 4)

    _, found = field(x, 0.3, every_axis(x))

    for point, trace in zip(x, found, strict=True):
        whole = jacobian(lambda x: field(x, 0.3, every_axis(x))[0], point)
        assert torch.trace(whole).item() == pytest.approx(trace.item())


def test_random_signs_estimate_the_trace_without_bias():
    field, x = wild_field(4), points(1, 4)
    signs = 2.0 * torch.cartesian_prod(*[torch.arange(2)] * 4).double() - 1  # all there are

    estimates = torch.stack([field(x, 0.3, v.view(1, 1, 4))[1] for v in signs])

    _, exact = field(x, 0.3, every_axis(x))
    torch.testing.assert_close(estimates.mean(dim=0), exact)
    assert estimates.std() > 0.01


def test_the_integral_of_the_trace_is_the_log_determinant_of_the_whole_way():
    field, x = wild_field(3), points(3, 3)

    _, volume, _ = integrate(field, x, every_axis(x), even_clock(40))

    for point, change in zip(x, volume, strict=True):
        whole = jacobian(lambda x: integrate(field, x, every_axis(x), even_clock(40))[0], point)
        assert torch.linalg.slogdet(whole)[1].item() == pytest.approx(change.item(), abs=1e-5)


def test_half_the_step_leaves_a_sixteenth_of_the_error():
    field, x = wild_field(2), points(50, 2)

    true, few, many = (integrate(field, x, every_axis(x), even_clock(n))[0] for n in (800, 40, 80))

    # Fourth order: 2^4, but for what higher orders add.
    assert 12 < ((few - true).norm() / (many - true).norm()).item() < 20


def test_an_untrained_flow_is_the_gaussian_of_the_data(rng):
    train = rng.normal(size=(500, 3)) @ np.array([[2, 0, 0], [1, 0.3, 0], [0, 0, 5]]) + 7.1
    model = small(steps=1, rate=0.0).fit(train, rng=rng)

    from scipy.stats import multivariate_normal

    gaussian = multivariate_normal(train.mean(axis=0), np.cov(train.T, bias=True))
    np.testing.assert_allclose(model.log_prob(train[:50]), gaussian.logpdf(train[:50]), atol=1e-5)


def test_the_way_back_ends_where_the_way_there_began():
    field, x = wild_field(2), points(50, 2)

    there, volume, _ = integrate(field, x, every_axis(x), even_clock(40))
    back, lost, _ = integrate(field, there, every_axis(x), even_clock(40)[::-1])

    torch.testing.assert_close(back, x, atol=1e-5, rtol=0)
    torch.testing.assert_close(lost, -volume, atol=1e-5, rtol=0)


def test_steps_are_as_many_as_the_tolerance_asks_for(rng):
    train = np.concatenate([rng.normal(-2, 1, size=(200, 1)), rng.normal(2, 1, size=(200, 1))])
    models = [
        small(tolerance=tolerance).fit(train, rng=np.random.default_rng(1))
        for tolerance in (1e-2, 1e-9)
    ]
    coarse, fine = (model.log_prob(train) for model in models)

    assert models[0].solver_steps < models[1].solver_steps
    assert 0 < np.abs(coarse - fine).max() < 1e-2


def test_a_field_too_stiff_for_the_solver_is_refused(rng):
    with pytest.raises(FloatingPointError, match="too stiff"):
        small(tolerance=0.0).fit(rng.normal(size=(100, 2)), rng=rng)


def test_an_estimated_trace_trains_a_density_too(rng):
    train = np.exp(rng.normal(size=(300, 3)))
    model = small(exact=0, steps=100).fit(train, rng=rng)

    untrained = small(steps=1, rate=0.0).fit(train, rng=rng)

    assert model.log_prob(train).mean() > untrained.log_prob(train).mean() + 0.3


def test_samples_lead_to_noise_and_back(rng):
    train = rng.binomial(16, 0.3, size=(300, 4)).astype(float)
    train[:, 1:] += train[:, :1]  # something to learn
    model = small().fit(train, rng=rng)

    noise = model.encode(train)

    np.testing.assert_allclose(model.decode(noise), train, atol=1e-4)
    assert np.isfinite(model.encode(train + 100)).all()


def test_density_integrates_to_one_in_the_units_of_the_data(rng):
    train = np.concatenate([rng.normal(-20, 4, size=(200, 2)), rng.normal(20, 4, size=(200, 2))])
    model = small().fit(train, rng=rng)
    axis = np.linspace(-100, 100, 201)

    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(model.log_prob(grid)).sum() * 1.0**2

    assert mass == pytest.approx(1, abs=0.01)


def test_density_of_whole_numbers_integrates_to_one_and_ends_beyond_their_range(rng):
    train = rng.binomial(4, 0.3, size=(300, 2)).astype(float)
    model = small(margin=0.05).fit(train, rng=rng)
    free = 5 * 0.05 / 0.9
    edges = np.linspace(-0.5 - free, 4.5 + free, 201)
    axis = (edges[1:] + edges[:-1]) / 2

    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(model.log_prob(grid)).sum() * (edges[1] - edges[0]) ** 2

    assert mass == pytest.approx(1, abs=0.01)
    assert model.log_prob(np.array([[-0.5 - free - 0.01, 2.0]])).tolist() == [-np.inf]

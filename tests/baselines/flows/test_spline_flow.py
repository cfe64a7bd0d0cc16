"""The curves are monotone bijections, and the flow's density is a density."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.spline_flow import Coupling, SplineFlow, Splines

REACH = 3.0


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(**settings):
    return SplineFlow(**({"layers": 4, "hidden": 16, "bins": 4, "steps": 60} | settings))


def wild_splines(n=1):
    """Return curves that bend a lot: the same seven for each of n points."""
    raw = 2 * np.random.default_rng(0).normal(size=(1, 7, 14))
    return Splines(torch.as_tensor(raw).expand(n, 7, 14), REACH)


def wild_coupling(d):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        coupling = Coupling(torch.randperm(d), 16, dropout=0.0, bins=5, reach=REACH).double()
        torch.nn.init.normal_(coupling.leave.weight, std=0.5)
    return coupling


def test_curves_rise_through_their_knots_and_are_the_identity_outside():
    splines = wild_splines()
    inner = [splines.forward(splines.x[..., i])[0] for i in range(6)]
    outside = torch.tensor([[-9.0, -3.1, -3.0, 3.0, 3.1, 9.0, 100.0]], dtype=torch.float64)

    beyond, log_slopes = splines.forward(outside)

    torch.testing.assert_close(torch.stack(inner, dim=-1), splines.y)
    assert (splines.y.diff(dim=-1) > 0).all()
    assert torch.equal(beyond, outside)
    assert (log_slopes == 0).all()


def test_slopes_are_the_derivatives():
    x = torch.linspace(-3.5, 3.5, 61, dtype=torch.float64)[:, None].repeat(1, 7)
    x.requires_grad_()

    y, log_slopes = wild_splines(61).forward(x)

    (derivative,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(log_slopes.exp(), derivative)


def test_slopes_do_not_jump_at_knots():
    splines = wild_splines()

    for i in range(6):
        before = splines.forward(splines.x[..., i] - 1e-9)[1]
        after = splines.forward(splines.x[..., i] + 1e-9)[1]

        torch.testing.assert_close(before, after, atol=1e-4, rtol=0)


def test_raw_zeros_are_the_identity():
    x = torch.linspace(-4, 4, 70, dtype=torch.float64).view(10, 7)

    y, log_slopes = Splines(torch.zeros(10, 7, 14, dtype=torch.float64), REACH).forward(x)

    torch.testing.assert_close(y, x)
    torch.testing.assert_close(log_slopes, torch.zeros_like(x))


@pytest.mark.parametrize("d", [1, 2, 5])
def test_couplings_can_be_inverted(d):
    coupling = wild_coupling(d)
    points = torch.as_tensor(2 * np.random.default_rng(0).normal(size=(200, d)))

    image, _ = coupling(points)

    assert not torch.allclose(image, points, atol=0.1)
    torch.testing.assert_close(coupling.inverse(image), points)


def test_log_determinant_is_the_jacobians():
    coupling = wild_coupling(5)
    points = torch.as_tensor(np.random.default_rng(0).normal(size=(3, 5)))

    _, found = coupling(points)

    for point, log_determinant in zip(points, found, strict=True):
        jacobian = torch.autograd.functional.jacobian(lambda x: coupling(x[None])[0][0], point)
        assert float(torch.linalg.slogdet(jacobian)[1]) == pytest.approx(log_determinant.item())


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
    axis = np.linspace(-100, 100, 401)

    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(model.log_prob(grid)).sum() * 0.5**2

    assert mass == pytest.approx(1, abs=0.01)


def test_density_of_whole_numbers_integrates_to_one_and_ends_beyond_their_range(rng):
    train = rng.binomial(4, 0.3, size=(300, 2)).astype(float)
    model = small(margin=0.05).fit(train, rng=rng)
    free = 5 * 0.05 / 0.9
    edges = np.linspace(-0.5 - free, 4.5 + free, 401)
    axis = (edges[1:] + edges[:-1]) / 2

    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    mass = np.exp(model.log_prob(grid)).sum() * (edges[1] - edges[0]) ** 2

    assert mass == pytest.approx(1, abs=0.01)
    assert model.log_prob(np.array([[-0.5 - free - 0.01, 2.0]])).tolist() == [-np.inf]

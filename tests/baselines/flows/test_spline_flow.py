"""The curves are monotone bijections, and so are the couplings."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.spline_flow import SplineCoupling, Splines

REACH = 3.0


def bent_splines(n=1):
    """Return curves that bend a lot: the same seven for each of n points."""
    raw = 2 * np.random.default_rng(0).normal(size=(1, 7, 14))
    return Splines(torch.as_tensor(raw).expand(n, 7, 14), REACH)


@pytest.fixture
def random_coupling(with_seed):
    def make(d):
        coupling = SplineCoupling(torch.randperm(d), 16, dropout=0.0, bins=5, reach=REACH)
        torch.nn.init.normal_(coupling.conditioner.output_layer.weight, std=0.5)
        return coupling

    return lambda d: with_seed(lambda: make(d))


def test_curves_rise_through_their_knots_and_are_the_identity_outside():
    splines = bent_splines()
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

    y, log_slopes = bent_splines(61).forward(x)

    (derivative,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(log_slopes.exp(), derivative)


def test_slopes_do_not_jump_at_knots():
    splines = bent_splines()

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
def test_couplings_can_be_inverted(d, random_coupling, points):
    coupling, x = random_coupling(d), 2 * points(200, d)

    image, _ = coupling(x)

    assert not torch.allclose(image, x, atol=0.1)
    torch.testing.assert_close(coupling.inverse(image), x)


def test_log_determinant_is_the_jacobians(random_coupling, points, jacobians):
    coupling = random_coupling(5)

    _, found = coupling(points(3, 5))

    torch.testing.assert_close(found, torch.linalg.slogdet(jacobians(coupling, points(3, 5)))[1])

"""Planar layers are bijections however their weights fall."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.planar_flow import PlanarLayer


@pytest.fixture
def random_layer(with_seed):
    def make(d, values):
        layer = PlanarLayer(d).double()
        for name, weight in layer.named_parameters():
            weight.copy_(torch.tensor(values[name]) if name in values else torch.randn_like(weight))
        return layer

    return lambda d, **values: with_seed(lambda: make(d, values))


def test_a_layer_is_the_formula(random_layer):
    layer = random_layer(2, w=[1.0, 2.0], b=[0.5], raw=[0.3, 0.4])
    x = torch.tensor([[0.1, -0.7]], dtype=torch.float64)

    image, _ = layer(x)
    u, along = layer.direction()

    expected = x + u * np.tanh(0.1 - 1.4 + 0.5)
    torch.testing.assert_close(image, expected)
    assert along.item() == pytest.approx((layer.w @ u).item())
    assert (u - layer.raw)[0].item() == pytest.approx((u - layer.raw)[1].item() / 2)  # along w


@pytest.mark.parametrize("d", [1, 2, 5])
def test_log_determinant_is_the_jacobians(d, random_layer, points, jacobians):
    layer, x = random_layer(d), 2 * points(4, d)

    _, found = layer(x)

    torch.testing.assert_close(found.exp(), torch.linalg.det(jacobians(layer, x)))


@pytest.mark.parametrize("raw", [[0.0, 0.0], [-9.0, -9.0], [9.0, 9.0], [3.0, -5.0]])
def test_layers_can_be_inverted(raw, random_layer, points):
    layer, x = random_layer(2, w=[2.0, 1.0], raw=raw), 2 * points(200, 2)

    image, log_determinant = layer(x)

    torch.testing.assert_close(layer.inverse(image), x, atol=1e-9, rtol=0)
    assert torch.isfinite(log_determinant).all()

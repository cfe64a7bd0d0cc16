"""Radial layers are bijections however their weights fall."""

import pytest
import torch

from genbench.baselines.flows.radial_flow import RadialLayer


@pytest.fixture
def random_layer(with_seed):
    def make(d, values):
        layer = RadialLayer(d).double()
        for name, weight in layer.named_parameters():
            weight.copy_(torch.tensor(values[name]) if name in values else torch.randn_like(weight))
        return layer

    return lambda d, **values: with_seed(lambda: make(d, values))


def test_a_layer_is_the_formula(random_layer):
    layer = random_layer(2, centre=[1.0, -1.0], raw_a=0.7, raw_b=1.3)
    x = torch.tensor([[4.0, 3.0]], dtype=torch.float64)  # five from the centre

    image, _ = layer(x)
    a, b = layer.sizes()

    torch.testing.assert_close(image, x + b / (a + 5) * torch.tensor([[3.0, 4.0]]))
    assert a > 0
    assert b > 0


@pytest.mark.parametrize("d", [1, 2, 5])
def test_log_determinant_is_the_jacobians(d, random_layer, points, jacobians):
    layer, x = random_layer(d), 2 * points(4, d)

    _, found = layer(x)

    torch.testing.assert_close(found.exp(), torch.linalg.det(jacobians(layer, x)))


@pytest.mark.parametrize("raw_b", [-9.0, -1.0, 0.0, 9.0])
def test_layers_can_be_inverted(raw_b, random_layer, points):
    layer = random_layer(3, raw_b=raw_b)
    x = torch.cat([2 * points(200, 3), layer.centre[None]])

    image, log_determinant = layer(x)

    torch.testing.assert_close(layer.inverse(image), x, atol=1e-9, rtol=0)
    assert torch.isfinite(log_determinant).all()


def test_a_layer_may_not_fold_space_at_its_centre(random_layer):
    layer = random_layer(2, raw_b=-50.0)

    a, b = layer.sizes()

    assert (1 + b / a).item() == pytest.approx(0.01)

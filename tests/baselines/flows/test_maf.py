"""The layers are autoregressive bijections."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.maf import AutoregressiveLayer, MaskedAutoregressiveFlow


def small(**settings):
    return MaskedAutoregressiveFlow(**({"layers": 3, "hidden": 16, "steps": 60} | settings))


@pytest.fixture
def random_layer(with_seed):
    def make(d):
        layer = AutoregressiveLayer(d, hidden=16, dropout=0.0, bound=2.0)
        torch.nn.init.normal_(layer.conditioner.output_layer.weight)
        return layer

    return lambda d: with_seed(lambda: make(d))


def test_a_coordinate_depends_on_itself_and_those_before_it_only(random_layer, points, jacobians):
    triangle = jacobians(random_layer(5), points(1, 5))[0].flip(
        0
    )  # the layer flips what it puts out
    assert (triangle.triu(1) == 0).all()
    assert (triangle.tril().abs()[np.tril_indices(5)] > 0).all()


def test_log_determinant_is_the_jacobians(random_layer, points, jacobians):
    layer = random_layer(5)

    _, found = layer(points(3, 5))

    torch.testing.assert_close(found, torch.linalg.slogdet(jacobians(layer, points(3, 5)))[1])


@pytest.mark.parametrize("d", [1, 2, 5])
def test_layers_can_be_inverted(d, random_layer, points):
    layer = random_layer(d)

    image, _ = layer(points(30, d))

    torch.testing.assert_close(layer.inverse(image), points(30, d))


def test_a_flow_that_explodes_is_refused_in_one_sentence(rng):
    train = rng.normal(size=(100, 2))

    with pytest.raises(FloatingPointError, match="not finite"):
        small(learning_rate=float("inf")).fit(train, rng=rng)

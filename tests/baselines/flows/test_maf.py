"""The layers are autoregressive bijections."""

import numpy as np
import pytest
import torch
from scipy.stats import norm

from genbench.baselines.flows.maf import (
    AutoregressiveLayer,
    MaskedAutoregressiveFlow,
    MixtureLayer,
)


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


@pytest.fixture
def mixture_layer(with_seed):
    def make(d):
        layer = MixtureLayer(d, hidden=16, dropout=0.0, components=3)
        torch.nn.init.normal_(layer.conditioner.output_layer.weight, std=0.3)
        return layer

    return lambda d: with_seed(lambda: make(d))


def test_a_mixture_layer_gives_points_the_density_of_its_mixtures(mixture_layer, points):
    layer, x = mixture_layer(3), points(20, 3)

    image, log_det = layer(x)

    log_weights, means, log_scales = (part.numpy() for part in layer._mixtures(x))
    each = np.exp(log_weights) * norm.pdf(x.numpy()[:, None], means, np.exp(log_scales))
    by_definition = np.log(each.sum(axis=1)).sum(axis=1)
    found = norm.logpdf(image.numpy()).sum(axis=1) + log_det.numpy()
    np.testing.assert_allclose(found, by_definition, rtol=1e-9)


def test_a_mixture_layer_is_a_bijection_whose_determinant_is_the_jacobians(
    mixture_layer, points, jacobians
):
    layer, x = mixture_layer(3), points(20, 3)

    image, log_det = layer(x)

    torch.testing.assert_close(log_det, torch.linalg.slogdet(jacobians(layer, x))[1])
    assert (jacobians(layer, x).triu(1) == 0).all()
    torch.testing.assert_close(layer.inverse(image), x)


@pytest.mark.parametrize("far", [-9.0, 6.0])
def test_noise_far_out_becomes_a_point_in_the_mixtures_tail_and_not_beyond(far, mixture_layer):
    layer, noise = mixture_layer(1), torch.full((1, 1), far, dtype=torch.float64)

    x = layer.inverse(noise)

    log_weights, means, log_scales = (part.numpy() for part in layer._mixtures(x))
    below = (np.exp(log_weights) * norm.cdf(x.numpy(), means, np.exp(log_scales))).sum()
    assert below == pytest.approx(1e-6 if far < 0 else 1 - 1e-6, rel=1e-6, abs=1e-9)


def test_components_begin_apart(with_seed):
    layer = with_seed(lambda: MixtureLayer(2, hidden=16, dropout=0.0, components=5))

    _, means, _ = layer._mixtures(torch.zeros(1, 2, dtype=torch.float64))

    assert (means.diff(dim=1) > 0.5).all()


@pytest.mark.parametrize(("n", "layers"), [(100, 3), (200, 4)])
def test_mixtures_are_for_plenty_of_samples(n, layers):
    network = small().network(n, 2)

    assert len(network.layers) == layers


def test_a_flow_that_explodes_is_refused_in_one_sentence(rng):
    train = rng.normal(size=(100, 2))

    with pytest.raises(FloatingPointError, match="not finite"):
        small(learning_rate=float("inf")).fit(train, rng=rng)

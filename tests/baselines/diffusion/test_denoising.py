"""The principal axes, and the cells of whole numbers in them."""

import numpy as np
import pytest
import torch

from genbench.baselines.diffusion.denoising import PrincipalAxes, ResidualNetwork


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def gaussian(rng):
    return rng.normal(size=(400, 2)) @ np.array([[2.0, 0.0], [1.0, 0.3]]) + 7


def test_points_along_the_axes_are_uncorrelated_and_lead_back_to_the_data(gaussian):
    axes = PrincipalAxes(gaussian)

    points = axes.encode(gaussian)

    variances = torch.diag(axes.spread**2).numpy()
    np.testing.assert_allclose(np.cov(points.T, bias=True), variances, atol=1e-5)
    np.testing.assert_allclose(axes.decode(points), gaussian, rtol=1e-5)


def test_whole_numbers_share_a_unit_and_fill_their_cells_evenly(rng):
    train = np.column_stack([rng.integers(9, size=5000), rng.integers(2, size=5000)]).astype(float)
    axes = PrincipalAxes(train)

    points = axes.dequantize(axes.encode(train), torch.Generator().manual_seed(0))

    places = axes.decode(points) - train
    assert axes.scale[0] == axes.scale[1]
    assert np.abs(places).max() == pytest.approx(0.5, abs=1e-3)
    np.testing.assert_allclose(places.var(axis=0), 1 / 12, rtol=0.05)
    np.testing.assert_allclose(points.std(dim=0), axes.spread, rtol=0.02)


def test_other_numbers_stay_where_they_are(gaussian):
    axes = PrincipalAxes(gaussian)
    points = axes.encode(gaussian)

    assert torch.equal(axes.dequantize(points, torch.Generator()), points)


def test_samples_that_are_not_finite_are_refused(gaussian):
    with pytest.raises(FloatingPointError, match="not finite"):
        PrincipalAxes(gaussian).decode(torch.tensor([[0.0, torch.inf]]))


def test_the_time_changes_what_a_network_returns_once_it_has_learned():
    network = ResidualNetwork(torch.ones(2), hidden=8, blocks=2)
    points, early, late = torch.ones(3, 2), torch.zeros(3, 1), torch.ones(3, 1)

    untrained = network.correction(points, late, late)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, generator=torch.Generator().manual_seed(0))

    assert (untrained == 0).all()
    outputs = [network.correction(points, time, time) for time in (early, late)]
    assert not torch.allclose(*outputs)

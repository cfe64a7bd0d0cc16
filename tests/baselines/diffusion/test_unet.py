"""The U-Net: nothing until it has learned, told the time, and all parts count."""

import numpy as np
import pytest
import torch

from genbench.baselines.diffusion.unet import Attention, Pixels, UNet
from genbench.baselines.pictures import Shape


@pytest.fixture
def made():
    def made(make):
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.manual_seed(0)
            return make()

    return made


def stirred(network):
    """The same network with weights that are nowhere zero."""
    for weight in network.parameters():
        weight.add_(0.1 * torch.randn_like(weight))
    return network


def noise(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("side", "colours"), [(4, 1), (8, 1), (28, 1), (16, 3)])
def test_it_returns_zero_before_it_has_learned(side, colours, made):
    network = made(lambda: UNet(Shape(side, colours), 8, 1))
    rows, time = noise(3, side**2 * colours), torch.rand(3, 1)

    assert torch.equal(network(rows, time, time), torch.zeros_like(rows))


@torch.no_grad()
def test_each_picture_is_answered_on_its_own_and_by_its_own_time(made):
    network = made(lambda: stirred(UNet(Shape(8, 3), 8, 2)))
    rows, time = noise(4, 192), torch.linspace(0, 1, 4)[:, None]

    together = network(rows, time, time)
    alone = torch.cat([network(rows[i : i + 1], time[i, None], time[i, None]) for i in range(4)])

    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)
    assert (network(rows, time.flip(0), time) - together).abs().max() > 1e-3


@pytest.mark.parametrize("part", ["attention", "blocks", "downsample"])
@torch.no_grad()
def test_the_coarser_scale_and_its_attention_count(part, made):
    network = made(lambda: stirred(UNet(Shape(16, 1), 8, 2)))
    rows, time = noise(2, 256), torch.full((1, 1), 0.5)
    whole = network(rows, time, time)

    for weight in getattr(network, part).parameters():
        weight.zero_()

    assert (network(rows, time, time) - whole).abs().max() > 1e-3


@torch.no_grad()
def test_attention_is_a_softmax_of_products_of_places(made):
    layer = made(lambda: stirred(Attention(8)))
    x = noise(2, 8, 2, 3)

    found = layer(x) - x

    h = layer.norm(x).flatten(2)
    q, k, v = (
        part.view(2, 4, 2, 6)  # pictures, heads, channels of a head, places
        for part in (
            torch.einsum("oc,ncp->nop", layer.qkv.weight[:, :, 0, 0], h) + layer.qkv.bias[:, None]
        ).chunk(3, dim=1)
    )
    weights = (torch.einsum("nhci,nhcj->nhij", q, k) / 2**0.5).softmax(dim=3)
    attended = torch.einsum("nhij,nhcj->nhci", weights, v).reshape(2, 8, 2, 3)
    torch.testing.assert_close(found, layer.proj(attended), atol=1e-5, rtol=1e-4)


def test_pixels_share_a_unit_and_have_spreads_of_their_own():
    rng = np.random.default_rng(0)
    train = rng.normal(size=(500, 16)) * np.linspace(0.5, 8, 16) + 100
    axes = Pixels(train)

    points = axes.encode(train)

    assert float(points.square().mean()) == pytest.approx(1, rel=1e-4)
    torch.testing.assert_close(points.std(dim=0, correction=0), axes.spread, rtol=1e-4, atol=0.0)
    np.testing.assert_allclose(axes.decode(points), train, atol=1e-3)
    assert torch.equal(axes.dequantize(points, torch.Generator()), points)


def test_whole_numbers_get_even_noise_of_one_unit():
    train = np.random.default_rng(0).integers(9, size=(4000, 16)).astype(float)
    train[:, 3] = 5
    axes = Pixels(train)
    points = axes.encode(train)

    noisy = axes.dequantize(points, torch.Generator().manual_seed(0))

    moved = axes.decode(noisy) - train
    assert np.abs(moved).max() <= 0.5001
    np.testing.assert_allclose(moved.var(axis=0), 1 / 12, rtol=0.1)
    torch.testing.assert_close(noisy.std(dim=0), axes.spread, rtol=0.03, atol=0.0)

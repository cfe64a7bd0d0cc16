"""Every part can be inverted, the density is that of a change of variables, and shapes are told."""

import numpy as np
import pytest
import torch

from genbench.baselines.flows.flow import log_density
from genbench.baselines.flows.glow import Glow, MultiScale, Step


def small(**settings):
    return Glow(**({"depth": 1, "hidden": 8, "steps": 20, "batch": 32} | settings))


@pytest.fixture
def random(with_seed):
    def randomise(module):
        module.double()
        for weight in module.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
        return module

    return lambda cls, *shape, **settings: with_seed(
        lambda: randomise(cls(*shape, hidden=8, dropout=0.0, **settings))
    )


def test_steps_can_be_inverted(random, points):
    step = random(Step, 6, bound=2.0)
    maps = points(5, 6, 4, 4)

    image, _ = step(maps)

    assert not torch.allclose(image, maps, atol=0.1)
    torch.testing.assert_close(step.inverse(image), maps)


def test_a_step_is_normalised_by_the_first_pictures(random, points):
    step = random(Step, 6, bound=2.0)
    maps = 5 * points(50, 6, 4, 4) + 7

    step.normalise(maps)
    image = maps * step.log_scale.exp() + step.shift

    torch.testing.assert_close(
        image.mean(dim=(0, 2, 3)), torch.zeros(6).double(), atol=1e-6, rtol=0
    )
    torch.testing.assert_close(image.std(dim=(0, 2, 3)), torch.ones(6).double(), atol=1e-2, rtol=0)


@pytest.mark.parametrize(("side", "colours"), [(4, 1), (8, 1), (4, 3)])
def test_flows_can_be_inverted(side, colours, random, points):
    flow = random(MultiScale, side, colours, depth=2, bound=1.0)
    rows = points(5, side * side * colours)

    noise, _ = flow(rows)

    assert noise.shape == rows.shape
    torch.testing.assert_close(flow.inverse(noise), rows)


def test_density_is_the_noises_times_the_jacobians(random, points, jacobians):
    flow = random(MultiScale, 4, 3, depth=2, bound=1.0)
    rows = points(2, 48)

    normal = torch.distributions.Normal(0.0, 1.0).log_prob(flow(rows)[0]).sum(dim=1)

    expected = normal + torch.linalg.slogdet(jacobians(flow, rows))[1]
    torch.testing.assert_close(log_density(flow, rows), expected)


def test_samples_lead_to_noise_and_back(rng):
    train = rng.binomial(16, 0.3, size=(60, 16)).astype(float)
    model = small().fit(train, rng=rng)

    noise = model.encode(train)

    np.testing.assert_allclose(model.decode(noise), train, atol=1e-4)
    assert np.isfinite(model.encode(train + 100)).all()


def test_bits_are_those_of_pictures_with_even_noise(rng):
    # A fair coin a pixel takes one bit; no density over two cells can promise less, and one with
    # margins beyond the cells and few steps behind it takes somewhat more.
    train = rng.integers(2, size=(300, 16)).astype(float)
    model = small(steps=80).fit(train, rng=rng)

    bits = model.bits_per_dimension(train, rng=np.random.default_rng(1))
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, size=train.shape)

    np.testing.assert_allclose(bits, -model.log_prob(train + noise) / 16 / np.log(2))
    assert 0.98 < bits.mean() < 1.3


@pytest.mark.parametrize("d", [1, 2, 13, 32, 36, 108])
def test_what_is_no_picture_of_its_kind_is_refused_before_any_work(d, rng):
    with pytest.raises(ValueError, match=rf"square pictures.* divisible by 4 .*, not {d}\."):
        Glow().fit(np.zeros((50, d)), rng=rng)


def test_too_few_pictures_are_refused():
    assert "at least 8 pictures, not 7" in Glow().refuses(np.zeros((7, 16)))
    assert Glow().refuses(np.zeros((8, 16))) is None

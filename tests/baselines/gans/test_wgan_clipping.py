"""No weight of the critic leaves the box, which bounds its slope."""

import numpy as np
import pytest
import torch

from genbench.baselines.gans.wgan_clipping import ClippedWassersteinGAN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_no_weight_of_the_critic_is_greater_than_allowed(rng):
    model = ClippedWassersteinGAN(clip=0.05, hidden=16, steps=5).fit(
        rng.normal(size=(50, 2)), rng=rng
    )

    greatest = [weight.abs().max().item() for weight in model.discriminator.parameters()]

    assert max(greatest) == pytest.approx(0.05)  # some meet the bound: it does bind


def test_so_the_critic_is_nowhere_steeper_than_the_weights_allow(rng):
    train = np.full((200, 1), 3.0) + 1e-3 * rng.normal(size=(200, 1))
    model = ClippedWassersteinGAN(hidden=16, steps=40, batch=32).fit(train, rng=rng)

    x = torch.linspace(-3, 3, 7)[:, None].requires_grad_()
    (slope,) = torch.autograd.grad(model.discriminator(x).sum(), x)

    # Three layers 16 wide with weights of .1 at most: 16 * .1 for each but the ends.
    assert slope.abs().max() <= (16 * 0.1) ** 3 * 0.1

"""The steps in mind are gradient steps, and the generator's gradient goes through them."""

import numpy as np
import pytest
import torch
from torch.nn.functional import softplus

from genbench.baselines.gans.adversarial import leaky_relu
from genbench.baselines.gans.unrolled_gan import UnrolledGAN
from genbench.baselines.training import mlp


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def model():
    model = UnrolledGAN(unroll=3, unroll_rate=0.2)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model.discriminator = mlp(2, 8, 8, 1, activation=leaky_relu).double()
    return model


@pytest.fixture
def points(rng):
    real, fake = rng.normal(size=(2, 16, 2)) + np.array([0.0, 1])[:, None, None]
    return torch.tensor(real), torch.tensor(fake)


def test_the_steps_in_mind_are_those_of_plain_gradient_descent(model, points):
    real, fake = points
    later = model.unrolled(dict(model.discriminator.named_parameters()), real, fake)

    optimiser = torch.optim.SGD(model.discriminator.parameters(), lr=0.2)
    for _ in range(3):
        of_real, of_fake = model.discriminator(real), model.discriminator(fake)
        optimiser.zero_grad()
        (softplus(-of_real).mean() + softplus(of_fake).mean()).backward()
        optimiser.step()

    for name, weight in model.discriminator.named_parameters():
        torch.testing.assert_close(later[name], weight)


def test_the_gradient_goes_through_the_steps(model, points):
    real, fake = points
    weights = dict(model.discriminator.named_parameters())

    def loss(moved):
        later = model.unrolled(weights, real, moved)
        return softplus(-torch.func.functional_call(model.discriminator, later, moved)).mean()

    assert torch.autograd.gradcheck(loss, fake.requires_grad_())


def test_the_discriminator_in_earnest_stays_where_it_was(model, points):
    before = [weight.detach().clone() for weight in model.discriminator.parameters()]

    model.unrolled(dict(model.discriminator.named_parameters()), *points)

    torch.testing.assert_close(list(model.discriminator.parameters()), before)

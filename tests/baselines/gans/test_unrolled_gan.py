"""The steps in mind are gradient steps, and the generator's gradient goes through them."""

import numpy as np
import pytest
import torch

from genbench.baselines.gans.unrolled_gan import UnrolledGAN, network, softplus


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def model():
    model = UnrolledGAN(unroll=3, unroll_rate=0.2)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model.discriminator = network(2, 8, 2, 1).double()
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


def test_samples_are_in_the_units_of_the_data(rng):
    centre, spread = np.array([1000, -3]), np.array([10, 0.1])
    train = centre + spread * rng.normal(size=(400, 2))

    model = UnrolledGAN(latent=8, hidden=32, steps=200, batch=32).fit(train, rng=rng)
    samples = model.sample(500, rng=rng)

    # Wide margins: so short a game gets near, in every seed tried, and no nearer.
    assert (np.abs(samples.mean(axis=0) - centre) < 3 * spread).all()
    assert (samples.std(axis=0) < spread * 4).all()


def test_divergence_is_an_error(rng):
    with pytest.raises(FloatingPointError, match="not finite"):
        UnrolledGAN(hidden=8, steps=30, rate=1e30).fit(rng.normal(size=(50, 2)), rng=rng)

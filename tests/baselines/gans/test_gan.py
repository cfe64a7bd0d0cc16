"""Each loss has the slope that theory gives it, and the discriminator learns what is real."""

import numpy as np
import pytest
import torch

from genbench.baselines.gans.gan import GAN, LOSSES


@pytest.fixture
def rng():
    return np.random.default_rng(0)


X = np.linspace(-12, 12, 4001)
SPREAD = 0.8  # of what is generated; the real deviation is 1


def normal(mean, deviation):
    return np.exp(-(((X - mean) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * np.pi))


def integral(values):
    return values.sum() * (X[1] - X[0])  # what is integrated vanishes at both ends


def slope_against_the_best_discriminator(loss, mean):
    """How the mean loss rises as N(mean, SPREAD²) moves on from N(0, 1), D held fast."""
    x = torch.tensor(X, requires_grad=True)
    logit = ((x - mean) / SPREAD) ** 2 / 2 - x**2 / 2 + np.log(SPREAD)  # real over generated
    (slope,) = torch.autograd.grad(LOSSES[loss](logit).sum(), x)
    return integral(normal(mean, SPREAD) * slope.numpy())


def slope_of_jensen_shannon(mean):
    def divergence(mean):
        real, generated = normal(0, 1), normal(mean, SPREAD)
        middle = (real + generated) / 2
        terms = real * np.log(real / middle) + generated * np.log(generated / middle)
        return integral(terms) / 2

    return (divergence(mean + 1e-3) - divergence(mean - 1e-3)) / 2e-3


def test_minimax_goes_down_twice_the_jensen_shannon_divergence():
    slope = slope_against_the_best_discriminator("minimax", 0.7)

    assert slope == pytest.approx(2 * slope_of_jensen_shannon(0.7), rel=1e-5)


def test_non_saturating_goes_down_the_reverse_divergence_less_twice_jensen_shannon():
    slope = slope_against_the_best_discriminator("non_saturating", 0.7)

    # The generated from the real: mean²/2 and more; the identity is Arjovsky and Bottou's, 2017.
    assert slope == pytest.approx(0.7 - 2 * slope_of_jensen_shannon(0.7), rel=1e-5)


def test_maximum_likelihood_goes_down_the_divergence_of_likelihood():
    slope = slope_against_the_best_discriminator("maximum_likelihood", 0.7)

    assert slope == pytest.approx(0.7 / SPREAD**2)  # of the real from the generated


def test_a_loss_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match=r"must be one of minimax, .* not 'hinge'"):
        GAN(loss="hinge")


def test_against_a_generator_that_stands_still_the_discriminator_tells_the_two_apart(rng):
    train = [5, -3] + rng.normal(size=(400, 2)) * [1, 100]

    model = GAN(hidden=32, steps=100, batch=32, learning_rate=0).fit(train, rng=rng)
    of_real, of_generated = (
        model.discriminate(train),
        model.discriminate(model.sample(400, rng=rng)),
    )

    assert of_real.shape == (400,)
    assert min(of_real.min(), of_generated.min()) >= 0
    assert max(of_real.max(), of_generated.max()) <= 1
    assert (
        of_real.mean() > 0.55 > 0.45 > of_generated.mean()
    )  # .62 or more, .42 or less in five seeds

"""Every conjugate is the one that its f has, and its best critic gives the divergence."""

import numpy as np
import pytest
import torch

from genbench.baselines.gans.f_gan import DIVERGENCES, FGAN

every_divergence = pytest.mark.parametrize("name", DIVERGENCES)
OUTPUTS = torch.linspace(-4, 4, 33, dtype=torch.float64)
RATIOS = torch.logspace(-8, 8, 40001, dtype=torch.float64)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@every_divergence
def test_the_conjugate_is_its_definition(name):
    divergence = DIVERGENCES[name]
    t = divergence.activation(OUTPUTS)

    highest = (RATIOS * t[:, None] - divergence.f(RATIOS)).max(dim=1).values

    # Ratios are .1 % apart, and the highest is flat; e^3 is the greatest value.
    torch.testing.assert_close(divergence.conjugate(t), highest, atol=1e-5, rtol=1e-5)


@every_divergence
def test_the_best_critic_reaches_the_divergence_and_no_other_does(name):
    divergence = DIVERGENCES[name]
    x = torch.linspace(-8, 9, 3001, dtype=torch.float64)
    p, q = (torch.exp(-((x - mean) ** 2) / 2) / np.sqrt(2 * np.pi) for mean in (0, 0.5))
    ratio = (p / q).requires_grad_()
    (best,) = torch.autograd.grad(divergence.f(ratio).sum(), ratio)

    def bound(t):
        return torch.trapezoid(p * t - q * divergence.conjugate(t), x).item()

    truth = torch.trapezoid(q * divergence.f(p / q), x).item()
    assert bound(best) == pytest.approx(truth, abs=1e-8)
    assert truth > 0.01
    assert bound(0.9 * best) < truth


@every_divergence
def test_the_belief_is_that_of_the_best_critic(name):
    divergence = DIVERGENCES[name]
    ratio = torch.logspace(-1, 1, 20, dtype=torch.float64).requires_grad_()
    (best,) = torch.autograd.grad(divergence.f(ratio).sum(), ratio)

    belief = divergence.belief(best)

    share = (ratio / (1 + ratio)).detach()
    expected = (share > 0.5).double() if name == "total_variation" else share
    torch.testing.assert_close(belief, expected)


def test_values_are_those_at_which_the_conjugate_is_finite():
    for divergence in DIVERGENCES.values():
        assert divergence.conjugate(divergence.activation(OUTPUTS)).isfinite().all()


@every_divergence
def test_beliefs_are_probabilities(name, rng):
    train = [5, -3] + rng.normal(size=(400, 2)) * [1, 100]

    belief = FGAN(divergence=name, hidden=8, steps=20).fit(train, rng=rng).discriminate(3 * train)

    assert belief.shape == (400,)
    assert 0 <= belief.min() <= belief.max() <= 1


def test_a_divergence_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match=r"must be one of kl, .* not 'hellinger'"):
        FGAN(divergence="hellinger")

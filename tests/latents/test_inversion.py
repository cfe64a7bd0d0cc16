"""Inversion: a linear decoder's nearest is known; a folded one needs restarts."""

import numpy as np
import pytest
import torch

from genbench.ground.errors import BadInput
from genbench.latents.inversion import reconstruct


def test_of_a_linear_decoder_it_is_the_projection():
    rng = np.random.default_rng(1)
    A, offset = rng.normal(size=(6, 2)), rng.normal(size=6)
    samples = rng.normal(size=(120, 6))  # more than a batch

    found = reconstruct(
        lambda z: z @ torch.tensor(A).T + torch.tensor(offset), samples, n_latents=2, restarts=1
    )

    expected = offset + (samples - offset) @ (A @ np.linalg.pinv(A)).T
    error, least = ((found - samples) ** 2).sum(), ((expected - samples) ** 2).sum()
    assert error == pytest.approx(least, rel=1e-11)
    assert found == pytest.approx(expected, abs=1e-5)


def test_its_own_samples_come_back():
    network = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 6))
    generator = torch.Generator().manual_seed(3)
    for weight in network.parameters():
        weight.data = torch.randn(weight.shape, generator=generator)
    network.double()
    samples = network(torch.randn((20, 2), generator=generator).double()).detach()

    found = reconstruct(network, samples.reshape(20, 6), n_latents=2, restarts=8)

    assert ((found - samples.numpy()) ** 2).mean(axis=1).max() < 1e-8
    assert all(weight.grad is None for weight in network.parameters())


def test_restarts_leave_a_local_minimum():
    def folded(z):
        return z**4 / 4 - z**2 * 2 + z  # its slope is zero near 0.25, far from -10

    target = np.full((10, 1), -5.5)

    def error(restarts):
        made = reconstruct(folded, target, n_latents=1, restarts=restarts)
        return ((made - target) ** 2).mean()

    assert error(12) < 1e-8
    assert error(12) <= error(3) <= error(1)


def test_pictures_keep_their_shape():
    samples = np.random.default_rng(4).uniform(size=(3, 4, 5))

    found = reconstruct(lambda z: z.reshape(-1, 4, 5), samples, n_latents=20)

    assert found == pytest.approx(samples, abs=1e-6)


def test_leaves_global_randomness_alone_and_repeats_itself():
    samples = np.random.default_rng(5).normal(size=(5, 2))
    before = torch.random.get_rng_state()

    once, again = (reconstruct(torch.sin, samples, n_latents=2, steps=2, seed=1) for _ in range(2))

    assert (once == again).all()
    assert (torch.random.get_rng_state() == before).all()


def test_refuses_decoders_that_do_not_fit():
    samples = np.zeros((4, 3))

    with pytest.raises(BadInput, match=r"shape \(4, 2\), not \(4, 3\)"):
        reconstruct(lambda z: z, samples, n_latents=2)
    with pytest.raises(BadInput, match="1 or more"):
        reconstruct(lambda z: z, samples, n_latents=3, restarts=0)
    with pytest.raises(BadInput, match="not finite"):
        reconstruct(lambda z: z / 0, samples, n_latents=3)

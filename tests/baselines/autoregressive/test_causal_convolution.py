"""The network also reads the first coordinates of a sample alone."""

import torch

from genbench.baselines.autoregressive.causal_convolution import CausalConvolution


def test_the_first_coordinates_alone_are_read_as_they_are_in_a_whole_sample(rng):
    train = rng.integers(4, size=(60, 9)).astype(float)
    net = CausalConvolution(width=8, epochs=3).fit(train, rng=rng).net.double()
    rows = torch.tensor(rng.integers(4, size=(5, 9)))

    torch.testing.assert_close(net(rows[:, :4]), net(rows)[:, :4], rtol=0, atol=1e-12)

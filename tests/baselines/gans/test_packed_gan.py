"""The discriminator is shown packs; a lone sample gets no verdict."""

import numpy as np
import pytest
from torch import nn

from genbench.baselines.gans.packed_gan import PackedGAN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_pack_is_of_samples_side_by_side(rng, monkeypatch):
    seen = []

    class Watched(nn.Sequential):
        def forward(self, points):
            seen.append(points.detach().clone())
            return super().forward(points)

    monkeypatch.setattr(nn, "Sequential", Watched)
    train = np.arange(50.0)[:, None] * [1, -1] + 0.25  # one coordinate gives the other

    PackedGAN(pack=3, hidden=4, steps=1, batch=8).fit(train, rng=rng)
    real = next(points for points in seen if points.shape == (8, 6)).numpy()

    np.testing.assert_allclose(real[:, ::2], -real[:, 1::2], atol=1e-6)
    assert len(np.unique(real[:, ::2])) > 12  # of 24 draws from 50: they are drawn one by one

"""The discriminator is shown packs; a lone sample gets no verdict."""

import numpy as np
import pytest

from genbench.baselines.gans import adversarial
from genbench.baselines.gans.adversarial import Discriminator
from genbench.baselines.gans.packed_gan import PackedGAN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_pack_is_of_samples_side_by_side(rng, monkeypatch):
    seen = []

    class Watched(Discriminator):
        def forward(self, inputs):
            seen.append(inputs.detach().clone())
            return super().forward(inputs)

    monkeypatch.setattr(adversarial, "Discriminator", Watched)
    train = np.arange(50.0)[:, None] * [1, -1] + 0.25  # one coordinate gives the other

    PackedGAN(pack=3, hidden=4, steps=1, batch=8).fit(train, rng=rng)
    real = seen[0].numpy()

    assert real.shape == (8, 6)

    np.testing.assert_allclose(real[:, ::2], -real[:, 1::2], atol=1e-6)
    assert len(np.unique(real[:, ::2])) > 12  # of 24 draws from 50: they are drawn one by one

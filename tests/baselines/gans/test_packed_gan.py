"""The discriminator is shown packs; a lone sample gets no verdict."""

import numpy as np
import pytest

from genbench.baselines import packed_gan
from genbench.baselines.gans.packed_gan import PackedGAN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_pack_is_of_samples_side_by_side(rng, monkeypatch):
    seen = []

    class Watched(packed_gan.nn.Sequential):
        def forward(self, points):
            seen.append(points.detach().clone())
            return super().forward(points)

    monkeypatch.setattr(packed_gan.nn, "Sequential", Watched)
    train = np.arange(50.0)[:, None] * [1, -1] + 0.25  # one coordinate gives the other

    PackedGAN(pack=3, hidden=4, steps=1, batch=8).fit(train, rng=rng)
    real = next(points for points in seen if points.shape == (8, 6)).numpy()

    np.testing.assert_allclose(real[:, ::2], -real[:, 1::2], atol=1e-6)
    assert len(np.unique(real[:, ::2])) > 12  # of 24 draws from 50: they are drawn one by one


def test_samples_are_in_the_units_of_the_data(rng):
    centre, spread = np.array([1000, -3]), np.array([10, 0.1])
    train = centre + spread * rng.normal(size=(400, 2))

    model = PackedGAN(latent=8, hidden=32, steps=250, batch=16).fit(train, rng=rng)
    samples = model.sample(500, rng=rng)

    # Wide margins: so short a game gets near, in every seed tried, and no nearer.
    assert (np.abs(samples.mean(axis=0) - centre) < 3 * spread).all()
    assert (samples.std(axis=0) < spread * 4).all()


def test_divergence_is_an_error(rng):
    with pytest.raises(FloatingPointError, match="not finite"):
        PackedGAN(hidden=8, steps=30, rate=1e30).fit(rng.normal(size=(50, 2)), rng=rng)

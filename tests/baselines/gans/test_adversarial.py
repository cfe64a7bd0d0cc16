"""What holds for every GAN, and what the shared file does on its own."""

import numpy as np
import pytest
import torch
from torch import nn

from genbench.baselines.gans.adversarial import Units
from genbench.baselines.gans.conditional_gan import ConditionalGAN
from genbench.baselines.gans.f_gan import FGAN
from genbench.baselines.gans.gan import GAN, LOSSES
from genbench.baselines.gans.packed_gan import PackedGAN
from genbench.baselines.gans.r3gan import R3GAN
from genbench.baselines.gans.unrolled_gan import UnrolledGAN
from genbench.baselines.gans.wgan_clipping import ClippedWassersteinGAN
from genbench.baselines.gans.wgan_gp import WassersteinGAN

MODELS = [
    ConditionalGAN,
    FGAN,
    GAN,
    PackedGAN,
    R3GAN,
    UnrolledGAN,
    ClippedWassersteinGAN,
    WassersteinGAN,
]
SHORT = {"latent": 8, "hidden": 32, "batch": 32}
GAMES = {
    **{f"GAN, {loss}": (GAN, {"loss": loss, "steps": 250}) for loss in LOSSES},
    "FGAN": (FGAN, {"steps": 250}),
    "PackedGAN": (PackedGAN, {"steps": 250, "batch": 16}),
    "R3GAN": (R3GAN, {"steps": 250}),
    "UnrolledGAN": (UnrolledGAN, {"steps": 200}),
    "ClippedWassersteinGAN": (ClippedWassersteinGAN, {"steps": 120}),
    "WassersteinGAN": (WassersteinGAN, {"steps": 120, "latent": 64}),
}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


# The others take as long as all the rest of these tests.
QUICK = {f"GAN, {next(iter(LOSSES))}", "R3GAN", "WassersteinGAN"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in GAMES],
)
def test_samples_are_in_the_units_of_the_data(name, rng):
    model, settings = GAMES[name]
    centre, spread = np.array([1000, -3]), np.array([10, 0.1])
    train = centre + spread * rng.normal(size=(400, 2))

    samples = model(**SHORT | settings).fit(train, rng=rng).sample(500, rng=rng)

    # Wide margins: so short a game gets near, in every seed tried, and no nearer.
    assert (np.abs(samples.mean(axis=0) - centre) < 3 * spread).all()
    if model is not ClippedWassersteinGAN:  # its critic hardly sees how wide the data are
        assert (samples.std(axis=0) > spread / 10).all()
    assert (samples.std(axis=0) < spread * 4).all()


@pytest.mark.parametrize("model", MODELS)
def test_whole_numbers_stay_whole_and_in_range(model, rng):
    train = rng.integers(3, 9, size=(100, 4)).astype(float)

    samples = model(hidden=8, steps=20).fit(train, rng=rng).sample(200, rng=rng)

    assert set(np.unique(samples)) <= {3, 4, 5, 6, 7, 8}


@pytest.mark.parametrize("model", MODELS)
def test_divergence_is_an_error(model, rng):
    rate = 1e38 if model is ClippedWassersteinGAN else 1e30

    with pytest.raises(FloatingPointError, match="not finite"):
        model(hidden=8, steps=30, learning_rate=rate).fit(rng.normal(size=(50, 2)), rng=rng)


def test_the_critic_takes_its_steps_for_each_of_the_generator(rng, monkeypatch):
    turns = []
    for name in ("discriminator_loss", "generator_loss"):
        loss = getattr(WassersteinGAN, name)
        monkeypatch.setattr(
            WassersteinGAN,
            name,
            lambda *inputs, name=name, loss=loss: turns.append(name[0]) or loss(*inputs),
        )

    WassersteinGAN(hidden=4, steps=2, critic_steps=3).fit(rng.normal(size=(50, 2)), rng=rng)

    assert "".join(turns) == "dddgdddg"


def test_both_learn_at_one_rate_unless_the_discriminator_has_its_own():
    assert FGAN(learning_rate=5).discriminator_rate == 5
    assert GAN(learning_rate=5, discriminator_rate=2).discriminator_rate == 2


def test_every_fourth_step_pays_for_the_squared_slope_of_each_coordinate(rng):
    model = GAN(slope_penalty=0.3, last_slope_penalty=0.003, steps=4)
    model.units, model.discriminator = Units(rng.normal(size=(50, 3))), nn.Linear(3, 1)
    with torch.no_grad():
        model.discriminator.weight[:] = torch.tensor([1.0, 2, 3])
    real, fake = torch.zeros(2, 5, 3)

    losses = torch.stack([model.discriminator_loss(real, fake, step) for step in range(5)])

    expected = torch.tensor([0.3, 0, 0, 0, 0.003]) * 4 * 3 / 2 * (1 + 4 + 9)
    torch.testing.assert_close(losses - losses[1], expected)


def test_whole_numbers_are_dequantised_within_their_cells_and_others_left_alone(rng):
    whole, other = rng.integers(0, 7, size=(4000, 2)).astype(float), rng.normal(size=(10, 2))
    units = Units(whole)

    moved = units.dequantize(units.standardize(whole)).numpy() * units.scale + units.centre - whole

    assert np.abs(moved).max() <= 0.5 + 1e-6
    np.testing.assert_allclose(moved.std(axis=0), np.sqrt(1 / 12), rtol=0.05)
    points = Units(other).standardize(other)
    assert torch.equal(Units(other).dequantize(points), points)


def test_what_is_in_the_units_of_the_data_comes_back(rng):
    train = rng.normal(size=(100, 2)) * [1e-3, 100] + [5, -3]
    units = Units(train)

    points = units.standardize(train)

    np.testing.assert_allclose(points.mean(dim=0), 0, atol=1e-5)
    np.testing.assert_allclose(points.std(dim=0, correction=0), 1, rtol=1e-5)
    np.testing.assert_allclose(units.samples(points), train, rtol=1e-5)
    with pytest.raises(FloatingPointError, match="not finite"):
        units.samples(torch.full((1, 2), torch.inf))

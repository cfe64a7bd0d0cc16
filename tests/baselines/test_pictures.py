"""Which samples are pictures, how rows become maps, and how many steps larger pictures get."""

import numpy as np
import pytest
import torch

from genbench.baselines.diffusion.unet_flow_matching import UNetFlowMatching
from genbench.baselines.gans.convolutional_wgan_gp import ConvolutionalWGAN
from genbench.baselines.gans.dcgan import DCGAN
from genbench.baselines.latent_variables.convolutional_vae import ConvolutionalVAE
from genbench.baselines.pictures import AT_ONCE, Shape, in_parts
from genbench.baselines.quantization.convolutional_vq_vae import ConvolutionalVQVAE
from genbench.datasets import load
from genbench.models.find import baselines

NAMES = (
    "convolutional_vae",
    "convolutional_vq_vae",
    "dcgan",
    "convolutional_wgan_gp",
    "unet_ddpm",
    "unet_flow_matching",
)
every_model = pytest.mark.parametrize("name", NAMES)


def test_pictures_are_squares_of_one_or_three_colours():
    found = {d: Shape.of(d) for d in range(1, 3100)}

    assert {d: shape for d, shape in found.items() if shape} == {
        side**2 * colours: (side, colours)
        for colours in (1, 3)
        for side in range(4, 57, 4)
        if side**2 * colours < 3100
    }


def test_colours_come_last_in_rows_and_first_in_maps():
    pictures = np.arange(2 * 4 * 4 * 3).reshape(2, 4, 4, 3)
    rows = torch.tensor(pictures.reshape(2, -1))
    shape = Shape(4, 3)

    maps = shape.maps(rows)

    np.testing.assert_array_equal(maps, pictures.transpose(0, 3, 1, 2))
    torch.testing.assert_close(shape.rows(maps), rows)


def test_a_whole_set_goes_through_a_network_a_few_at_a_time():
    rows, seen = torch.arange(2 * AT_ONCE + 3.0)[:, None], []

    def run(part):
        seen.append(len(part))
        return 2 * part

    torch.testing.assert_close(in_parts(run, rows), 2 * rows)
    assert seen == [AT_ONCE, AT_ONCE, 3]


@every_model
@pytest.mark.parametrize("d", [1, 2, 13, 32, 36, 108, 300])
def test_what_is_no_picture_of_its_kind_is_refused_before_any_work(name, d):
    model = baselines()[name].make()
    train = np.zeros((50, d))

    with pytest.raises(ValueError, match=rf"needs square pictures.* divisible by 4 .*, not {d}\."):
        model.fit(train, rng=np.random.default_rng(0))
    assert model.refuses(train).startswith(f"{type(model).__name__} needs")


@every_model
def test_too_few_pictures_are_refused(name):
    model = baselines()[name].make()

    assert "at least 8 pictures, not 7" in model.refuses(np.zeros((7, 16)))
    assert model.refuses(np.zeros((8, 16))) is None


@every_model
def test_larger_pictures_get_fewer_steps_and_a_larger_budget_more(name):
    spec = baselines()[name]

    def steps(d, budget):
        model = spec.make(budget=budget)
        model.look_at(np.zeros((8, d)))
        return model.scaled(1000)

    assert steps(64, 60.0) == steps(16, 60.0) == steps(192, 60.0) == 1000
    assert steps(784, 60.0) == round(1000 * (8**2 + 100) / (28**2 + 100)) == 186
    assert steps(784, 600.0) == 1855
    assert steps(3072, 60.0) == steps(1024, 60.0) == 146


@pytest.mark.parametrize(
    "model",
    [
        ConvolutionalVAE(steps=3, width=8, hidden=8),
        ConvolutionalVQVAE(steps=3, hidden=8, size=4, prior_hidden=8, prior_steps=3),
        DCGAN(steps=3, width=8),
        ConvolutionalWGAN(steps=3, width=8),
        UNetFlowMatching(steps=3, hidden=8, solver_steps=2),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.parametrize("name", ["digits", "photographs_16"])
def test_digits_and_patches_in_colour_are_learned(model, name):
    data = load(name)

    model.fit(data.train[:40].copy(), rng=np.random.default_rng(0))
    samples = model.sample(5, rng=np.random.default_rng(1))

    assert samples.shape == (5, data.train.shape[1])
    assert np.isfinite(samples).all()

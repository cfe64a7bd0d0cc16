"""Later coordinates stay hidden from earlier ones, and levels of every kind hold mass one."""

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from genbench.baselines.autoregressive.causal_convolution import CausalConvolution
from genbench.baselines.autoregressive.finite_memory import FiniteMemory
from genbench.baselines.autoregressive.levels import Levels
from genbench.baselines.autoregressive.masked_autoregressive import (
    MaskedAutoregressive,
    MaskedNetwork,
)
from genbench.baselines.autoregressive.pixel_cnn import PixelCNN
from genbench.baselines.autoregressive.recurrent import Recurrent
from genbench.baselines.autoregressive.transformer import Transformer

SMALL = {
    MaskedAutoregressive: {"hidden": 64},
    FiniteMemory: {"memory": 2, "width": 4, "hidden": 16},
    Recurrent: {"width": 16},
    CausalConvolution: {"width": 8},
    PixelCNN: {"width": 8, "blocks": 1},
    Transformer: {"width": 16, "heads": 2},
}
every_model = pytest.mark.parametrize("kind", SMALL)


def quick(kind, train, rng, **settings):
    return kind(**{**SMALL[kind], "epochs": 3, **settings}).fit(train, rng=rng)


@pytest.mark.parametrize("place", [0, 2])
@pytest.mark.parametrize("kind", [MaskedAutoregressive, Recurrent, CausalConvolution, Transformer])
def test_a_coordinate_is_predicted_from_all_those_before_it_only(kind, place, changes, rng):
    net = quick(kind, rng.integers(4, size=(60, 9)).astype(float), rng).net

    moved = changes(net, place, 9)

    assert (moved[: place + 1] == 0).all()
    assert (moved[place + 1 :] > 0).all()


@every_model
def test_coordinates_one_by_one_are_predicted_as_in_a_whole_sample(kind, rng):
    net = quick(kind, rng.integers(4, size=(60, 9)).astype(float), rng, epochs=1).net.double()
    for weight in net.parameters():  # none so small that it makes no difference
        weight.copy_(torch.tensor(rng.normal(size=weight.shape) / 2))
    rows, cache = torch.tensor(rng.integers(4, size=(7, 9))), {}

    one_by_one = torch.stack([net.next_logits(rows[:, :i], cache) for i in range(9)], dim=1)

    torch.testing.assert_close(one_by_one, net(rows), rtol=0, atol=1e-10)


@every_model
def test_all_rows_of_whole_numbers_together_have_mass_one(kind, rng):
    train = rng.integers(2, 5, size=(80, 4)).astype(float)
    every_row = np.stack(np.meshgrid(*[[2.0, 3, 4]] * 4), axis=-1).reshape(-1, 4)

    model = quick(kind, train, rng)

    assert logsumexp(model.log_prob(every_row)) == pytest.approx(0, abs=1e-5)
    inside = every_row + rng.uniform(-0.49, 0.49, size=every_row.shape)
    np.testing.assert_array_equal(model.log_prob(inside), model.log_prob(every_row))
    assert (model.log_prob(every_row + 10) == -np.inf).all()


@pytest.mark.parametrize("kind", [kind for kind in SMALL if kind is not PixelCNN])
def test_the_density_of_other_data_has_mass_one_tails_included(kind, rng):
    model = quick(kind, rng.normal(size=(300, 2)) * [1, 10], rng, bins=8)
    places = np.arange(-8, 16, 1 / 3) + 1 / 6  # in bins: three points in each, ends included

    points = model.levels.low + model.levels.width * np.stack(np.meshgrid(places, places), axis=-1)
    density = np.exp(model.log_prob(points.reshape(-1, 2)))

    assert density.sum() * model.levels.width.prod() / 9 == pytest.approx(1, abs=0.002)
    assert np.isfinite(model.log_prob(np.full((1, 2), 1e3))).all()


@every_model
def test_samples_are_drawn_from_the_mass_that_log_prob_gives(kind, rng):
    rows = np.array([[0.0, 2, 0, 1], [1, 0, 2, 2], [2, 1, 1, 0]])
    train = np.repeat(rows, [10, 30, 60], axis=0)
    model = quick(kind, train, rng, epochs=60, patience=60, learning_rate=2e-2, dropout=0.0)

    drawn, counts = np.unique(model.sample(4000, rng=rng), axis=0, return_counts=True)

    np.testing.assert_allclose(counts / 4000, np.exp(model.log_prob(drawn)), atol=0.03)
    assert np.exp(model.log_prob(rows)).sum() > 0.9  # it has learned what goes together


def test_end_bins_fall_off_for_ever_and_samples_reach_into_them(rng):
    levels = Levels(rng.normal(size=(100, 1)), bins=64)
    ends = np.repeat([[0.0], [levels.count - 1.0]], 20_000, axis=0)

    drawn = levels.dequantize(ends, rng)
    inner = levels.low + levels.width * np.array([1, levels.count - 1])
    beyond = np.abs(drawn.reshape(2, -1) - inner[:, None]) / levels.width

    assert beyond.mean(axis=1) == pytest.approx(1, abs=0.05)  # exponential, one bin long
    np.testing.assert_array_equal(levels.of(drawn).numpy(), ends)
    density = np.exp(levels.log_density(inner[:, None]))
    assert density == pytest.approx(1 / levels.width[0])


@every_model
def test_one_sample_is_too_few(kind, rng):
    with pytest.raises(ValueError, match=r"2 (training samples|pictures) or more"):
        quick(kind, np.zeros((1, 4)), rng)


def test_training_ends_when_patience_does_and_keeps_the_best_epoch(rng):
    class Recorder(MaskedNetwork):
        def log_mass(self, levels):
            mass = super().log_mass(levels)
            if not self.training:
                self.held_out = [*getattr(self, "held_out", []), (levels, -mass.mean().item())]
            return mass

    class Recorded(MaskedAutoregressive):
        def network(self, marginals):
            return Recorder(marginals, self.hidden, self.dropout)

    net = Recorded(epochs=50, patience=2, learning_rate=0.05).fit(rng.normal(size=(60, 3)), rng=rng)
    net = net.net
    levels, losses = net.held_out[0][0], [loss for _, loss in net.held_out]

    assert len(losses) == 1 + int(np.argmin(losses)) + 3 < 50
    assert -net.log_mass(levels).mean().item() == min(losses) < losses[-1]

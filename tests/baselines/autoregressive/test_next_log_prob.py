"""What comes next after any beginning is a law, adds up to log_prob, and depends on no other."""

from copy import deepcopy
from itertools import product

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from genbench.baselines.autoregressive import base
from genbench.baselines.autoregressive.causal_convolution import CausalConvolution
from genbench.baselines.autoregressive.conditional_transformer import ConditionalTransformer
from genbench.baselines.autoregressive.finite_memory import FiniteMemory
from genbench.baselines.autoregressive.masked_autoregressive import MaskedAutoregressive
from genbench.baselines.autoregressive.pixel_cnn import PixelCNN
from genbench.baselines.autoregressive.recurrent import Recurrent
from genbench.baselines.autoregressive.sequence import InputDropout
from genbench.baselines.autoregressive.transformer import Transformer

SEQUENCE = {
    FiniteMemory: {"memory": 2, "width": 4, "hidden": 16},
    Recurrent: {"width": 16},
    CausalConvolution: {"width": 8},
    Transformer: {"width": 16, "heads": 2},
}
SMALL = {
    MaskedAutoregressive: {"hidden": 32},
    PixelCNN: {"width": 8, "blocks": 1},
    ConditionalTransformer: {"width": 16, "heads": 2, "classes": 2},
    **SEQUENCE,
}
every_model = pytest.mark.parametrize("kind", SMALL)
every_sequence_model = pytest.mark.parametrize("kind", SEQUENCE)


def quick(kind, train, rng, **settings):
    settings = {"epochs": 2, "learning_rate": 0.02, **SMALL[kind], **settings}
    return kind(**settings).fit(train, rng=rng)


@pytest.fixture
def train(rng):
    steps = rng.choice([0, 1], p=[0.8, 0.2], size=(80, 4)).cumsum(axis=1)
    return 1.0 + steps % 3


def afresh(model, prefixes):
    model = deepcopy(model)
    model.reader.forget()
    return model.next_log_prob(prefixes)


@every_model
@pytest.mark.parametrize("shift", [0, 1])  # symbols that training has not seen come before it
def test_conditionals_are_laws_and_add_up_to_log_prob(kind, shift, train, rng):
    model = quick(kind, train - 1 + shift, rng)
    rows = np.array(list(product([0.0, 1.0, 2.0], repeat=4))) + shift

    laws = [model.next_log_prob(rows[:, :t]) for t in range(4)]
    picked = [law[np.arange(81), rows[:, t].astype(int)] for t, law in enumerate(laws)]

    assert {law.shape for law in laws} == {(81, 3 + shift)}
    for law in laws:
        np.testing.assert_allclose(logsumexp(law, axis=1), 0, atol=1e-9)
        assert (law[:, :shift] == -np.inf).all()
    np.testing.assert_allclose(np.sum(picked, axis=0), model.log_prob(rows), atol=1e-4)
    assert np.ptp(model.log_prob(rows)) > 0.5


@every_model
def test_what_was_asked_before_changes_no_answer(kind, train, rng):
    model = quick(kind, train, rng)
    rows = rng.integers(1, 4, size=(9, 4)).astype(float)
    some, twice = [3, 1, 4], [0, 0, 7, 7, 7, 2]
    questions = [
        rows[:, :0],
        rows[:, :1],
        rows[:, :1],  # again
        rows[twice, :2],  # the heads of a beam, some of which go on twice
        rows[:, :2],  # some of these are new
        rows[some, :3],
        rows[some, :2],  # back
        rows[:1, :3],  # two steps on, alone
        rows[::-1, :3],
        rows[:, :3],
    ]

    for prefixes in questions:
        kept, answer = prefixes.copy(), model.next_log_prob(prefixes)
        np.testing.assert_allclose(answer, afresh(model, prefixes), atol=1e-5)
        np.testing.assert_array_equal(prefixes, kept)


@pytest.mark.parametrize("kind", [Recurrent, Transformer])
def test_a_prefix_that_goes_on_is_not_read_again(kind, train, rng, monkeypatch):
    model = quick(kind, train, rng)
    rows, read = rng.integers(1, 4, size=(5, 4)).astype(float), []
    next_logits = model.net.next_logits

    def counted(levels, cache):
        read.append(levels.shape[1])
        return next_logits(levels, cache)

    monkeypatch.setattr(model.net, "next_logits", counted)
    for t in range(4):
        model.next_log_prob(rows[:, :t])
        model.next_log_prob(rows[::-1, :t])

    assert read == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "train",
    [
        np.linspace(0, 1, 40).reshape(10, 4),
        np.arange(-1.0, 3.0) * np.ones((10, 1)),
        np.arange(0.0, 400.0, 10).reshape(10, 4),
    ],
    ids=["fractions", "negative", "too many"],
)
def test_of_other_numbers_nothing_comes_next(train, rng):
    model = quick(Recurrent, train, rng)

    with pytest.raises(ValueError, match="needs whole numbers from 0 up"):
        model.next_log_prob(train[:, :2])


@every_sequence_model
def test_where_places_are_alike_no_parameters_are_of_a_place(kind, rng):
    train = rng.integers(5, size=(60, 12)).astype(float)

    short = quick(kind, train[:, :9], rng, alike=True)
    long = quick(kind, train, rng, alike=True)

    bias = 4 * 3 if kind is Transformer else 0  # of distances: two heads in each of two blocks
    assert long.n_parameters == short.n_parameters + bias
    assert (long.net.positional_embedding == 0).all()
    frequencies = np.bincount(train.astype(int).ravel())
    np.testing.assert_allclose(
        long.net.marginals.exp().detach(), frequencies * np.ones((12, 1)) / 720, atol=0.01
    )


def test_where_places_are_alike_the_same_memory_gives_the_same_law(rng):
    train = rng.integers(5, size=(60, 8)).astype(float)
    alike, placed = (quick(FiniteMemory, train, rng, alike=alike) for alike in (True, False))
    early, late = np.array([[1.0, 4, 2]]), np.array([[3.0, 0, 0, 1, 1, 4, 2]])

    def moved(model):
        return np.abs(model.next_log_prob(early) - model.next_log_prob(late)).max()

    assert moved(alike) < 1e-6 < 1e-3 < moved(placed)


def test_numbers_of_symbols_are_names(rng):
    train = rng.integers(5, size=(60, 8)).astype(float)
    net = quick(FiniteMemory, train, rng, alike=True).net

    np.testing.assert_array_equal(net.basis @ net.basis.T, np.eye(5))


def test_input_dropout_replaces_a_share_in_training_only_and_keeps_what_is_common(rng):
    layer = InputDropout(0.3)
    levels = torch.tensor(rng.choice([0, 1, 5], p=[0.6, 0.3, 0.1], size=(400, 50)))
    torch.manual_seed(0)

    read = layer.train()(levels)

    replaced_by_another = 0.3 * (1 - 0.6**2 - 0.3**2 - 0.1**2)
    assert (read != levels).double().mean() == pytest.approx(replaced_by_another, abs=0.01)
    counts = np.bincount(read.flatten(), minlength=6) / read.numel()
    np.testing.assert_allclose(counts[[0, 1, 5]], [0.6, 0.3, 0.1], atol=0.01)
    assert torch.equal(layer.eval()(levels), levels)


@every_sequence_model
def test_input_dropout_changes_what_is_read_but_not_what_is_predicted(kind, rng):
    train = rng.integers(4, size=(40, 6)).astype(float)
    net = quick(kind, train, rng, dropout=0.0, input_dropout=0.5).net.train()
    levels = net.input_dropout.train() and torch.tensor(train[:8].astype(int))

    once, again = net(levels), net(levels)

    assert torch.equal(once[:, 0], again[:, 0])  # which has read nothing
    assert not torch.equal(once[:, 5], again[:, 5])


def test_a_model_says_its_size_and_what_it_has_seen(rng):
    train = rng.integers(5, size=(50, 8)).astype(float)
    model = quick(Recurrent, train, rng, epochs=3, alike=True, width=7)

    gru, hidden, output = 2 * 3 * (7 * 7 + 7), 7 * 7 + 7, 5 * 7 + 5
    assert model.n_parameters == gru + hidden + output
    assert model.n_seen == 3 * 45 * 8  # a tenth is held out


def test_an_epoch_of_very_many_samples_goes_through_some(rng, monkeypatch):
    monkeypatch.setattr(base, "EPOCH", 20)

    model = quick(Recurrent, rng.normal(size=(50, 2)), rng, epochs=3, batch=5)

    assert model.n_seen == 3 * 20 * 2

"""A mixture, symbol by symbol, whose weight is found on rows that neither part has learned from."""

from itertools import product

import numpy as np
import pytest
from scipy.special import logsumexp

from genbench.baselines.autoregressive.recurrent import Recurrent
from genbench.baselines.autoregressive.transformer import Transformer
from genbench.baselines.sequences.interpolated import Interpolated, best_weight
from genbench.baselines.sequences.ngram import NGram
from genbench.datasets import load


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def quick(train, rng, **settings):
    return Interpolated(**{"order": 4, "width": 8, "epochs": 1, **settings}).fit(train, rng=rng)


def test_the_best_weight_is_the_share_that_only_the_other_knows():
    one = np.repeat([1.0, 0.0], [70, 30])

    assert best_weight(one, 1 - one) == pytest.approx(0.3, abs=1e-4)
    assert best_weight(np.full(9, 0.5), np.full(9, 0.1)) == pytest.approx(0, abs=1e-4)
    assert best_weight(np.full(9, 0.1), np.full(9, 0.5)) == pytest.approx(1, abs=1e-4)


def test_probabilities_are_mixed_symbol_by_symbol_and_add_up_to_one(rng):
    train = rng.integers(3, size=(60, 4)).astype(float)
    model = quick(train, rng)
    model.weight = 0.3
    rows = np.array(list(product([0.0, 1.0, 2.0], repeat=4)))
    picked = [
        0.7 * np.exp(model.ngram.next_log_prob(rows[:, :t]))[np.arange(81), rows[:, t].astype(int)]
        + 0.3
        * np.exp(model.network.next_log_prob(rows[:, :t]))[np.arange(81), rows[:, t].astype(int)]
        for t in range(4)
    ]

    np.testing.assert_allclose(model.log_prob(rows), np.log(picked).sum(axis=0), atol=1e-5)
    assert logsumexp(model.log_prob(rows)) == pytest.approx(0, abs=1e-5)
    law = model.next_log_prob(rows[:, :2])
    np.testing.assert_allclose(logsumexp(law, axis=1), 0, atol=1e-6)


def test_the_weight_is_found_by_rows_that_the_ngrams_have_not_seen_and_they_see_them_then(rng):
    train = rng.integers(6, size=(100, 8)).astype(float)  # of chance there is nothing to know

    model = quick(train, rng)

    held_out = train[model.network.held_out]
    known = NGram(4).fit(train, rng=rng)
    np.testing.assert_array_equal(model.ngram.log_prob(held_out), known.log_prob(held_out))
    assert best_weight(*model._of_symbols(held_out.astype(int))) < 0.1
    assert model.weight > 0.5


def test_rows_may_have_a_symbol_that_the_held_out_alone_have(rng):
    train = np.zeros((20, 5))
    train[:, 2] = 1
    for i in range(20):
        train[i, 4] = 5  # in one row only, which is held out in some of these fits
        assert np.isfinite(quick(train, np.random.default_rng(1)).log_prob(train)).all()
        train[i, 4] = 0


def test_what_is_no_symbol_is_refused(rng):
    with pytest.raises(ValueError, match="whole numbers"):
        quick(rng.normal(size=(30, 4)), rng)
    with pytest.raises(ValueError, match="less than 256 apart"):
        quick(np.arange(0.0, 400, 10).reshape(10, 4), rng)


@pytest.mark.long
def test_on_english_it_is_better_than_ngrams_of_any_order(rng):
    data = load("english")
    others = [NGram(order).fit(data.train, rng=rng) for order in range(6, 15, 2)]

    model = Interpolated().fit(data.train, rng=rng)

    for other in others:
        gain, half_width = paired(model, other, data.test)
        assert gain > half_width


def paired(model, other, rows):
    """Bits a symbol by which the model is better, and half of the interval of 95 %."""
    gains = (model.log_prob(rows) - other.log_prob(rows)) / np.log(2) / rows.shape[1]
    return gains.mean(), 1.96 * gains.std(ddof=1) / np.sqrt(len(rows))


@pytest.mark.long
@pytest.mark.parametrize("network", [Recurrent, Transformer])
def test_on_grammar_networks_are_better_than_ngrams_of_any_order(network, rng):
    data = load("grammar")
    others = [NGram(order).fit(data.train, rng=rng) for order in range(1, 7)]

    model = network().fit(data.train, rng=rng)

    for other in others:
        gain, half_width = paired(model, other, data.test)
        assert gain > half_width

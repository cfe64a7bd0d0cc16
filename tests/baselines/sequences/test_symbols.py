"""Laws of all models of symbols, on rows so short that all of them can be written down."""

import itertools
from functools import cache

import numpy as np
import pytest

from genbench.baselines.sequences.context_free import ContextFree
from genbench.baselines.sequences.hidden_markov import HiddenMarkov
from genbench.baselines.sequences.ngram import SMOOTHINGS, NGram

END, N_SYMBOLS, LENGTH = 0, 4, 5
ALL_ROWS = np.array(list(itertools.product(range(N_SYMBOLS), repeat=LENGTH)), dtype=float)


def sentences(n, rng):
    """Rows (n, 5) of words 1, 2 and 3 in turn, but for some, of every length; then the end."""
    steps = 1 + (rng.random((n, LENGTH)) < 0.2)
    rows = 1 + (rng.integers(3, size=(n, 1)) + steps.cumsum(axis=1)) % 3
    ended = np.arange(LENGTH) > rng.geometric(0.3, size=(n, 1))
    return np.where(ended, END, rows).astype(float)


MODELS = {
    **{smoothing: NGram(2, smoothing) for smoothing in SMOOTHINGS},
    "order 0": NGram(0),
    "longer than rows": NGram(7),
    "hidden Markov": HiddenMarkov(states=3),
    "context-free": ContextFree(symbols=4, max_steps=20),
}
every_model = pytest.mark.parametrize("name", MODELS)


@cache
def fitted(name):
    return MODELS[name].fit(sentences(60, np.random.default_rng(0)), rng=np.random.default_rng(1))


@every_model
def test_all_rows_together_have_probability_one(name):
    assert np.exp(fitted(name).log_prob(ALL_ROWS)).sum() == pytest.approx(1, abs=1e-12)


@every_model
def test_it_is_a_law_of_the_next_symbol_whatever_came_before(name):
    for t in range(LENGTH):
        prefixes = np.unique(ALL_ROWS[:, :t], axis=0)

        following = fitted(name).next_log_prob(prefixes)

        assert following.shape == (len(prefixes), N_SYMBOLS)
        assert not np.isnan(following).any()
        np.testing.assert_allclose(np.exp(following).sum(axis=1), 1, atol=1e-12)


@every_model
def test_a_row_is_as_likely_as_its_symbols_one_after_another(name):
    model, rows = fitted(name), sentences(300, np.random.default_rng(2))

    one_by_one = sum(
        np.take_along_axis(model.next_log_prob(rows[:, :t]), rows[:, t : t + 1].astype(int), axis=1)
        for t in range(LENGTH)
    )

    np.testing.assert_allclose(one_by_one[:, 0], model.log_prob(rows), rtol=1e-9)


@every_model
def test_a_row_alone_is_as_likely_as_among_others_in_any_order(name):
    model, rows = fitted(name), ALL_ROWS[::7]
    order = np.random.default_rng(3).permutation(len(rows))

    together = model.log_prob(rows)

    np.testing.assert_allclose(model.log_prob(rows[order]), together[order], rtol=1e-12)
    alone = np.concatenate([model.log_prob(rows[i : i + 1]) for i in range(len(rows))])
    np.testing.assert_allclose(alone, together, rtol=1e-12)
    for t in (3, 1, 4):  # backwards, too: what it remembers of prefixes is right or not used
        np.testing.assert_allclose(
            model.next_log_prob(rows[order, :t]),
            model.next_log_prob(rows[:, :t])[order],
            rtol=1e-12,
        )


@every_model
def test_rows_are_drawn_by_their_probability(name):
    model, n = fitted(name), 20_000

    drawn = model.sample(n, rng=np.random.default_rng(4))

    places = (drawn @ N_SYMBOLS ** np.arange(LENGTH - 1, -1, -1)).astype(int)
    counts = np.bincount(places, minlength=len(ALL_ROWS))
    expected = n * np.exp(model.log_prob(ALL_ROWS))
    assert (counts[expected == 0] == 0).all()
    often = expected >= 5
    counts, expected = (
        np.append(values[often], values[~often].sum()) for values in (counts, expected)
    )
    told = expected > 0
    chi_squared = ((counts - expected)[told] ** 2 / expected[told]).sum()
    freedom = told.sum() - 1
    assert abs(chi_squared - freedom) < 4 * np.sqrt(2 * freedom)


@every_model
def test_numbers_that_are_no_symbols_are_impossible_and_others_are_rounded(name):
    model, row = fitted(name), np.array([1.0, 2.0, 3.0, 0.0, 0.0])

    outside = model.log_prob(np.array([[1.0, 2.0, 3.0, -1.0, 0.0], [1.0, 2.0, 4.0, 0.0, 0.0]]))

    assert (outside == -np.inf).all()
    assert model.log_prob(row[None] + 0.4) == model.log_prob(row[None])


@pytest.mark.parametrize("model", [NGram(), HiddenMarkov(), ContextFree()], ids=type)
def test_data_that_are_no_symbols_are_refused(model):
    for values, reason in (
        ([[1.0, 2.5]], r"1 of 2 training values are not, such as 2\.5"),
        ([[-1.0, 2.0]], "such as -1"),
        ([[1.0, 1e9]], r"from 0 to 65535.*such as 1e\+09"),
    ):
        with pytest.raises(ValueError, match=reason):
            model.fit(np.array(values), rng=np.random.default_rng(0))

"""Hidden symbols are predicted from both sides, nearly as well as the law of the rows allows."""

import numpy as np
import pytest

from genbench.baselines.sequences.masked_language_model import MaskedLanguageModel
from genbench.datasets import load


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def one_hidden(n, length, rng):
    """Which place of each row is hidden (n, length): one, anywhere."""
    return np.arange(length) == rng.integers(length, size=(n, 1))


def exact(rows, hidden, symbols, log_prob):
    """The law of each row's hidden symbol given all others (n, symbols), by its definition."""
    joint = [log_prob(np.where(hidden, float(symbol), rows)) for symbol in range(symbols)]
    joint = np.exp(np.array(joint).T - np.max(joint, axis=0)[:, None])
    return joint / joint.sum(axis=1, keepdims=True)


def scores(law, right):
    """Share of right guesses, and bits that the right symbol takes."""
    each = np.arange(len(right))
    return (law.argmax(axis=1) == right).mean(), -np.log2(law[each, right])


def compared(model, rows, log_prob, rng):
    """Accuracy and mean bits of the model, and of the law of the rows."""
    hidden = one_hidden(*rows.shape, rng)
    right, truth = rows[hidden].astype(int), exact(rows, hidden, model.symbols, log_prob)
    learned = np.exp(model.log_prob_of_hidden(rows, hidden))[hidden]
    np.testing.assert_allclose(learned.sum(axis=1), 1, atol=1e-9)
    (accuracy, bits), (best, least) = scores(learned, right), scores(truth, right)
    return accuracy, bits.mean(), best, least.mean()


def log_prob_of_chain(steps):
    def log_prob(rows):
        rows = rows.astype(int)
        return np.log(steps[rows[:, :-1], rows[:, 1:]]).sum(axis=1)

    return log_prob


def draw_chain(steps, n, length, rng):
    rows = rng.integers(len(steps), size=(n, 1))
    for _ in range(length - 1):
        following = (rng.random((n, 1)) > steps[rows[:, -1]].cumsum(axis=1)).sum(axis=1)
        rows = np.column_stack([rows, following])
    return rows.astype(float)


@pytest.mark.long
def test_gaps_of_a_chain_are_filled_from_both_sides(rng):
    steps = 0.03 + 0.85 * np.roll(np.eye(5), 1, axis=1)  # round and round, seldom not
    steps /= steps.sum(axis=1, keepdims=True)
    train, test = draw_chain(steps, 4000, 10, rng), draw_chain(steps, 1000, 10, rng)

    model = MaskedLanguageModel(width=16, layers=1, steps=600, learning_rate=1e-2)
    accuracy, bits, best, least = compared(
        model.fit(train, rng=rng), test, log_prob_of_chain(steps), rng
    )

    one_sided = -np.sum(steps[0] * np.log2(steps[0]))
    assert best > 0.85
    assert accuracy > best - 0.02
    assert least < bits < least + 0.1 < one_sided - 0.1


def test_what_is_hidden_is_not_read(rng):
    train = rng.integers(4, size=(50, 6)).astype(float)
    model = MaskedLanguageModel(width=8, layers=1, heads=2, steps=30).fit(train, rng=rng)
    hidden = one_hidden(50, 6, rng)
    others = np.where(hidden, (train + 1) % 4, train)

    once, again = (model.log_prob_of_hidden(rows, hidden) for rows in (train, others))

    np.testing.assert_array_equal(once, again)
    seen = model.log_prob_of_hidden(others, np.zeros_like(hidden))
    assert np.abs(seen - once).max() > 0.01


@pytest.mark.long
def test_on_markov_it_comes_near_to_the_exact_posterior(rng):
    data = load("markov")

    model = MaskedLanguageModel().fit(data.train, rng=rng)
    accuracy, bits, best, least = compared(
        model, data.test, data.density.log_prob, np.random.default_rng(1)
    )

    one_sided = -data.density.log_prob(data.test).mean() / np.log(2) / data.train.shape[1]
    assert best - 0.04 < accuracy < best
    assert least < bits < least + 0.15 < one_sided - 0.9

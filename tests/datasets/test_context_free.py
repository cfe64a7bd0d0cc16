"""A grammar's law by enumeration: all derivations of a small one, all rows, all prefixes."""

import itertools

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.context_free import ContextFree

LENGTH = 4
# S -> S A .2 | A B .4 | x .3 | y .1, A -> x .6 | B S .4, B -> y .7 | A S .3; x is 1, y is 2.
RULES = np.zeros((3, 3, 3))
RULES[0, 0, 1], RULES[0, 1, 2], RULES[1, 2, 0], RULES[2, 1, 0] = 0.2, 0.4, 0.4, 0.3
WORDS = np.array([[0, 0.3, 0.1], [0, 0.6, 0], [0, 0, 0.7]])
TINY = ContextFree(RULES, WORDS, LENGTH)


def becomes(symbol, words):
    """Probability that a symbol becomes these words, by its definition."""
    if len(words) == 1:
        return WORDS[symbol, words[0]]
    return sum(
        RULES[symbol, left, right] * becomes(left, words[:cut]) * becomes(right, words[cut:])
        for left, right in np.ndindex(3, 3)
        for cut in range(1, len(words))
        if RULES[symbol, left, right]
    )


def every_row(length=LENGTH):
    """All rows of words that may be: sentences up to their end, and beginnings."""
    sizes = range(1, length + 1)
    rows = [row for size in sizes for row in itertools.product((1, 2), repeat=size)]
    return np.array([[*row, *[0] * (length - len(row))] for row in rows], float)


def test_sentences_have_the_probability_of_all_their_derivations():
    rows = every_row()
    rows = rows[rows[:, -1] == 0]

    found = np.exp(TINY.log_prob(rows))

    expected = [becomes(0, [int(word) for word in row if word]) for row in rows]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_all_rows_together_have_probability_one():
    rows = every_row()

    probabilities = np.exp(TINY.log_prob(rows))

    assert probabilities.sum() == pytest.approx(1, abs=1e-12)
    assert 0.1 < probabilities[rows[:, -1] != 0].sum() < 0.9  # beginnings count


def test_rows_that_cannot_be_are_impossible():
    rows = np.array([[0, 0, 0, 0], [1, 0, 1, 1], [2, 2, 0, 0], [1, 0, 0, 0]], float)

    np.testing.assert_array_equal(TINY.log_prob(rows) > -np.inf, [False, False, False, True])


def test_a_beginning_is_as_likely_as_all_that_it_begins():
    longer = every_row(2 * LENGTH)
    probabilities = np.exp(ContextFree(RULES, WORDS, 2 * LENGTH).log_prob(longer))

    for row in every_row():
        begun = (longer[:, :LENGTH] == row).all(axis=1)
        expected = pytest.approx(probabilities[begun].sum(), rel=1e-10)
        assert np.exp(TINY.log_prob(row[None]))[0] == expected


def test_what_comes_next_is_as_likely_as_the_longer_beginning_given_the_shorter():
    rows = every_row()
    probabilities = np.exp(TINY.log_prob(rows))

    for t in range(LENGTH):
        for prefix in np.unique(rows[probabilities > 0, :t], axis=0):
            begun = (rows[:, :t] == prefix).all(axis=1)
            each = [probabilities[begun & (rows[:, t] == word)].sum() for word in range(3)]
            expected = np.array(each) / sum(each)
            found = np.exp(TINY.next_log_prob(prefix[None]))[0]
            np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-15)


def test_after_an_end_comes_the_end_and_after_nonsense_anything():
    grammar = load("grammar")
    prefixes = grammar.symbols.encode(["a dog sleeps", "sleeps a dog child"], 4)

    found = np.exp(grammar.density.next_log_prob(prefixes))

    np.testing.assert_allclose(found, [np.eye(32)[0], np.full(32, 1 / 32)])


def test_rows_are_drawn_by_their_law():
    """Counts of all rows, against their probabilities: Pearson's statistic."""
    rows = every_row()
    n, place = 20_000, LENGTH ** np.arange(LENGTH)

    drawn, kinds = TINY.sample(n, rng=np.random.default_rng(0))

    counts = (drawn @ place == (rows @ place)[:, None]).sum(axis=1)
    expected = n * np.exp(TINY.log_prob(rows))
    often = expected > 0
    assert counts.sum() == n
    assert counts[~often].sum() == 0
    statistic = ((counts - expected)[often] ** 2 / expected[often]).sum()
    assert statistic < often.sum() + 5 * np.sqrt(2 * often.sum())
    np.testing.assert_array_equal(kinds, 0)


def test_verbs_of_the_grammar_agree_with_their_nouns_however_far_off():
    grammar = load("grammar")
    texts = [
        "the dogs that the cat near a child sees sleep",
        "the dogs that the cat near a child sees sleeps",
        "the cat says that every bird often sings",
        "the cat say that every bird often sings",
    ]

    found = grammar.density.log_prob(grammar.symbols.encode(texts, 24))

    np.testing.assert_array_equal(found > -np.inf, [True, False, True, False])


def test_rules_of_the_grammar_sum_to_one_for_every_symbol():
    law = load("grammar").density

    np.testing.assert_allclose(law.rules.sum(axis=(1, 2)) + law.words.sum(axis=1), 1)


def test_entropy_and_beginnings_of_the_grammar():
    """As documented, over the rows that are not for training."""
    grammar = load("grammar")
    rows = np.concatenate([grammar.test, grammar.fresh])

    bits = -grammar.density.log_prob(rows) / np.log(2)
    lengths = grammar.symbols.lengths(rows)

    assert bits.sum() / lengths.sum() == pytest.approx(2.41, abs=0.03)
    assert (rows != 0).all(axis=1).mean() == pytest.approx(0.081, abs=0.02)

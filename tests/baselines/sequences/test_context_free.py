"""Grammars: sums over all trees, sentences that go on, and agreement over a distance."""

import itertools
from functools import cache

import numpy as np
import pytest
import torch

from genbench.baselines.sequences.context_free import (
    ContextFree,
    Grammar,
    ending,
    log_probabilities,
)

END, N_SYMBOLS = 0, 3  # the end, and two words


def grammar(symbols=3, pairs=0.3, seed=0):
    """Random rules of which a share make pairs; sentences are short."""
    rng = np.random.default_rng(seed)
    binary = rng.dirichlet(np.ones(symbols**2), size=symbols).reshape((symbols,) * 3)
    lexical = np.zeros((symbols, N_SYMBOLS))
    lexical[:, 1:] = rng.dirichlet(np.ones(N_SYMBOLS - 1), size=symbols)
    return Grammar(torch.tensor(pairs * binary), torch.tensor((1 - pairs) * lexical))


def trees(rules):
    """Return the sum over all trees from a symbol down to given words, by its definition."""
    binary, lexical = rules.binary.numpy(), rules.lexical.numpy()

    @cache
    def total(symbol, words):
        found = lexical[symbol, words[0]] if len(words) == 1 else 0.0
        for cut in range(1, len(words)):
            for left, right in itertools.product(range(len(lexical)), repeat=2):
                both = total(left, words[:cut]) * total(right, words[cut:])
                found += binary[symbol, left, right] * both
        return found

    return total


def rows_of(sentences, length):
    return np.array([[*words, *[END] * (length - len(words))] for words in sentences])


def test_a_sentence_has_the_probability_of_all_its_trees():
    rules, total = grammar(), trees(grammar())
    sentences = [words for n in range(1, 5) for words in itertools.product((1, 2), repeat=n)]

    found = log_probabilities(rules, rows_of(sentences, 6), END).exp().numpy()

    assert found == pytest.approx([total(0, words) for words in sentences], rel=1e-12)


def test_a_beginning_has_the_probability_of_all_sentences_that_begin_so():
    rules, total = grammar(pairs=0.1), trees(grammar(pairs=0.1))
    beginnings = list(itertools.product((1, 2), repeat=3))

    found = log_probabilities(rules, np.array(beginnings), END).exp().numpy()

    # Sentences of more than nine words have about .1^9 of Catalan's number 1,430, less than 1e-6.
    by_length = [
        [
            sum(total(0, (*words, *more)) for more in itertools.product((1, 2), repeat=n))
            for n in range(7)
        ]
        for words in beginnings
    ]
    assert found == pytest.approx(np.sum(by_length, axis=1), abs=1e-6)


def test_all_rows_together_have_probability_one_whatever_is_cut_off():
    rules = grammar(pairs=0.45)
    for length in (1, 2, 4, 6):
        sentences = [w for n in range(1, length + 1) for w in itertools.product((1, 2), repeat=n)]

        found = log_probabilities(rules, rows_of(sentences, length), END).exp().sum()

        assert found.item() == pytest.approx(1, abs=1e-12)


def counted(rules, sentence):
    """Expected counts of rules given a whole sentence, over all its trees, one by one."""
    k, words = len(rules.lexical), rules.lexical.shape[1]

    def down(symbol, part):
        if len(part) == 1:
            yield rules.lexical[symbol, part[0]].item(), [("word", symbol, part[0])]
        for cut in range(1, len(part)):
            for a, b in itertools.product(range(k), repeat=2):
                for p, left in down(a, part[:cut]):
                    for q, right in down(b, part[cut:]):
                        rule = rules.binary[symbol, a, b].item()
                        yield rule * p * q, [("pair", symbol, a, b), *left, *right]

    made = list(down(0, sentence))
    total = sum(p for p, _ in made)
    binary, lexical = np.zeros((k, k, k)), np.zeros((k, words))
    for p, used in made:
        for kind, *where in used:
            (binary if kind == "pair" else lexical)[tuple(where)] += p / total
    return binary, lexical


def test_expected_counts_of_rules_are_those_over_all_trees():
    rules, sentences = grammar(2), [(1, 2, 2, 1), (2, 1), (1,)]
    by_tree = [counted(rules, sentence) for sentence in sentences]
    model = ContextFree()
    model.end = END

    _, counts = model._expected(rules, rows_of(sentences, 5), torch.tensor([1.0, 3.0, 2.0]))

    for place, found in enumerate((counts.binary, counts.lexical)):
        of_four, of_two, of_one = (both[place] for both in by_tree)
        expected = of_four + 3 * of_two + 2 * of_one
        assert found.numpy() == pytest.approx(expected, abs=1e-12)


def test_expected_counts_of_a_beginning_are_those_of_all_sentences_that_begin_so():
    rules, begun = grammar(2, pairs=0.1), (1, 2)
    total = trees(rules)
    model = ContextFree()
    model.end = END

    _, counts = model._expected(rules, np.array([begun]), torch.ones(1))

    # Sentences of more than five words have a share of about .1^5 of Catalan's number 42.
    sentences = [(*begun, *w) for n in range(4) for w in itertools.product((1, 2), repeat=n)]
    shares = np.array([total(0, words) for words in sentences])
    shares /= shares.sum()
    by_tree = [counted(rules, words) for words in sentences]
    for place, found in enumerate((counts.binary, counts.lexical)):
        expected = sum(share * both[place] for share, both in zip(shares, by_tree, strict=True))
        assert found.numpy() == pytest.approx(expected, abs=0.01)


def nested(n, rng, length=10):
    """Rows of as many ones as twos behind them, two in three of one of each."""
    pairs = rng.geometric(2 / 3, size=(n, 1))
    places = np.arange(length)
    return np.where(places < pairs, 1.0, np.where(places < 2 * pairs, 2.0, END))


@pytest.fixture(scope="module")
def learned():
    train = nested(300, np.random.default_rng(1))
    return ContextFree(symbols=6, max_steps=60).fit(train, rng=np.random.default_rng(2))


def test_no_pass_lowers_the_likelihood_of_sentences_and_beginnings():
    train = nested(300, np.random.default_rng(1), length=4)  # some are beginnings
    assert (train[:, -1] != END).any()
    model = ContextFree(symbols=4, max_steps=30, tolerance=-np.inf)

    model.fit(train, rng=np.random.default_rng(3))

    gains = np.diff(model.log_likelihoods)
    assert len(gains) == 29
    assert (gains > -1e-8).all()
    assert gains.max() > 1


def test_nested_words_are_learned_which_no_chain_can(learned):
    drawn = learned.sample(2000, rng=np.random.default_rng(4))

    whole = drawn[:, -1] == END
    balanced = (drawn == 1).sum(axis=1) == (drawn == 2).sum(axis=1)
    assert (whole & balanced).sum() > 0.97 * whole.sum() > 1900
    deep = whole & ((drawn == 1).sum(axis=1) >= 3)
    assert deep.mean() == pytest.approx(1 / 9, abs=0.03)


def test_its_grammar_ends_all_sentences(learned):
    growth = np.abs(np.linalg.eigvals(learned.grammar.offspring().numpy())).max()
    rules = learned.grammar.binary.sum((1, 2)) + learned.grammar.lexical.sum(1)

    assert growth < 1
    assert rules.numpy() == pytest.approx(np.ones(6))
    assert (learned.grammar.lexical[:, END] == 0).all()


def test_slopes_of_completion_are_those_of_rules_that_do_not_sum_to_one():
    """Raise a rule a little, and solve for the probability that a symbol becomes words."""
    rules, step = grammar(3, pairs=0.4), 1e-6
    raised = Grammar(rules.binary.clone(), rules.lexical.clone())
    raised.binary[1, 2, 0] += step
    z = torch.ones(3, dtype=torch.float64)
    for _ in range(500):
        z = torch.einsum("abc,b,c->a", raised.binary, z, z) + raised.lexical.sum(1)
    binary = rules.binary.clone().requires_grad_()

    (slopes,) = torch.autograd.grad(Grammar(binary, rules.lexical).completed()[0], binary)

    assert slopes[1, 2, 0].item() == pytest.approx((z[0].item() - 1) / step, rel=1e-4)


def test_the_symbol_that_ends_rows_is_found_and_windows_have_none():
    assert ending(np.array([[1, 2, 5, 5], [2, 5, 5, 5], [1, 1, 1, 2]])) == 5
    assert ending(np.array([[1, 2, 5, 5], [5, 1, 5, 5]])) is None
    assert ending(np.random.default_rng(5).integers(4, size=(50, 10))) is None


@pytest.mark.parametrize(
    ("train", "reason"),
    [
        (np.random.default_rng(5).integers(4, size=(50, 10)), "no symbol ends most of these rows"),
        (np.zeros((5, 41)), "rows of 40 symbols at most.*these have 41"),
        (np.array([[300, 0], [1, 0]]), "256 symbols at most, not 301"),
        (np.array([[1, 0], [0, 0]]), "a row has none"),
    ],
)
def test_what_is_no_sentence_is_refused(train, reason):
    with pytest.raises(ValueError, match=reason):
        ContextFree().fit(train.astype(float), rng=np.random.default_rng(0))

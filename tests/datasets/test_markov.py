"""The chain of pairs: its law by enumeration of a small one, its entropies, and its samples."""

import itertools

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.markov import PairChain

TRANSITIONS = np.random.default_rng(0).dirichlet(np.ones(3), size=(3, 3))


def test_all_rows_together_have_probability_one():
    rows = np.array(list(itertools.product(range(3), repeat=5)), float)

    assert np.exp(PairChain(TRANSITIONS, 5).log_prob(rows)).sum() == pytest.approx(1, abs=1e-12)


def test_entropies_are_those_of_all_rows():
    chain = PairChain(TRANSITIONS, 5)
    rows = np.array(list(itertools.product(range(3), repeat=5)), float)
    log_prob = chain.log_prob(rows)

    entropy = -(np.exp(log_prob) * log_prob).sum()

    assert chain.row_entropy == pytest.approx(entropy)
    longer = PairChain(TRANSITIONS, 6).row_entropy
    assert chain.entropy_rate == pytest.approx(longer - chain.row_entropy)


def test_a_row_is_as_likely_anywhere_in_an_endless_one():
    """Pairs are stationary: the second and third letters are as the first and second."""
    chain = PairChain(TRANSITIONS, 5)

    np.testing.assert_allclose(np.einsum("ab,abc->bc", chain.pairs, TRANSITIONS), chain.pairs)


def test_rows_are_drawn_by_their_law():
    chain = PairChain(TRANSITIONS, 4)
    rows = np.array(list(itertools.product(range(3), repeat=4)), float)
    n, place = 20_000, 3 ** np.arange(4)

    drawn, _ = chain.sample(n, rng=np.random.default_rng(1))

    counts = (drawn @ place == (rows @ place)[:, None]).sum(axis=1)
    expected = n * np.exp(chain.log_prob(rows))
    statistic = ((counts - expected) ** 2 / expected).sum()
    assert abs(statistic - len(rows)) < 5 * np.sqrt(2 * len(rows))


def test_entropies_of_the_data_set():
    """As its documentation says; without the letter before the last, .75 bits more."""
    chain = load("markov").density
    pairs = np.einsum("ab,abc->bc", chain.pairs, chain.transitions)
    by_one = -(pairs * np.log2(pairs / pairs.sum(axis=1, keepdims=True))).sum()

    assert chain.entropy_rate / np.log(2) == pytest.approx(2.0805, abs=1e-4)
    assert chain.row_entropy / 64 / np.log(2) == pytest.approx(2.1064, abs=1e-4)
    assert by_one - chain.entropy_rate / np.log(2) == pytest.approx(0.747, abs=1e-3)


def test_rows_are_as_surprising_as_their_entropy_says():
    markov = load("markov")

    surprise = -markov.density.log_prob(markov.train)

    margin = 4 * surprise.std() / np.sqrt(len(surprise))
    assert surprise.mean() == pytest.approx(markov.density.row_entropy, abs=margin)

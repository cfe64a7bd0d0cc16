"""Perplexity: even guesses, a Markov chain under itself, and impossible tokens."""

import numpy as np
import pytest

from genbench.evidence import Comparison, Reference
from genbench.evidence.tokens import Tokens
from genbench.ground.errors import Unavailable
from genbench.metrics.perplexity import (
    bits_per_byte,
    bits_per_byte_error,
    perplexity,
    perplexity_error,
)


def tokens(log_prob, n_bytes=None):
    return Tokens.of(
        Comparison(
            reference=Reference(), token_log_prob=np.asarray(log_prob, float), test_bytes=n_bytes
        )
    )


def test_even_guesses_hesitate_between_all_words():
    found = tokens(np.full(100, -np.log(50)), n_bytes=400.0)

    assert perplexity(found) == pytest.approx(50)
    assert bits_per_byte(found) == pytest.approx(100 * np.log2(50) / 400)
    assert perplexity_error(found) == pytest.approx(0)


def test_is_the_inverse_geometric_mean():
    probabilities = np.array([0.5, 0.1, 0.9, 0.3])

    found = tokens(np.log(probabilities), n_bytes=8.0)

    assert perplexity(found) == pytest.approx(1 / probabilities.prod() ** (1 / 4))
    assert bits_per_byte(found) == pytest.approx(-np.log2(probabilities).sum() / 8)
    spread = np.log(probabilities).std(ddof=1) / 2
    assert perplexity_error(found) == pytest.approx(perplexity(found) * spread)
    assert bits_per_byte_error(found) == pytest.approx(4 * spread / np.log(2) / 8)


def test_a_markov_chain_under_itself_has_the_perplexity_of_its_entropy_rate():
    moves = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]])
    values, vectors = np.linalg.eig(moves.T)
    law = np.real(vectors[:, np.argmax(values.real)])
    law /= law.sum()
    rate = -(law[:, None] * moves * np.log(moves)).sum()
    rng = np.random.default_rng(1)
    states = [0]
    for _ in range(20_000):
        states.append(int(rng.choice(3, p=moves[states[-1]])))

    found = tokens(np.log(moves[states[:-1], states[1:]]))

    assert perplexity(found) == pytest.approx(np.exp(rate), abs=6 * perplexity_error(found))


def test_is_infinite_where_double_precision_ends():
    assert perplexity(tokens([-1000.0, -2000.0])) == np.inf


def test_refuses_impossible_tokens_and_what_is_absent():
    with pytest.raises(Unavailable, match="1 of 2 test tokens"):
        perplexity(tokens([-1.0, -np.inf]))
    with pytest.raises(Unavailable, match="test_bytes"):
        bits_per_byte(tokens([-1.0, -2.0]))
    with pytest.raises(Unavailable, match="test tokens"):
        Tokens.of(Comparison(reference=Reference()))

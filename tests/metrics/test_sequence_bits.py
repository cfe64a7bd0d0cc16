"""Bits a symbol: of even guesses, of chains whose divergence is known, by hand."""

import numpy as np
import pytest

from genbench import score
from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison, Reference
from genbench.evidence.excess import Excess
from genbench.evidence.row_likelihoods import RowLikelihoods
from genbench.evidence.tokens import Tokens
from genbench.ground.errors import Unavailable
from genbench.metrics.perplexity import bits_per_byte, perplexity, perplexity_error
from genbench.metrics.sequence_bits import (
    bits_error,
    bits_per_symbol,
    excess_bits,
    excess_error,
    true_bits,
)

WORDS = Symbols(("", "so", "ähm", "no"), end=0, joint=" ")
ROWS = WORDS.encode(["so no", "no", "so so ähm so"], length=4)
TRUE, MODEL = (np.array([[a, 1 - a], [1 - b, b]]) for a, b in ((0.9, 0.6), (0.7, 0.8)))


class Pair:
    """A Markov chain of two symbols in its stationary law."""

    def __init__(self, moves):
        self.moves = moves
        self.start = np.array([moves[1, 0], moves[0, 1]]) / (moves[1, 0] + moves[0, 1])

    def sample(self, n, *, rng, length=50):
        rows = np.zeros((n, length), dtype=np.int64)
        rows[:, 0] = rng.random(n) > self.start[0]
        for t in range(1, length):
            rows[:, t] = rng.random(n) > self.moves[rows[:, t - 1], 0]
        return rows.astype(float), rows[:, 0]

    def log_prob(self, points):
        rows = points.astype(np.int64)
        after = np.log(self.moves[rows[:, :-1], rows[:, 1:]]).sum(axis=1)
        return np.log(self.start[rows[:, 0]]) + after


def comparison(log_prob, rows=ROWS, symbols=WORDS, density=None):
    reference = Reference(test=rows, symbols=symbols, density=density)
    return Comparison(reference=reference, test_log_prob=np.asarray(log_prob, float))


def test_even_guesses_take_the_logarithm_of_the_vocabulary():
    lengths = WORDS.lengths(ROWS)

    found = RowLikelihoods.of(comparison(-lengths * np.log(4)))

    assert lengths.tolist() == [3, 2, 4]
    assert bits_per_symbol(found) == pytest.approx(2)
    assert bits_error(found) == pytest.approx(0)
    assert true_bits(found) is None
    assert found.parameters == {"n_rows": 3, "n_symbols": 9, "n_bytes": 5 + 2 + 13}


def test_rows_are_summed_before_they_are_divided():
    found = RowLikelihoods.of(comparison([-1.0, -3.0, -2.0]))

    assert bits_per_symbol(found) == pytest.approx(6 / 9 / np.log(2))
    off = np.array([1.0, 3.0, 2.0]) - 6 / 9 * np.array([3, 2, 4])
    assert bits_error(found) == pytest.approx(off.std(ddof=1) * np.sqrt(3) / 9 / np.log(2))


def test_perplexity_and_bytes_of_rows_are_those_of_their_symbols():
    given = comparison([-1.0, -3.0, -2.0])

    found = Tokens.of(given)

    assert perplexity(found) == pytest.approx(np.exp(6 / 9))
    assert np.log2(perplexity(found)) == pytest.approx(
        bits_per_symbol(given.get(RowLikelihoods.of))
    )
    assert bits_per_byte(found) == pytest.approx(6 / np.log(2) / 20)
    assert perplexity_error(found) == pytest.approx(
        perplexity(found) * np.log(2) * bits_error(given.get(RowLikelihoods.of))
    )
    assert found.parameters == {"n_tokens": 9, "n_bytes": 20.0}


def test_what_tokens_say_goes_before_what_rows_say():
    given = Comparison(
        reference=Reference(test=ROWS, symbols=WORDS),
        test_log_prob=np.full(3, -1.0),
        token_log_prob=np.log([0.5, 0.5]),
    )

    assert perplexity(Tokens.of(given)) == pytest.approx(2)


def test_the_truth_exceeds_itself_by_nothing_and_its_bits_are_the_ideal():
    law = Pair(TRUE)
    rows = law.sample(30, rng=np.random.default_rng(1))[0]
    given = comparison(law.log_prob(rows), rows, Symbols(("a", "b")), law)

    found = given.get(RowLikelihoods.of)

    assert excess_bits(given.get(Excess.of)) == 0
    assert excess_error(given.get(Excess.of)) == 0
    assert true_bits(found) == bits_per_symbol(found)


def test_the_excess_of_another_chain_is_its_divergence():
    law, model = Pair(TRUE), Pair(MODEL)
    rows = law.sample(4000, rng=np.random.default_rng(2))[0]

    found = Excess.of(comparison(model.log_prob(rows), rows, Symbols(("a", "b")), law))

    rate = (law.start[:, None] * TRUE * np.log2(TRUE / MODEL)).sum()
    first = (law.start * np.log2(law.start / model.start)).sum()
    expected = (first + 49 * rate) / 50
    assert excess_bits(found) == pytest.approx(expected, abs=4 * excess_error(found))
    assert excess_error(found) < 0.003
    assert excess_bits(found) > 20 * excess_error(found)


def test_paired_with_the_truth_the_error_is_far_smaller():
    law, model = Pair(TRUE), Pair(TRUE + 0.01 * np.array([[1, -1], [-1, 1]]))
    rows = law.sample(400, rng=np.random.default_rng(3))[0]
    given = comparison(model.log_prob(rows), rows, Symbols(("a", "b")), law)

    assert excess_error(given.get(Excess.of)) < bits_error(given.get(RowLikelihoods.of)) / 8


def test_errors_are_those_of_rows_drawn_anew():
    law, model = Pair(TRUE), Pair(MODEL)
    rng = np.random.default_rng(4)
    found = {bits_per_symbol: [], excess_bits: []}
    said = {bits_per_symbol: [], excess_bits: []}

    for _ in range(300):
        rows = law.sample(60, rng=rng, length=20)[0]
        given = comparison(model.log_prob(rows), rows, Symbols(("a", "b")), law)
        for metric, kind, error in (
            (bits_per_symbol, RowLikelihoods, bits_error),
            (excess_bits, Excess, excess_error),
        ):
            found[metric].append(metric(given.get(kind.of)))
            said[metric].append(error(given.get(kind.of)))

    for metric, values in found.items():
        assert np.mean(said[metric]) == pytest.approx(np.std(values), rel=0.12)


def test_samples_that_are_no_sequences_are_divided_by_their_values():
    class Normal:
        def sample(self, n, *, rng):
            return rng.normal(size=(n, 2)), np.zeros(n, dtype=np.int64)

        def log_prob(self, points):
            return -(points**2).sum(axis=1) / 2 - np.log(2 * np.pi)

    points = np.random.default_rng(5).normal(size=(5, 2))

    found = Excess.of(comparison(Normal().log_prob(points) - 0.3, points, None, Normal()))

    assert excess_bits(found) == pytest.approx(0.15 / np.log(2))


def test_a_law_that_beats_the_truth_is_told_to_be_none():
    law = Pair(TRUE)
    rows = law.sample(200, rng=np.random.default_rng(6))[0]
    noise = np.random.default_rng(7).normal(size=200)

    better = Excess.of(comparison(law.log_prob(rows) + 1 + noise, rows, Symbols("ab"), law))
    lucky = Excess.of(comparison(law.log_prob(rows) + noise, rows, Symbols("ab"), law))

    assert "cannot be those of a law" in better.warnings[0]
    assert lucky.warnings == ()


def test_fewer_bits_than_the_truth_and_more_ways_than_one_are_told():
    law = Pair(TRUE)
    rows = law.sample(30, rng=np.random.default_rng(8))[0]
    pairs = Symbols(("a", "aa", "b"))

    lucky, honest = (
        RowLikelihoods.of(comparison(law.log_prob(rows) + more, rows, Symbols("ab"), law))
        for more in (0.1, -0.1)
    )
    many, one = (
        Tokens.of(comparison(np.full(30, -9.0), rows, of)) for of in (pairs, Symbols("ab"))
    )

    assert "fewer bits than the true law" in lucky.warnings[0]
    assert honest.warnings == ()
    assert "1 symbols spell several characters" in many.warnings[0]
    assert one.warnings == ()


def test_refuses_impossible_rows_and_what_is_no_probability():
    with pytest.raises(Unavailable, match="1 of 3 rows to be impossible"):
        RowLikelihoods.of(comparison([-1.0, -np.inf, -1.0]))
    with pytest.raises(Unavailable, match="above zero on average"):
        RowLikelihoods.of(comparison([1.0, 2.0, -1.0]))
    with pytest.raises(Unavailable, match="symbols"):
        RowLikelihoods.of(comparison([-1.0, -1.0, -1.0], symbols=None))
    with pytest.raises(Unavailable, match="1 of 3 test samples to be impossible"):
        Excess.of(comparison([-1.0, -np.inf, -1.0]))


def test_a_truth_that_does_not_know_the_test_rows_is_refused():
    class Narrow:
        def log_prob(self, points):
            return np.where(points[:, 0] == 1, -1.0, -np.inf)

    with pytest.raises(Unavailable, match="density holds 1 of 3"):
        Excess.of(comparison([-1.0, -2.0, -1.0], density=Narrow()))


def test_a_law_of_pictures_is_asked_of_their_pixels_in_a_row():
    class Normal:
        def sample(self, n, *, rng):
            return rng.standard_normal((n, 12)), np.zeros(n, dtype=int)

        def log_prob(self, points):
            return -np.einsum("ij,ij->i", points, points) / 2

    pictures = np.random.default_rng(0).normal(size=(30, 2, 2, 3))
    told = Normal().log_prob(pictures.reshape(30, 12)) - 0.5

    found = score(test=pictures, density=Normal(), test_log_prob=told, metrics="excess_bits")[
        "excess_bits"
    ]

    assert found.value == pytest.approx(0.5 / 12 / np.log(2))

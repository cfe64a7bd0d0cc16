"""Zipf's exponent: of laws whose exponent is known, by hand, and what stands for words."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison, Reference
from genbench.evidence.words import Words
from genbench.ground.errors import Unavailable
from genbench.metrics.zipf import exponent, zipf_gap

WORDS = Symbols(("", *(f"w{i}" for i in range(50))), end=0, joint=" ")
CHARACTERS = Symbols(tuple(" abcdefgh"))
LETTERS = Symbols(tuple("abcd"))


def words(test, generated, symbols):
    reference = Reference(test=np.asarray(test, float), symbols=symbols)
    return Words.of(Comparison(reference=reference, generated=np.asarray(generated, float)))


def zipfian(s, n=400, length=20, seed=1):
    shares = np.arange(1, 51.0) ** -s
    rng = np.random.default_rng(seed)
    return rng.choice(50, p=shares / shares.sum(), size=(n, length)) + 1


@pytest.mark.parametrize("s", [0.6, 1.0, 1.5])
def test_counts_in_proportion_to_a_power_of_the_rank_have_that_exponent(s):
    shares = np.arange(1, 301.0) ** -s

    assert exponent(np.rint(1e9 * shares).astype(int)[::-1]) == pytest.approx(s, abs=1e-6)


def test_is_the_likeliest_exponent():
    counts = np.array([3, 17, 5, 1, 1, 8])
    ranks = np.arange(1, 7)

    def minus_log_likelihood(s):
        return s * np.sort(counts)[::-1] @ np.log(ranks) + 35 * np.log((ranks**-s).sum())

    best = minimize_scalar(minus_log_likelihood, bracket=(0.5, 1.5), tol=1e-12).x
    assert exponent(counts) == pytest.approx(best, abs=1e-6)


def test_words_as_common_as_each_other_have_none():
    assert exponent(np.array([4, 4, 4])) == 0
    with pytest.raises(Unavailable, match="two different words"):
        exponent(np.array([4]))


def test_the_gap_is_what_generated_rows_have_more():
    steep, flat = zipfian(1.4), zipfian(0.9, seed=2)

    found = words(flat, steep, WORDS)

    assert zipf_gap(found) == pytest.approx(0.5, abs=0.05)
    assert zipf_gap(words(steep, flat, WORDS)) == pytest.approx(-zipf_gap(found))
    assert zipf_gap(words(steep, steep, WORDS)) == 0
    assert found.parameters == {"words": "symbols", "n_test_words": 50, "n_generated_words": 50}


def test_the_end_is_no_word():
    closed = WORDS.close(np.array([[1.0, 2, 2, 0, 0], [2, 1, 0, 0, 0]]))

    assert words(closed, closed, WORDS).generated.tolist() == [2, 3]


def test_blanks_part_words_and_a_window_cuts_the_first_and_the_last():
    rows = CHARACTERS.encode(["b ab  ab c", "ab abc a a"], 10)

    found = words(rows, rows, CHARACTERS)

    # ab ab of the first window; abc a of the second.
    assert found.are == "words"
    assert sorted(found.generated.tolist()) == [1, 1, 2]


def test_without_blanks_strings_of_four_stand_for_words():
    rows = LETTERS.encode(["aaaaab", "aaaabb"], 6)

    found = words(rows, rows, LETTERS)

    assert found.are == "4-grams"
    assert sorted(found.generated.tolist()) == [1, 2, 3]  # aabb; aaab twice; aaaa three times


def test_refuses_rows_without_a_word():
    with pytest.raises(Unavailable, match="generated rows have no words"):
        words(CHARACTERS.encode(["a b c"], 5), CHARACTERS.encode(["abcde"], 5), CHARACTERS)

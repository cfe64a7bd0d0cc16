"""Judged bits: rows that the judge can be worked out for, ends, and symbols it never saw."""

import numpy as np
import pytest

from genbench.baselines.sequences.ngram import NGram
from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison, Reference
from genbench.evidence.judged_rows import ORDER, JudgedRows
from genbench.metrics import find
from genbench.metrics.judged_bits import judged_bits
from genbench.scoring.evaluate import evaluate

LETTERS = Symbols(tuple("abcdef"))
ENDED = Symbols((*"abc", ""), end=3)


def judged(test, generated, symbols=LETTERS):
    reference = Reference(test=np.asarray(test, float), symbols=symbols)
    return JudgedRows.of(Comparison(reference=reference, generated=np.asarray(generated, float)))


def error_of(one):
    """Standard error over rows, by one judge."""
    return (one.bits / one.lengths).std(ddof=1) / np.sqrt(len(one.bits))


def cycles(n, seed=1, length=20, other=0.1):
    """Letters in turn, from any on, but for a share of others."""
    rng = np.random.default_rng(seed)
    rows = (np.arange(length) + rng.integers(6, size=(n, 1))) % 6
    return np.where(rng.random((n, length)) < other, rng.integers(6, size=(n, length)), rows)


def test_windows_take_what_the_model_says_of_them():
    test, generated = cycles(80), cycles(30, seed=2)
    rng = np.random.default_rng(3)
    model = NGram(order=ORDER).fit(test.astype(float), rng=rng)

    found = judged(test, generated)

    expected = -model.log_prob(generated.astype(float)) / np.log(2)
    assert found.bits == pytest.approx(expected)
    assert judged_bits(found) == pytest.approx(expected.sum() / 600)
    assert found.parameters["judge"] == "modified Kneser-Ney of order 4, fitted to test rows"


def test_what_follows_an_end_takes_no_bits():
    test = ENDED.encode(["ab", "abc", "aab", "c", "abab", "cc"] * 5, 6)
    generated = ENDED.encode(["ab", "c", "bbbbb"], 6)
    model = NGram(order=ORDER).fit(test, rng=np.random.default_rng(4))

    found = judged(test, generated, ENDED)

    for row, length, bits in zip(generated, [3, 2, 6], found.bits, strict=True):
        said = [model.next_log_prob(row[None, :t])[0, int(row[t])] for t in range(length)]
        assert bits == pytest.approx(-sum(said) / np.log(2))
    assert judged_bits(found) == pytest.approx(found.bits.sum() / 11)


def test_even_symbols_take_more_than_all_and_the_likeliest_ones_less():
    test, rng = cycles(150), np.random.default_rng(5)
    real = judged(test, cycles(60, seed=6))
    noise = judged(test, rng.integers(6, size=(60, 20)))
    safe = judged(test, (np.arange(20) + rng.integers(6, size=(60, 1))) % 6)

    assert judged_bits(noise) > np.log2(6)
    assert judged_bits(safe) < judged_bits(real) - 5 * error_of(real)
    assert judged_bits(real) < judged_bits(noise) - 5 * error_of(noise)


def test_a_judge_of_training_rows_would_reward_copies():
    train, test, fresh = (cycles(60, seed, other=0.5) for seed in (7, 8, 9))
    copies, real = judged(test, train), judged(test, fresh)
    rewarded = judged(train, train)

    error = np.hypot(error_of(copies), error_of(real))
    assert abs(judged_bits(copies) - judged_bits(real)) < 3 * error
    assert judged_bits(rewarded) < judged_bits(real) - 5 * error


def test_symbols_that_no_test_row_holds_are_surprising_and_no_more():
    test = cycles(80)
    without = np.where(test == 5, 0, test)  # neither the last number nor one between occurs
    without = np.where(without == 2, 1, without)

    found = judged(without, cycles(30, seed=2))

    assert np.isfinite(found.bits).all()
    assert judged_bits(found) > judged_bits(judged(without, without))


def test_names_of_symbols_do_not_matter():
    test, generated = cycles(80), cycles(30, seed=2)
    order = np.array([3, 0, 5, 1, 4, 2])

    assert judged_bits(judged(order[test], order[generated])) == pytest.approx(
        judged_bits(judged(test, generated)), rel=1e-12
    )


def test_the_error_is_that_of_rows_and_judges_drawn_anew():
    found = []
    for seed in range(40):
        test, generated = (cycles(80, 2 * seed + i).astype(float) for i in (0, 1))
        reference = Reference(test=test, symbols=LETTERS)
        given = Comparison(reference=reference, generated=generated, seed=seed)
        found.append(evaluate(given, [find("judged_bits")])["judged_bits"])

    spread = np.std([score.value for score in found], ddof=1)
    assert np.mean([score.standard_error for score in found]) == pytest.approx(spread, rel=0.3)

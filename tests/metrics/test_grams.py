"""Grams by hand, against plain counting, and their errors against rows drawn anew."""

from collections import Counter

import numpy as np
import pytest

from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison, Reference
from genbench.evidence.grams import Grams
from genbench.ground.errors import Unavailable
from genbench.metrics import CATALOG as METRICS
from genbench.metrics.grams import (
    distinct_error,
    distinct_ngrams,
    distinct_of_test,
    ngram_divergence,
    repetition,
    repetition_error,
    repetition_of_test,
)
from genbench.scoring.evaluate import evaluate

LETTERS = Symbols(tuple("abcdefgh"))
ENDED = Symbols((*"abc", ""), end=3)


def grams(test, generated, symbols=LETTERS):
    reference = Reference(test=np.asarray(test, float), symbols=symbols)
    return Grams.of(Comparison(reference=reference, generated=np.asarray(generated, float)))


def of_text(test, generated, symbols=LETTERS):
    length = max(map(len, (*test, *generated))) + (symbols.end is not None)
    return grams(symbols.encode(test, length), symbols.encode(generated, length), symbols)


def counted(rows, order):
    return [row[i : i + order] for row in rows for i in range(len(row) - order + 1)]


def test_equal_rows_do_not_differ_and_disjoint_ones_differ_by_a_bit():
    assert ngram_divergence(of_text(["abcabd", "aaaaaa"], ["aaaaaa", "abcabd"])) == 0
    assert ngram_divergence(of_text(["abcabc"], ["defdef"])) == pytest.approx(1)


def test_the_divergence_is_written_out():
    rng = np.random.default_rng(1)
    test, generated = (["".join(rng.choice(list("abc"), size=7)) for _ in range(9)] for _ in "ab")
    p, q = (Counter(counted(rows, 3)) for rows in (test, generated))
    p, q = ({g: c / sum(part.values()) for g, c in part.items()} for part in (p, q))

    expected = 0.0
    for gram in {*p, *q}:
        middle = (p.get(gram, 0) + q.get(gram, 0)) / 2
        for part in (p, q):
            if gram in part:
                expected += part[gram] * np.log2(part[gram] / middle) / 2

    assert ngram_divergence(of_text(test, generated)) == pytest.approx(expected, rel=1e-12)


def test_different_grams_are_counted_over_all_rows_and_within_each():
    found = of_text(["abcdefgh"], ["ababcabc", "ababdddd"])

    # abab babc abca bcab cabc; abab babd abdd bddd dddd: nine different of ten.
    assert distinct_ngrams(found) == 9 / 10
    assert repetition(found) == 0
    assert distinct_of_test(found) is None  # one row is fewer than two


def test_one_symbol_again_and_again_is_all_repetition():
    rows = [[2.0] * 12]

    found = grams(rows, rows)

    assert repetition(found) == pytest.approx(1 - 1 / 9)
    assert distinct_ngrams(found) == pytest.approx(1 / 9)
    assert ngram_divergence(found) == 0
    assert repetition_of_test(found) == repetition(found)


def test_rows_are_means_of_their_own_and_short_ones_have_none():
    found = of_text(["aaaaaaa"], ["aaaaa", "abc", ""], ENDED)

    # aaaa aaaa aaa. of the first row; abc. of the second; the third is too short for any.
    assert repetition(found) == pytest.approx((1 / 3 + 0) / 2)
    assert repetition_error(found) == pytest.approx(1 / 6)


def test_no_gram_passes_an_end_or_crosses_rows():
    one = of_text(["abcabc"], ["abc", "ab"], ENDED)
    other = of_text(["abcabc"], ["ab", "abc"], ENDED)

    codes, rows = one.generated.grams(3)
    # abc bc. of the first, ab. of the second, with 3 for the end and four symbols.
    assert codes.tolist() == [0 * 16 + 1 * 4 + 2, 1 * 16 + 2 * 4 + 3, 0 * 16 + 1 * 4 + 3]
    assert rows.tolist() == [0, 0, 1]
    assert ngram_divergence(one) == ngram_divergence(other)


def test_what_is_expected_of_fewer_test_rows_is_the_mean_over_all_choices():
    rng = np.random.default_rng(2)
    test = rng.integers(3, size=(5, 8)).astype(float)

    found = distinct_of_test(grams(test, test[:2]))

    pairs = [(i, j) for i in range(5) for j in range(i)]
    of_pairs = [distinct_ngrams(grams(test, test[list(pair)])) for pair in pairs]
    assert found == pytest.approx(np.mean(of_pairs), rel=1e-12)
    assert distinct_of_test(grams(test, test)) == distinct_ngrams(grams(test, test))


def test_the_error_of_different_grams_is_written_out():
    rows = np.random.default_rng(3).integers(4, size=(12, 9)).astype(float)
    rows[1, 2:8] = rows[0, 1:7]
    without = [distinct_ngrams(grams(rows, np.delete(rows, i, axis=0))) for i in range(12)]
    held = [set(counted([text], 4)) for text in ("".join(map(str, map(int, row))) for row in rows)]
    holders = Counter(gram for one in held for gram in one)
    of_pairs = [
        sum(holders[gram] == 2 for gram in held[i] & held[j]) for i in range(12) for j in range(i)
    ]

    found = distinct_error(grams(rows, rows))

    jackknife = 11 / 12 * ((without - np.mean(without)) ** 2).sum()
    twice = (np.array(of_pairs) ** 2).sum() / (12 * 6) ** 2
    assert twice > 0
    assert found == pytest.approx(np.sqrt(0.75 * jackknife - 0.25 * twice))


def test_errors_are_those_of_rows_drawn_anew():
    rng = np.random.default_rng(4)
    moves = rng.dirichlet(np.full(8, 0.3), size=8)

    def drawn(n, sharp):
        law = moves**sharp / (moves**sharp).sum(axis=1, keepdims=True)
        rows = np.zeros((n, 16), dtype=int)
        rows[:, 0] = rng.integers(8, size=n)
        for t in range(1, 16):
            rows[:, t] = (rng.random((n, 1)) > law[rows[:, t - 1]].cumsum(axis=1)).sum(axis=1) % 8
        return rows

    for sharp in (1.0, 1.6):
        found = {"distinct_ngrams": [], "repetition": [], "ngram_divergence": []}
        said = {name: [] for name in found}
        for _ in range(60):
            reference = Reference(test=drawn(100, 1.0).astype(float), symbols=LETTERS)
            given = Comparison(reference=reference, generated=drawn(100, sharp).astype(float))
            scores = evaluate(given, [METRICS[name] for name in found])
            for name, score in scores.items():
                found[name].append(score.value)
                said[name].append(score.standard_error)
        for name, values in found.items():
            assert 0.7 < np.mean(said[name]) / np.std(values) < 1.7, (name, sharp)


def test_says_when_one_set_has_more_rows_than_the_other():
    rows = np.zeros((20, 6))

    assert "9 generated rows are beside 20" in grams(rows, rows[:9]).warnings[0]
    assert grams(rows, rows[:19]).warnings == ()


def test_refuses_rows_without_grams_and_alphabets_without_codes():
    with pytest.raises(Unavailable, match="no generated row has 4 symbols"):
        distinct_ngrams(grams([[0, 1, 2]], [[0, 1, 2]]))
    with pytest.raises(Unavailable, match="no row has 3 symbols"):
        ngram_divergence(grams([[0, 1]], [[0, 1]]))
    many = Symbols(tuple(map(str, range(60_000))))
    with pytest.raises(Unavailable, match="60000 symbols are too many for grams of 4"):
        repetition(grams([[0, 1, 2, 3, 4]], [[0, 1, 2, 3, 59_999]], many))

"""BLEU of rows against the others: by hand, equal rows, and against nltk's."""

import numpy as np
import pytest

from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison, Reference
from genbench.evidence.self_similarity import SelfSimilarity, bleu
from genbench.evidence.symbol_rows import SymbolRows
from genbench.ground.errors import Unavailable
from genbench.metrics.self_similarity import of_test, self_similarity, similarity_error

ENDED = Symbols((*"abcd", ""), end=4)


def rows_of(*texts, length=12):
    return ENDED.encode(texts, length)


def similarity(generated, test=None):
    reference = Reference(test=test, symbols=ENDED)
    return SelfSimilarity.of(Comparison(reference=reference, generated=generated))


def random_rows(n, seed=1, length=12):
    rng = np.random.default_rng(seed)
    return ENDED.close(rng.choice(5, p=[0.4, 0.3, 0.15, 0.1, 0.05], size=(n, length)).astype(float))


def test_equal_rows_are_as_similar_as_can_be():
    found = similarity(np.repeat(rows_of("abcabd"), 6, axis=0))

    assert self_similarity(found) == pytest.approx(1, abs=1e-15)
    assert similarity_error(found) == 0


def test_is_written_out():
    found = bleu(SymbolRows.of(rows_of("aab", "ab"), ENDED))

    # Of a a b . the other row a b . has one a, b and the end; ab and b.; ab.; nothing of four.
    first = np.log([3 / 4, (2 + 1) / (3 + 1), (1 + 1) / (2 + 1), (0 + 1) / (1 + 1)]).mean()
    # Of a b . the other has all, and there is no gram of four; it is shorter than the other.
    second = np.log([3 / 3, (2 + 1) / (2 + 1), (1 + 1) / (1 + 1), (0 + 1) / (1 + 1)]).mean()
    assert found == pytest.approx([np.exp(first), np.exp(second + 1 - 4 / 3)], rel=1e-14)


def test_rows_with_nothing_in_common_have_no_similarity():
    windows = Symbols(tuple("abcdef"))
    rows = windows.encode(["aaaa", "bbbb"], 4)

    assert bleu(SymbolRows.of(rows, windows)).tolist() == [0, 0]


def test_a_row_is_not_held_against_itself():
    once = bleu(SymbolRows.of(rows_of("aaaa", "abcd"), ENDED))
    twice = bleu(SymbolRows.of(rows_of("aaaa", "aaaa", "abcd"), ENDED))

    assert twice[0] == pytest.approx(1)
    assert once[0] < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_equals_nltk(seed):
    scores = pytest.importorskip(
        "nltk.translate.bleu_score", reason="needs nltk, of the group `oracles`"
    )
    rows = random_rows(30, seed)
    words = [list(map(int, row[:n])) for row, n in zip(rows, ENDED.lengths(rows), strict=True)]
    method = scores.SmoothingFunction().method2

    found = bleu(SymbolRows.of(rows, ENDED))

    for i, row in enumerate(words):
        others = words[:i] + words[i + 1 :]
        expected = scores.sentence_bleu(others, row, smoothing_function=method)
        assert found[i] == pytest.approx(expected, abs=1e-14)


def test_of_many_rows_two_hundred_are_held_against_one_another():
    few, many = similarity(random_rows(50)), similarity(random_rows(450))

    assert few.parameters["n_rows"] == 50
    assert "50 rows" in few.warnings[0]
    assert many.parameters["n_rows"] == len(many.scores) == 200
    assert "200 of 450 generated samples, drawn at random" in many.warnings[0]
    assert self_similarity(many) > self_similarity(few) + 0.01


def test_the_ideal_is_of_as_many_test_rows():
    test = random_rows(60, seed=2)

    assert of_test(similarity(random_rows(60), test)) == pytest.approx(
        self_similarity(similarity(test))
    )
    assert of_test(similarity(random_rows(61), test)) is None
    assert of_test(similarity(random_rows(61))) is None


def test_the_error_is_about_that_of_rows_drawn_anew():
    found = [similarity(random_rows(60, seed)) for seed in range(100)]

    spread = np.std([self_similarity(one) for one in found])
    assert 0.7 < np.mean([similarity_error(one) for one in found]) / spread < 1.4


def test_refuses_a_single_row():
    with pytest.raises(Unavailable, match="two generated rows"):
        similarity(random_rows(1))

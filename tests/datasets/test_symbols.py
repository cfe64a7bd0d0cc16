"""What rows of symbols spell, where they end, and what a vocabulary may be."""

import numpy as np
import pytest

from genbench import BadInput
from genbench.datasets import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.symbols import Symbols

WORDS = Symbols(("", "the", "dog", "barks"), end=0, joint=" ")
WINDOWS = Symbols(("a", "b", "ab", "é"))


def test_a_row_is_as_long_as_what_stands_before_its_first_end_and_the_end() -> None:
    rows = np.array([[1, 2, 3, 1], [1, 2, 0, 3], [0, 1, 2, 3]], float)
    np.testing.assert_array_equal(WORDS.lengths(rows), [4, 3, 1])
    np.testing.assert_array_equal(WINDOWS.lengths(rows), [4, 4, 4])


def test_what_follows_the_end_becomes_the_end() -> None:
    rows = np.array([[1, 2, 3, 1], [1, 2, 0, 3], [0, 1, 2, 3]], float)
    closed = [[1, 2, 3, 1], [1, 2, 0, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(WORDS.close(rows), closed)
    np.testing.assert_array_equal(WINDOWS.close(rows), rows)


def test_a_row_spells_its_symbols_up_to_its_end() -> None:
    assert WORDS.spell(np.array([1.0, 2, 3, 0, 0])) == "the dog barks"
    assert WORDS.spell(np.array([1.0, 2])) == "the dog"
    assert WORDS.spell(np.array([0.0, 0])) == ""
    assert WINDOWS.spell(np.array([2.0, 0, 3])) == "abaé"


def test_bytes_are_those_of_utf_8() -> None:
    np.testing.assert_array_equal(WINDOWS.n_bytes(np.array([[2.0, 0, 3], [0, 0, 0]])), [5, 3])
    np.testing.assert_array_equal(WORDS.n_bytes(np.array([[1.0, 2, 0, 0]])), [7])


def test_texts_become_rows_that_spell_them() -> None:
    rows = WORDS.encode(["the dog barks", "the", "", "the dog the dog"], 4)
    np.testing.assert_array_equal(rows, [[1, 2, 3, 0], [1, 0, 0, 0], [0] * 4, [1, 2, 1, 2]])
    np.testing.assert_array_equal(WINDOWS.encode(["abaé", "baab"], 3), [[2, 0, 3], [1, 0, 2]])


@pytest.mark.parametrize(
    ("symbols", "text", "words"),
    [
        (WORDS, "the cat", "Text 2 holds 'cat', which is none of the 4 symbols."),
        (WINDOWS, "abz", "Text 2 holds 'z', which is none of the 4 symbols."),
        (WORDS, "the dog the dog the", "Text 2 has 5 symbols; a row has 4"),
        (WINDOWS, "ab", "Text 2 has 1 symbols; a row has 4"),
    ],
)
def test_a_text_that_is_no_row_is_refused(symbols: Symbols, text: str, words: str) -> None:
    good = {WORDS: "the", WINDOWS: "aaaa"}[symbols]
    with pytest.raises(BadInput, match=words):
        symbols.encode([good, text], 4)


@pytest.mark.parametrize(
    ("vocabulary", "end", "words"),
    [
        (("a",), None, "two symbols or more, not 1"),
        (("a", "b", "a"), None, "'a' twice"),
        (("a", "b"), 2, "one of the 2 symbols, not number 2"),
        (("a", ""), None, "spells nothing"),
        (("a", ""), 0, "spells nothing"),
    ],
)
def test_a_vocabulary_that_spells_no_text_is_refused(
    vocabulary: tuple[str, ...], end: int | None, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        Symbols(vocabulary, end)


def _dataset(train: np.ndarray, symbols: Symbols = WORDS) -> Dataset:
    rows = np.array([[1.0, 2, 0], [1, 2, 3]])
    domain = Domain(whole=True, low=0, high=symbols.count - 1)
    return Dataset("toy", train, rows, rows, domain=domain, symbols=symbols)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1, 2, 4]], "train holds 4, which is none of the 4 symbols"),
        ([[1, 2, 0.5]], "train holds 0.5"),
        ([[1, 2, -1]], "train holds -1"),
        ([[1, 0, 1]], "behind the end"),
        ([[[1, 0], [1, 0], [1, 0]]], "shape"),
    ],
)
def test_a_data_set_holds_rows_of_its_symbols(rows: list, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        _dataset(np.array(rows, float))


def test_samples_of_sequences_become_rows_that_can_be() -> None:
    dataset = _dataset(np.array([[1.0, 2, 3]]))
    drawn = np.array([[1.2, 0.3, 2.9], [9.0, -3.0, 1.0]])
    np.testing.assert_array_equal(dataset.project(drawn), [[1, 0, 0], [3, 0, 0]])


def test_what_rows_spell_is_part_of_what_the_data_are() -> None:
    train = np.array([[1.0, 2, 3]])
    other = Symbols(("", "the", "cat", "barks"), end=0, joint=" ")
    assert _dataset(train).content_hash != _dataset(train, other).content_hash

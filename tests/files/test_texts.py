"""Lines of text as rows of symbols, and files that cannot be read so."""

import numpy as np
import pytest

from genbench.datasets import load
from genbench.files.texts import read_like, read_lines, read_texts
from genbench.ground.errors import BadInput


@pytest.fixture
def text(tmp_path):
    """Return what writes a file of text, or of bytes, and returns its path."""

    def text(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return text


def test_rows_are_lines_of_characters_and_their_end(text):
    paths = text("a.txt", "ba\n\nc"), text("b.txt", "é\r\nabca\r\n")
    said = []

    symbols, (first, second) = read_texts(paths, told=said.append)

    assert symbols.vocabulary == ("", "a", "b", "c", "é")
    assert symbols.end == 0
    np.testing.assert_array_equal(first, [[2, 1, 0, 0, 0], [0] * 5, [3, 0, 0, 0, 0]])
    np.testing.assert_array_equal(second, [[4, 0, 0, 0, 0], [1, 2, 3, 1, 0]])
    assert [line.partition(": ")[2] for line in said] == [
        "3 samples, a line each, of at most 2 characters.",
        "2 samples, a line each, of at most 4 characters.",
    ]


def test_only_line_ends_end_lines(text):
    path = text("a.txt", "\ufeffa\u2028b\x0bc\r\n\x00\u202ed\rlast")

    assert read_lines(path) == ["a\u2028b\x0bc", "\x00\u202ed", "last"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"one\ntwo \xff\n", r"a\.txt is not a text in UTF-8: byte 9, in line 2, is 0xff"),
        (b"\xc3", r"byte 1, in line 1, is 0xc3"),
        ("a\n".encode("utf-16"), "byte 1, in line 1, is 0xff"),
        (b"", "has no lines: it is empty"),
        (b"\n", "has no lines: it is empty"),
        (b"\n\n\n", "holds nothing but empty lines"),
    ],
)
def test_what_is_no_text_is_refused(text, content, message):
    with pytest.raises(BadInput, match=message):
        read_texts([text("a.txt", content)])


def test_text_is_not_compared_with_other_files(text, tmp_path):
    np.save(tmp_path / "b.npy", np.ones((2, 2)))

    with pytest.raises(BadInput, match=r"b\.npy is not text, and cannot be compared with text"):
        read_texts([text("a.txt", "a"), tmp_path / "b.npy"])


def test_lines_too_many_and_too_long_for_one_table_are_refused(text, monkeypatch):
    monkeypatch.setattr("genbench.ground.limits.MOST_NUMBERS", 100)

    with pytest.raises(BadInput, match=r"a\.txt promises more numbers than the limit of 100"):
        read_texts([text("a.txt", "a\n" * 20 + "abcdef")])


def test_lines_are_rows_of_a_data_set_whose_rows_end(text):
    grammar = load("grammar")

    rows = read_like(text("a.txt", "the dog sleeps\nthe dog sings\n"), grammar)

    assert [grammar.symbols.spell(row) for row in rows] == ["the dog sleeps", "the dog sings"]
    assert rows.shape == (2, 24)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("grammar", "the dog\nthe wolf", r"a\.txt, a line a sample: Text 2 holds 'wolf'"),
        ("grammar", "the " * 25, "Text 1 has 25 symbols; a row has 24"),
        ("markov", "abc", "Text 1 has 3 symbols; a row has 64"),
        ("english", "abc", "a line is no sample of english: its samples hold line ends"),
        ("ring", "abc", "a line is no sample of ring: its samples are numbers, not symbols"),
    ],
)
def test_lines_that_are_no_rows_of_a_data_set_are_refused(text, name, content, message):
    with pytest.raises(BadInput, match=message):
        read_like(text("a.txt", content), load(name))

"""Text of one's own: what is read, how windows are dealt, and files that cannot be used."""

import numpy as np
import pytest

from genbench.datasets.text import load
from genbench.ground.errors import BadInput


def letters(n, *, rng, of="abcdefg \n"):
    return "".join(rng.choice(list(of), size=n))


def test_windows_are_of_one_file_each_and_every_character_is_a_symbol(tmp_path):
    rng = np.random.default_rng(0)
    one, two = letters(128 * 20 + 50, rng=rng), letters(128 * 20 + 3, rng=rng, of="xyzü🙂")
    (tmp_path / "one.txt").write_text(one, encoding="utf-8")
    (tmp_path / "two.txt").write_text(two, encoding="utf-8")
    (tmp_path / "other.md").write_text("#", encoding="utf-8")

    data = load(tmp_path)

    said = [set(map(data.symbols.spell, part)) for part in (data.train, data.test, data.fresh)]
    assert set.union(*said) == {text[at * 128 :][:128] for text in (one, two) for at in range(20)}
    assert [len(part) for part in said] == [28, 6, 6]
    assert data.symbols.vocabulary == tuple(sorted(set("abcdefg \nxyzü🙂")))


def test_characters_of_the_rest_are_no_symbols_and_line_ends_are_one_character(tmp_path):
    text = letters(128 * 12, rng=np.random.default_rng(1))
    (tmp_path / "a.txt").write_bytes(("\ufeff" + text.replace("\n", "\r\n") + "Q").encode())

    assert load(tmp_path).symbols.vocabulary == tuple(sorted(set(text)))


def test_of_equal_windows_one_is_kept_and_rare_symbols_are_in_training(tmp_path):
    rng = np.random.default_rng(2)
    text = letters(128 * 20, rng=rng)
    rare = "".join(letters(127, rng=rng) + sign for sign in "ABCDEFG")
    (tmp_path / "a.txt").write_text(text * 3 + rare, encoding="utf-8")

    data = load(tmp_path)

    assert len(data.train) + len(data.test) + len(data.fresh) == 27
    assert len(np.unique(data.train)) == data.symbols.count


def test_a_file_that_is_not_utf_8_is_named_with_its_byte_and_line(tmp_path):
    (tmp_path / "latin.txt").write_bytes("eins\nzwei\nfünf".encode("latin-1"))

    words = r"latin\.txt is not a text in UTF-8: byte 12, in line 3, is 0xfc"
    with pytest.raises(BadInput, match=words):
        load(tmp_path)


def test_no_text_or_too_little_of_it_is_refused(tmp_path, monkeypatch):
    with pytest.raises(BadInput, match=r"has no \.txt files"):
        load(tmp_path)
    (tmp_path / "a.txt").write_text("short", encoding="utf-8")
    with pytest.raises(BadInput, match="has 128 characters, as a window has"):
        load(tmp_path)
    (tmp_path / "a.txt").write_text("ab" * 64 + "ba" * 64, encoding="utf-8")
    with pytest.raises(BadInput, match="2 windows of 128 symbols are too few"):
        load(tmp_path)
    monkeypatch.delenv("GENBENCH_DATA", raising=False)
    with pytest.raises(BadInput, match="set GENBENCH_DATA"):
        load()

"""The frozen English text is what the standard library's help says; rows are its windows."""

import re
import sys
from importlib import resources

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.english import frozen_text

# Typographic marks, in the letters that were there before them; of a degree sign, nothing.
IN_ASCII = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "--", "…": "..."}
IN_ASCII |= {"ß": "ss", "°": ""}
FEWEST_LETTERS = 25  # of a paragraph: shorter ones are headings and lines of code


def frozen(topics):
    """Paragraphs of prose in the order of topics, each once and on one line."""
    paragraphs = (
        " ".join(paragraph.split())
        for topic in topics
        for paragraph in re.split(r"\n\s*\n", topic.translate(str.maketrans(IN_ASCII)))
    )
    prose = (each for each in paragraphs if sum(map(str.isalpha, each)) >= FEWEST_LETTERS)
    return "\n".join(dict.fromkeys(prose)) + "\n"


@pytest.mark.skipif(
    sys.version_info[:3] != (3, 11, 7), reason="the help of another Python has other words"
)
def test_the_text_is_that_of_the_standard_library():
    from pydoc_data.topics import topics

    assert frozen_text() == frozen(topics.values())


def test_the_text_comes_with_its_licence():
    folder = resources.files("genbench.datasets") / "data"
    licence = (folder / "PYTHON_LICENSE.txt").read_text(encoding="utf-8")
    assert "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2" in licence


def test_rows_are_windows_of_the_text_each_in_one_part():
    english, text = load("english"), frozen_text()
    windows = {text[start : start + 128] for start in range(0, len(text) - 127, 128)}

    parts = [
        set(map(english.symbols.spell, part))
        for part in (english.train, english.test, english.fresh)
    ]

    assert set.union(*parts) == windows
    assert [len(part) for part in parts] == [1827, 392, 392]
    assert sum(map(len, parts)) == len(windows)


def test_windows_are_dealt_by_chance_and_neighbours_go_apart():
    """Windows of one topic are in all parts: of each hundred in a row about fifteen are test."""
    english, text = load("english"), frozen_text()
    tested = {english.symbols.spell(row) for row in english.test}

    chosen = np.array([text[at : at + 128] in tested for at in range(0, len(text) - 127, 128)])

    share = chosen[:2600].reshape(-1, 100).mean(axis=1)
    assert (np.abs(share - 0.15) < 5 * np.sqrt(0.15 * 0.85 / 100)).all()
    assert share.std() > 0.01  # not every sixth, either

"""Rows as text: what is copied is what is longer than is usual, told in characters."""

import numpy as np

from genbench.datasets import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.symbols import Symbols
from genbench.scoring.excerpts import Excerpt, excerpts_of

LETTERS = Symbols(tuple("abcdefgh"))
LENGTH = 12


class EvenButNeverTwoAs:
    def sample(self, n, *, rng):
        return rng.integers(8, size=(n, LENGTH)).astype(float), np.zeros(n, int)

    def log_prob(self, rows):
        twice = (rows[:, 1:] == 0) & (rows[:, :-1] == 0)
        return np.where(twice.any(axis=1), -np.inf, -1.0)


def dataset(symbols=LETTERS, **known):
    rng = np.random.default_rng(0)
    rows = rng.integers(symbols.count, size=(200, LENGTH)).astype(float)
    rows = symbols.close(rows)
    domain = Domain(whole=True, low=0, high=symbols.count - 1)
    parts = rows[:100], rows[100:150], rows[150:]
    return Dataset("toy", *parts, domain=domain, symbols=symbols, features="ngrams", **known)


def test_a_copied_part_is_marked_and_nothing_that_is_usual():
    data = dataset()
    row = data.fresh[0].copy()
    row[3:11] = data.train[7, 2:10]
    new = data.fresh[1]

    copied, other, *_ = excerpts_of(data, np.stack([row, new]))

    (part,) = copied.copied
    assert part[0] <= 3
    assert part[1] >= 11
    assert part[1] - part[0] < LENGTH
    assert "".join(LETTERS.vocabulary[int(n)] for n in row) == copied.text
    assert other.copied == ()


def test_parts_are_told_in_characters_of_what_is_spelled():
    words = Symbols(("", "the", "a", "dog", "cat", "sees", "and", "barks"), end=0, joint=" ")
    data = dataset(words)
    whole = max(data.train, key=lambda row: words.lengths(row[None])[0])

    (found, *_) = excerpts_of(data, whole[None])

    assert found == Excerpt(words.spell(whole), ((0, len(words.spell(whole))),))


def test_a_row_that_cannot_be_is_told():
    data = dataset(density=EvenButNeverTwoAs())
    rows = np.array([[0, 0, *range(8), 1, 2], [0, 1, *range(8), 1, 2]], float)

    assert [each.possible for each in excerpts_of(data, rows)] == [False, True]


def test_a_few_rows_of_symbols_only():
    data = dataset()
    assert len(excerpts_of(data, data.fresh)) == 4
    plain = Dataset("plain", data.train, data.test, data.fresh)
    assert excerpts_of(plain, data.fresh) == ()

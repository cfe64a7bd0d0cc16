"""Byte pairs by hand, and what rows of the data set spell."""

from collections import Counter

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.byte_pairs import merged, pairs_of
from genbench.datasets.english import frozen_text


def test_the_most_frequent_pair_is_merged_and_then_that_of_what_is_there():
    rows = np.array([[0, 1, 2, 0, 1, 2], [0, 1, 3, 3, 2, 0]], float)

    assert pairs_of(rows, n_symbols=4, more=2) == [(0, 1), (4, 2)]


def test_pairs_over_the_border_of_rows_do_not_count():
    rows = np.array([[0, 1, 2], [3, 1, 2], [3, 0, 1], [3, 3, 0]], float)

    assert pairs_of(rows, n_symbols=4, more=1) == [(0, 1)]  # 2 3 stands twice over borders


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([0, 0, 0, 1, 0, 0], [2, 0, 1, 2]),
        ([0, 0, 0, 0], [2, 2]),
        ([1, 0, 1], [1, 0, 1]),
        ([0], [0]),
    ],
)
def test_of_three_alike_the_first_two_are_a_pair(numbers, expected):
    np.testing.assert_array_equal(merged(np.array(numbers, float), [(0, 0)], 2), expected)


def test_rows_spell_the_whole_text_but_for_less_than_a_window():
    pairs, text = load("english_pairs"), frozen_text()
    said = [pairs.symbols.spell(row) for row in (*pairs.train, *pairs.test, *pairs.fresh)]

    total = sum(map(len, said))

    assert all(window in text for window in said)
    assert Counter("".join(said)) == Counter(text[:total])
    assert len(text) - total <= 64 * max(map(len, pairs.symbols.vocabulary))


def test_a_symbol_stands_for_nearly_two_characters():
    pairs = load("english_pairs")

    assert pairs.symbols.n_bytes(pairs.train).mean() / 64 == pytest.approx(1.906, abs=0.001)

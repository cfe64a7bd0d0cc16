"""Columns of words as numbers, and the values that these take."""

import numpy as np
import pytest

from genbench.datasets.categories import MOST_CATEGORIES, domain_of_pictures, encoded
from genbench.ground.errors import BadInput


def words(*values):
    return np.array(values, dtype=object)


def test_two_words_are_one_column_and_more_are_one_each():
    columns = {
        "size": np.array([1.5, 2.5, 0.5, 3.5]),
        "city": words("Bern", "Chur", "Basel", "Bern"),
        "smokes": words("yes", "no", "no", "yes"),
        "rooms": np.array([1.0, 4.0, 2.0, 2.0]),
    }

    table, titles, domain = encoded(columns, name="homes")

    assert titles == ["size", "city=Basel", "city=Bern", "city=Chur", "smokes=yes", "rooms"]
    np.testing.assert_array_equal(
        table,
        [
            [1.5, 0, 1, 0, 1, 1],
            [2.5, 0, 0, 1, 0, 4],
            [0.5, 1, 0, 0, 0, 2],
            [3.5, 0, 1, 0, 1, 2],
        ],
    )
    drawn = [[0.3, 0.4, 0.2, 0.3, 0.6, -1.0], [-7.1, -3.0, -2.0, -2.5, 9.0, 5.6]]
    np.testing.assert_array_equal(
        domain.project(drawn), [[0.3, 1, 0, 0, 1, 0], [-7.1, 0, 1, 0, 1, 6]]
    )
    np.testing.assert_array_equal(domain.project(table), table)


def test_whole_numbers_below_zero_have_no_lower_end_and_one_word_is_what_it_is():
    columns = {"change": np.array([-3.0, 2.0]), "here": words("yes", "yes")}

    table, titles, domain = encoded(columns, name="some")

    assert titles == ["change", "here=yes"]
    np.testing.assert_array_equal(table, [[-3, 1], [2, 1]])
    np.testing.assert_array_equal(domain.project([[-8.4, 0.7]]), [[-8, 1]])


def test_names_are_no_categories():
    columns = {"name": words(*(f"person {i}" for i in range(MOST_CATEGORIES + 1)))}

    with pytest.raises(BadInput, match="homes, column 'name' holds 51 different words in 51 rows"):
        encoded(columns, name="homes")


@pytest.mark.parametrize(
    ("values", "ends", "whole"),
    [
        ([0.0, 200.0], (0, 255), True),
        ([0.0, 0.5], (0, 1), False),
        ([0.0, 1.0], (0, 1), False),
        ([-0.5, 1.0], (-1, 1), False),
        ([0.5, 200.0], (-np.inf, np.inf), False),
        ([0.0, 256.0], (-np.inf, np.inf), False),
    ],
)
def test_pixels_are_within_the_usual_range_that_holds_them(values, ends, whole):
    domain = domain_of_pictures(np.reshape(values, (1, 1, 2)))

    assert (domain.low, domain.high) == ends
    assert domain.whole == whole

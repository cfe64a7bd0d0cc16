"""Tables with columns of words."""

import re

import numpy as np
import pytest

from genbench.files.mixed import read_mixed
from genbench.ground.errors import BadInput

PEOPLE = "age,city,smokes\n31,Bern,True\n40, Chur ,False\n28,Bern,True\n"


def test_words_and_numbers_are_told_column_by_column(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)

    found = read_mixed(path)

    assert list(found) == ["age", "city", "smokes"]
    np.testing.assert_array_equal(found["age"], [31.0, 40.0, 28.0])
    assert found["city"].tolist() == ["Bern", "Chur", "Bern"]
    np.testing.assert_array_equal(found["smokes"], [1.0, 0.0, 1.0])


def test_columns_without_titles_are_counted(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("1.5,a\n2.5,b\n")

    assert list(read_mixed(path)) == ["column 1", "column 2"]


def test_numbers_alone_are_read_as_everywhere(tmp_path):
    (tmp_path / "named.csv").write_text("a,b\n1.5,2\n3.5,4\n")
    np.save(tmp_path / "plain.npy", np.ones((3, 2)))

    named = read_mixed(tmp_path / "named.csv")

    np.testing.assert_array_equal(named["b"], [2.0, 4.0])
    np.testing.assert_array_equal(read_mixed(tmp_path / "plain.npy"), np.ones((3, 2)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("age,city\n31,Bern\n40,\n28,Bern\n", "row 3, column 'city' is empty; expected a word"),
        ("age,city\n31,Bern\n,Chur\n28,Chur\n", "row 3, column 'age' is empty; expected a number"),
        ("age,city\n31,Bern\n?,Chur\n28,Chur\n", "row 3, column 'age' holds '?'; expected a num"),
        ("age,city\n31,Bern\n40\n", "row 3 has 1 cells; expected 2"),
        ("city,city\nBern,1\nChur,2\n", "several columns named 'city'"),
        ("age,city\n", "is empty: it holds no row of numbers"),
    ],
)
def test_cells_that_are_not_as_the_others_are_named(text, message, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(text)

    with pytest.raises(BadInput, match=re.escape(message)):
        read_mixed(path)


@pytest.mark.extras
def test_parquet_tells_words_by_their_type(tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"age": [31, 40], "city": ["Bern", "Chur"], "tall": [1.5, 2.5]})
    frame["city"] = frame["city"].astype("category")
    frame.to_parquet(tmp_path / "people.parquet")
    frame.assign(city=["Bern", None]).to_parquet(tmp_path / "gap.parquet")

    found = read_mixed(tmp_path / "people.parquet")

    assert list(found) == ["age", "city", "tall"]
    assert found["city"].tolist() == ["Bern", "Chur"]
    np.testing.assert_array_equal(found["age"], [31.0, 40.0])
    with pytest.raises(BadInput, match="row 2, column city is empty"):
        read_mixed(tmp_path / "gap.parquet")

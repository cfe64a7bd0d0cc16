"""Columns have names: tables are matched by them, in whatever order they stand."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genbench.ground.errors import BadInput
from genbench.ground.paths import brief

Array: TypeAlias = NDArray[np.float64]
Columns: TypeAlias = tuple[str, ...] | None

LEFT_BY_PANDAS = re.compile(r"|Unnamed: \d+\S*|__index_level_\d+__")
LIKE_AN_INDEX = re.compile(r"index|level_\d+|idx|id|row|row[ _]?(id|number)", re.IGNORECASE)
# What to do about a column of words, which no distance could take as it is.
NO_NUMBERS = (
    "leave the column out of every set, or code it as numbers, alike in all of them (a column of 0 "
    "and 1 for each category, for instance)"
)
ENOUGH_ROWS = 10  # so many measurements are not the whole numbers of a stretch by accident


class Table(np.ndarray[Any, np.dtype[np.float64]]):
    """Numbers (n, d) with the names of their columns, which a choice of rows keeps."""

    columns: Columns

    @classmethod
    def of(cls, values: Array, columns: Columns) -> "Table":
        """Return a view of `values` that has the names."""
        table = np.asarray(values).view(cls)
        table.columns = columns
        return table

    def __array_finalize__(self, made_from: Any) -> None:
        self.columns = None  # whatever is computed from a table has other columns

    def __getitem__(self, key: Any) -> Any:
        found = super().__getitem__(key)
        rows = isinstance(key, slice | list | np.ndarray)
        if rows and isinstance(found, Table) and found.ndim == self.ndim:
            found.columns = self.columns
        return found


def columns_of(values: Any) -> Columns:
    """Return the names of the columns of a table of any library; None where they are only counted.

    Blanks around names, which some programs write after commas, are no part of them.
    """
    listed = getattr(values, "columns", None)  # pandas and polars
    if listed is None:
        listed = getattr(values, "column_names", None)  # pyarrow
    if not isinstance(listed, Iterable):
        return None
    columns = tuple(str(column).strip() for column in listed)
    return None if columns == _counted(len(columns)) else columns


def shared_columns(inputs: Iterable[Any]) -> Columns:
    """Return the names that all of `inputs` are matched by: those of the first that has any."""
    named = (columns_of(values) for values in inputs)
    return next((columns for columns in named if columns and not _are_places(columns)), None)


def order_of(columns: Columns, expected: Columns, *, name: str) -> list[int] | None:
    """Return where the expected columns stand among `columns`; None if they are in place.

    Where either has no names, columns are taken in the order in which they stand; whole numbers
    that count columns, as pandas gives them, are names of places.

    Raises:
        BadInput: columns are missing, or there are others, or two of one name.
    """
    if columns is not None and expected is None and _are_places(columns):
        expected = _counted(len(columns))
    if expected is not None and columns is None and _are_places(expected):
        columns = _counted(len(expected))
    if columns is None or expected is None or columns == expected:
        return None
    place = {column: index for index, column in enumerate(columns)}
    if len(place) < len(columns):
        twice = [column for column, count in Counter(columns).items() if count > 1]
        raise BadInput(f"{name} has several columns named {_listed(twice)}: which is which?")
    wanted = set(expected)
    missing = [column for column in expected if column not in place]
    others = [column for column in columns if column not in wanted]
    if missing or others:
        found = [f"lacks {_listed(missing)}"] if missing else []
        found += [f"has {_listed(others)} too much"] if others else []
        raise BadInput(
            f"{name} {' and '.join(found)}: columns are matched by name; expected "
            f"{_listed(expected)}."
        )
    return [place[column] for column in expected]


def check_no_index(values: Array, columns: Columns, *, name: str) -> None:
    """Refuse the row numbers that pandas writes beside the columns of a table (n, d).

    Raises:
        BadInput: a column has no name, or the first is the numbers of rows, in any order.
    """
    titles = columns or ()
    place = next((i for i, title in enumerate(titles) if LEFT_BY_PANDAS.fullmatch(title)), None)
    several = values.shape[1] > 1
    if place is None and several and _counts_rows(values[:, 0], titles[0] if titles else ""):
        place = 0
    if place is None:
        return
    which = "first column" if place == 0 else f"column {place + 1}"
    title = (
        f" named {brief(repr(titles[place]))}" if titles and titles[place] else " without a name"
    )
    counts = _counts_rows(values[:, place], "index")
    raise BadInput(
        f"{name} has a {which}{title} that {'only counts the rows' if counts else 'is an index'}, "
        "as pandas leaves one: leave it out (`to_csv(index=False)`, `reset_index(drop=True)`); if "
        "it is a measurement, name it so, or hand in an array without names."
    )


def _counts_rows(values: Array, title: str) -> bool:
    whole = bool(np.isfinite(values).all() and (values == np.rint(values)).all())
    if not whole or values.min() < 0 or len(np.unique(values)) < len(values):
        return False
    stretch = values.max() - values.min() == len(values) - 1  # in any order
    return bool(
        (stretch and len(values) >= ENOUGH_ROWS)
        or (LIKE_AN_INDEX.fullmatch(title) and len(values) > 1)
    )


def _are_places(columns: tuple[str, ...]) -> bool:
    return sorted(columns) == sorted(_counted(len(columns)))


def _counted(d: int) -> tuple[str, ...]:
    return tuple(map(str, range(d)))


def _listed(columns: Iterable[str]) -> str:
    return brief(", ".join(map(repr, columns)))

"""Tables, .csv and .parquet: a row a sample, a column a number of it."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.columns import NO_NUMBERS, Table, check_no_index
from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.limits import (
    MOST_TEXT_BYTES,
    MOST_UNPACKED_BYTES,
    check_file_size,
    check_shape,
)
from genbench.ground.paths import brief, shown

ENCODING = "utf-8-sig"  # with or without a byte-order mark
TRUTH = dict.fromkeys(("True", "TRUE", "true"), 1.0) | dict.fromkeys(
    ("False", "FALSE", "false"), 0.0
)
FEWEST_ROWS = 5  # that tell whether the row above them is like them
MANY_COLUMNS = 4  # so many numbers of a sample are not evenly spaced by accident


def read_csv(path: Path) -> Array:
    """Return the numbers of a .csv file (n, d); a first row without any number names the columns.

    True and False are 1 and 0, as pandas writes them.

    Raises:
        BadInput: it is larger than the limits, a cell is no number, or rows differ in length (the
            message names the row, counted in lines, and the column, both from 1); or its first row
            or column numbers the others.
    """
    name = shown(path)
    check_file_size(path.stat().st_size, name=name, most=MOST_TEXT_BYTES)
    titles, lines = titles_of(path, name)
    table = _numbers(path, titles, lines)
    if titles and len(titles) != table.shape[1]:
        raise BadInput(
            f"{name} names {len(titles)} columns, but its rows have {table.shape[1]} cells."
        )
    if not titles:
        check_no_index(table, None, name=name)
        _check_first(table, name)
        return table
    return Table.of(table, tuple(title.strip() for title in titles))


def _numbers(path: Path, titles: list[str], lines: int) -> Array:
    settings: dict[str, Any] = {"delimiter": ",", "quotechar": '"', "comments": None}
    settings |= {"skiprows": lines, "ndmin": 2}
    try:
        with path.open(encoding=ENCODING) as file:
            return np.loadtxt(file, **settings)
    except ValueError as error:
        if odd := _why(path, titles):
            raise odd from error
    with path.open(encoding=ENCODING) as file:  # some cells are yes or no
        return np.loadtxt(file, converters=_number, **settings)


def titles_of(path: Path, name: str) -> tuple[list[str], int]:
    """Return the names of the columns, if there are any, and how many lines they take.

    Raises:
        BadInput: there is no row of numbers, or the first one numbers the columns.
    """
    rows = rows_of(path)
    line, first = next(rows, (0, []))
    named = not any(is_number(cell) or cell.strip() in TRUTH for cell in first)
    if not first or (named and next(rows, None) is None):
        raise BadInput(f"{name} is empty: it holds no row of numbers.")
    if named:
        return first, line
    # Such a row is a sample, or what pandas writes above columns without a name.
    if len(first) > 1 and first == [str(column) for column in range(len(first))]:
        raise BadInput(_numbers_above(first, name))
    return [], 0


def rows_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each after the number of its last line."""
    with path.open(encoding=ENCODING, newline="") as file:
        reader = csv.reader(file)
        for row in reader:
            if row:
                yield reader.line_num, row


def _why(path: Path, titles: list[str]) -> BadInput | None:
    """Return what is wrong with the first cell or row that is not as it should be."""
    rows = rows_of(path)
    if titles:
        next(rows)
    width = 0
    for line, row in rows:
        width = width or len(row)
        for column, cell in enumerate(row):
            if not is_number(cell) and cell.strip() not in TRUTH:
                remedy = NO_NUMBERS if cell.strip() else "fill it in, or leave the row out"
                title = f" ({shown(titles[column])})" if column < len(titles) else ""
                return BadInput(
                    f"{shown(path)}, row {line}, column {column + 1}{title} holds "
                    f"{brief(repr(cell))}; expected a number: {remedy}."
                )
        if len(row) != width:
            return BadInput(f"{shown(path)}, row {line} has {len(row)} cells; expected {width}.")
    return None


def is_number(cell: str) -> bool:
    """Say whether a cell is a number, as tables write them."""
    if "_" in cell or not cell.isascii():  # what Python takes for a number, and tables do not
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(cell: str) -> float:
    return TRUTH[cell.strip()] if cell.strip() in TRUTH else float(cell)


def _check_first(table: Array, name: str) -> None:
    """Refuse a first row of numbers that are names of columns, as far as it can be told.

    Raises:
        BadInput: it alone is of whole numbers, or of evenly spaced ones.
    """
    first, rest = table[0], table[1:]
    if len(rest) < FEWEST_ROWS or not (np.isfinite(table).all() and len(set(first)) == len(first)):
        return
    whole = (table == np.rint(table)).all(axis=1)
    even = np.zeros(len(table), dtype=bool)
    if len(first) >= MANY_COLUMNS:
        steps = np.diff(table, axis=1)
        slack = 1e-9 * np.abs(table).max(axis=1, keepdims=True)
        even = (np.abs(steps - steps[:, :1]) <= slack).all(axis=1) & (steps[:, 0] > 0)
    span = np.ptp(rest, axis=0)
    far = ((first < rest.min(axis=0) - span) | (first > rest.max(axis=0) + span)).all()
    if (
        (whole[0] and not whole[1:].any())
        or (even[0] and not even[1:].any())
        or (whole[0] and far and len(first) > 1)
    ):
        raise BadInput(_numbers_above(first.tolist(), name))


def _numbers_above(first: Sequence[Any], name: str) -> str:
    said = brief(",".join(f"{cell:g}" if isinstance(cell, float) else cell for cell in first))
    return (
        f"{name} begins with the row {said}: leave it out if it numbers the columns, or put names "
        "above it if it is a sample."
    )


def read_parquet(path: Path) -> Array:
    """Return the columns of numbers of a .parquet file (n, d), without an index that pandas kept.

    Raises:
        BadInput: it is larger than the limits, a column holds something else, or a cell is empty.
        MissingExtra: pyarrow is not installed.
    """
    require("pyarrow")
    from pyarrow import parquet

    name = shown(path)
    with parquet.ParquetFile(path) as file:
        columns = _columns(file.schema_arrow, name)
        titles = [file.schema_arrow.names[place] for place in columns]
        metadata = file.metadata
        groups = range(metadata.num_row_groups)
        unpacked = sum(metadata.row_group(group).total_byte_size for group in groups)
        check_file_size(unpacked, name=f"{name}, unpacked,", most=MOST_UNPACKED_BYTES)
        check_shape((metadata.num_rows, len(columns)), name=name)
        table = np.empty((metadata.num_rows, len(columns)))
        n = 0
        for batch in file.iter_batches():
            if n + len(batch) > len(table):
                raise BadInput(f"{name} has more rows than the {len(table)} it promises.")
            for place, (column, title) in enumerate(columns.items()):
                values = batch.column(column)
                if values.null_count:
                    row = n + int(np.argmax(values.is_null().to_numpy(zero_copy_only=False)))
                    raise BadInput(f"{name}, row {row + 1}, column {title} is empty.")
                table[n : n + len(batch), place] = cast(values)
            n += len(batch)
    if n != len(table):
        raise BadInput(f"{name} has {n} rows; it promises {len(table)}.")
    return Table.of(table, tuple(titles))


def cast(values: Any) -> Any:
    """Return the numbers of a column of Parquet."""
    from pyarrow import types

    values = values.cast("float64") if types.is_decimal(values.type) else values
    return values.to_numpy(zero_copy_only=False)


def _columns(schema: Any, name: str) -> dict[int, str]:
    """Return places and titles of the columns, which hold numbers."""
    from pyarrow import types

    about = schema.pandas_metadata or {}
    index = [column for column in about.get("index_columns", ()) if isinstance(column, str)]
    columns = {}
    for place, field in enumerate(schema):
        if field.name in index:
            continue
        kinds = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal)
        if not any(kind(field.type) for kind in kinds):
            raise BadInput(
                f"{name}, column {shown(field.name)} holds {brief(field.type)}; expected numbers: "
                f"{NO_NUMBERS}."
            )
        columns[place] = shown(field.name)
    return columns

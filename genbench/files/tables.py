"""Tables, .csv and .parquet: a row a sample, a column a number of it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from genbench.files.limits import (
    MOST_TEXT_BYTES,
    MOST_UNPACKED_BYTES,
    check_file_size,
    check_shape,
)
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import brief, shown

ENCODING = "utf-8-sig"  # with or without a byte-order mark


def read_csv(path: Path) -> Array:
    """Return the numbers of a .csv file (n, d); a first row without any number names the columns.

    Raises:
        BadInput: it is larger than the limits, a cell is no number, or rows differ in length; the
            message names the row, counted in lines, and the column, both from 1.
    """
    name = shown(path)
    check_file_size(path.stat().st_size, name=name, most=MOST_TEXT_BYTES)
    titles, lines = _titles(path, name)
    try:
        with path.open(encoding=ENCODING) as file:
            table = np.loadtxt(
                file, delimiter=",", quotechar='"', comments=None, skiprows=lines, ndmin=2
            )
    except ValueError as error:
        raise _why(path, titles) or error from error
    if titles and len(titles) != table.shape[1]:
        raise BadInput(
            f"{name} names {len(titles)} columns, but its rows have {table.shape[1]} cells."
        )
    if titles and not titles[0].strip() and np.array_equal(table[:, 0], np.arange(len(table))):
        raise BadInput(
            f"{name} has a first column without a name that only counts the rows: leave it out."
        )
    return table


def _titles(path: Path, name: str) -> tuple[list[str], int]:
    """Return the names of the columns, if there are any, and how many lines they take."""
    rows = _rows(path)
    line, first = next(rows, (0, []))
    named = not any(map(_is_number, first))
    if not first or (named and next(rows, None) is None):
        raise BadInput(f"{name} is empty: it holds no row of numbers.")
    if named:
        return first, line
    # Such a row is a sample, or what pandas writes above columns without a name.
    if len(first) > 1 and first == [str(column) for column in range(len(first))]:
        raise BadInput(
            f"{name} begins with the row {brief(','.join(first))}: leave it out if it numbers the "
            "columns, or put names above it if it is a sample."
        )
    return [], 0


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not blank, each after the number of its last line."""
    with path.open(encoding=ENCODING, newline="") as file:
        reader = csv.reader(file)
        for row in reader:
            if row:
                yield reader.line_num, row


def _why(path: Path, titles: list[str]) -> BadInput | None:
    """Return what is wrong with the first cell or row that is not as it should be."""
    rows = _rows(path)
    if titles:
        next(rows)
    width = 0
    for line, row in rows:
        width = width or len(row)
        for column, cell in enumerate(row):
            if not _is_number(cell):
                title = f" ({shown(titles[column])})" if column < len(titles) else ""
                return BadInput(
                    f"{shown(path)}, row {line}, column {column + 1}{title} holds "
                    f"{brief(repr(cell))}; expected a number."
                )
        if len(row) != width:
            return BadInput(f"{shown(path)}, row {line} has {len(row)} cells; expected {width}.")
    return None


def _is_number(cell: str) -> bool:
    if "_" in cell or not cell.isascii():  # what Python takes for a number, and tables do not
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


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
                table[n : n + len(batch), place] = values.to_numpy(zero_copy_only=False)
            n += len(batch)
    if n != len(table):
        raise BadInput(f"{name} has {n} rows; it promises {len(table)}.")
    return table


def _columns(schema: Any, name: str) -> dict[int, str]:
    """Return places and titles of the columns, which hold numbers."""
    from pyarrow import types

    about = schema.pandas_metadata or {}
    index = [column for column in about.get("index_columns", ()) if isinstance(column, str)]
    columns = {}
    for place, field in enumerate(schema):
        if field.name in index:
            continue
        kinds = (types.is_integer, types.is_floating, types.is_boolean)
        if not any(kind(field.type) for kind in kinds):
            raise BadInput(
                f"{name}, column {shown(field.name)} holds {brief(field.type)}; expected numbers."
            )
        columns[place] = shown(field.name)
    return columns

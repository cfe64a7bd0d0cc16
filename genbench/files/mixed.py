"""Tables whose columns are of numbers or of words, .csv and .parquet, column by column."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genbench.files import read_samples
from genbench.files.tables import TRUTH, cast, is_number, rows_of, titles_of
from genbench.ground.arrays import Array
from genbench.ground.columns import columns_of
from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.limits import (
    MOST_TEXT_BYTES,
    MOST_UNPACKED_BYTES,
    check_file_size,
    check_shape,
)
from genbench.ground.paths import brief, is_file, readable, shown
from genbench.images.image_folder import Tell

Columns: TypeAlias = dict[str, NDArray[Any]]  # by title: numbers (n,), or words (n,) as objects


def read_mixed(path: Path, *, told: Tell | None = None) -> Array | Columns:
    """Return the columns of a table by their titles, some perhaps of words; else samples (n, ...).

    What has no words is read as `genbench.files.read_samples` does. Columns of a .csv file without
    titles that has words are called `column 1` and so on. A column is of words if most of its
    cells are no numbers.

    Raises:
        BadInput: as `read_samples`; or a cell is empty, or is a word among numbers.
        MissingExtra: a package that reads such files is not installed.
    """
    readers = {".csv": _words_of_csv, ".parquet": _words_of_parquet}
    reader = readers.get(path.suffix.lower())
    if reader is not None and is_file(path):
        with readable(path, f"{path.suffix} file"):
            found = reader(path)
        if found is not None:
            return found
    samples = read_samples(path, told=told)
    titles = columns_of(samples)
    return samples if titles is None else dict(zip(titles, np.asarray(samples).T, strict=True))


def _words_of_csv(path: Path) -> Columns | None:
    """Return the columns; None where the first row of the table is of numbers only."""
    name = shown(path)
    check_file_size(path.stat().st_size, name=name, most=MOST_TEXT_BYTES)
    titles, _ = titles_of(path, name)
    start = 1 if titles else 0
    first = next(islice(rows_of(path), start, None), (0, []))[1]
    if all(_number(cell) is not None or not cell.strip() for cell in first):
        return None
    rows = list(islice(rows_of(path), start, None))
    titles = [title.strip() for title in titles] or [f"column {i + 1}" for i in range(len(first))]
    for line, row in rows:
        if len(row) != len(titles):
            raise BadInput(f"{name}, row {line} has {len(row)} cells; expected {len(titles)}.")
    lines = [line for line, _ in rows]
    return _by_title(
        titles,
        [_column([row[i] for _, row in rows], lines, f"{name}, ", t) for i, t in enumerate(titles)],
        name,
    )


def _words_of_parquet(path: Path) -> Columns | None:
    """Return the columns; None where all are of one kind that `read_samples` reads or refuses."""
    require("pyarrow")
    from pyarrow import parquet, types

    name = shown(path)
    with parquet.ParquetFile(path) as file:
        schema, metadata = file.schema_arrow, file.metadata
        groups = range(metadata.num_row_groups)
        unpacked = sum(metadata.row_group(group).total_byte_size for group in groups)
        check_file_size(unpacked, name=f"{name}, unpacked,", most=MOST_UNPACKED_BYTES)
        index = (schema.pandas_metadata or {}).get("index_columns", ())
        kept = [field for field in schema if field.name not in index]
        if not any(_is_text(field.type) for field in kept):
            return None
        check_shape((metadata.num_rows, len(kept)), name=name)
        table = file.read()
    found = []
    for field in kept:
        values, title = table.column(field.name), shown(field.name)
        if values.null_count:
            row = int(np.argmax(values.is_null().to_numpy())) + 1
            raise BadInput(f"{name}, row {row}, column {title} is empty.")
        kinds = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal)
        if _is_text(field.type):
            found.append(np.array([str(word).strip() for word in values.to_pylist()], dtype=object))
        elif any(kind(field.type) for kind in kinds):
            found.append(np.asarray(cast(values.combine_chunks()), dtype=np.float64))
        else:
            raise BadInput(
                f"{name}, column {title} holds {brief(field.type)}; expected numbers or words."
            )
    return _by_title([shown(field.name) for field in kept], found, name)


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    kind = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(kind) or types.is_large_string(kind))


def _by_title(titles: Sequence[str], columns: Sequence[NDArray[Any]], name: str) -> Columns:
    if len(set(titles)) < len(titles):
        twice = next(title for title in titles if list(titles).count(title) > 1)
        raise BadInput(f"{name} has several columns named {brief(repr(twice))}: which is which?")
    return dict(zip(titles, columns, strict=True))


def _column(cells: list[str], lines: list[int], where: str, title: str) -> NDArray[Any]:
    """Return a column as numbers or, where most cells are none, as words."""
    numbers = [_number(cell) for cell in cells]
    words = 2 * sum(number is None for number in numbers) > len(cells)
    odd = next(
        (
            place
            for place, cell in enumerate(cells)
            if not cell.strip() or (not words and numbers[place] is None)
        ),
        None,
    )
    if odd is not None:
        empty = not cells[odd].strip()
        expected = "a word" if words else "a number"
        raise BadInput(
            f"{where}row {lines[odd]}, column {brief(repr(title))} "
            f"{'is empty' if empty else f'holds {brief(repr(cells[odd]))}'}; expected {expected}, "
            "as in most of its rows: fill it in, or leave the row out."
        )
    if words:
        return np.array([cell.strip() for cell in cells], dtype=object)
    return np.array(numbers, dtype=np.float64)


def _number(cell: str) -> float | None:
    if cell.strip() in TRUTH:
        return TRUTH[cell.strip()]
    return float(cell) if is_number(cell) else None

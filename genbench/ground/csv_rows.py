"""Tables of our own as CSV files, row by row."""

import csv
from importlib.resources.abc import Traversable


def read_rows(file: Traversable) -> list[dict[str, str]]:
    """Return the rows of a file by its columns; none of one that is not there."""
    if not file.is_file():
        return []
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))

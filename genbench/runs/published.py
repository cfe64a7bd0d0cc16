"""Boards that have been run already, to stand beside: from a folder of boards, or as shipped."""

from importlib import resources
from pathlib import Path

from genbench.runs import records
from genbench.runs.records import Record
from genbench.runs.store import Store


def published_records(board: str, folder: Path) -> list[Record]:
    """Return the records of a board in a folder of boards or, if it is not there, as shipped.

    There are none if the board was never run.

    Raises:
        BadInput: a file does not hold records.
    """
    if found := Store(folder / board).records():
        return found
    with resources.as_file(resources.files("genbench.leaderboards") / board) as shipped:
        return records.read(shipped / "records.jsonl")

"""The store of a board: what has been published, and what has landed since.

    leaderboards/BOARD/records.jsonl        the published records, a line each
                      environments.json     what they were made in
                      codebook.json         of its data sets (`genbench.runs.codebooks`)
                      work/cells/KEY/       a cell: samples.npy, outcome.json, record.json
                      work/environments/    as above, one file each
                      work/claims/          who is doing which cell (`genbench.runs.claims`)

Every file has one writer and comes by a rename, so a run may be killed at any moment, and several
may share the folder. `work` may be deleted once its records are published: what is lost is that
cells can be scored again without being fitted again.
"""

import json
import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.plain_files import is_plain_file
from genbench.runs import records
from genbench.runs.cells import Cell
from genbench.runs.environments import name_of, this_environment
from genbench.runs.records import Record
from genbench.runs.workplace import fresh_folder


@dataclass(frozen=True)
class Store:
    """The records of one board, in a folder."""

    folder: Path

    @property
    def published(self) -> Path:
        """The file that holds the published records."""
        return self.folder / "records.jsonl"

    @property
    def claims(self) -> Path:
        """Where runs say which cells they are doing."""
        return self.folder / "work" / "claims"

    def cell(self, key: str) -> Path:
        """Return the folder of a cell."""
        return self.folder / "work" / "cells" / key

    def records(self) -> list[Record]:
        """Return the record that stands of each place, published or landed.

        That is the one of the cell as it is now, if there is one, whatever the clock said when it
        was made; and of several the newest.

        Raises:
            BadInput: the published file does not hold records.
        """
        found = records.read_all(self.published)
        for path in sorted((self.folder / "work" / "cells").glob("*/record.json")):
            found += _landed(path)
        places: dict[tuple[str, str, int], list[Record]] = {}
        for record in found:
            places.setdefault(record.place, []).append(record)
        return records.newest(map(_standing, places.values()))

    def landed(self, key: str) -> Record | None:
        """Return the record of a cell that has landed and perhaps is not published yet."""
        found = _landed(self.cell(key) / "record.json")
        return found[0] if found else None

    def land(self, record: Record) -> None:
        """Keep a record, once it was seen to be read as it was written.

        Raises:
            ValueError: it would not be read back as it is.
            OSError: it could not be written.
        """
        records.check(record)
        path = self.cell(record.key) / "record.json"
        try:
            records.write(path, [record])
        except (NotADirectoryError, FileExistsError, IsADirectoryError):  # a model's doing
            fresh_folder(path.parent)
            records.write(path, [record])

    def keep_environment(self) -> str:
        """Keep what this process runs in, and return its name."""
        environment = this_environment()
        name = name_of(environment)
        path = self.folder / "work" / "environments" / f"{name}.json"
        if not path.exists():
            replace_file(path, _to_json(environment))
        return name

    def environments(self) -> dict[str, Any]:
        """Return every environment that is known, by name.

        Raises:
            BadInput: a file does not hold environments.
        """
        path = self.folder / "environments.json"
        found: dict[str, Any] = _read_json(path) if path.exists() else {}
        for file in (self.folder / "work" / "environments").glob("*.json"):
            found[file.stem] = _read_json(file)
        return found

    def publish(self) -> list[Record]:
        """Write what has landed into the published files too, and return all records.

        Raises:
            BadInput: a file does not hold records.
            OSError: a file could not be written.
        """
        found = self.records()
        if found:
            _replace_if_new(self.published, records.to_lines(found))
        if environments := self._named_by(found):
            _replace_if_new(self.folder / "environments.json", _to_json(environments))
        return found

    def _named_by(self, found: Iterable[Record]) -> dict[str, Any]:
        names = {record.environment for record in found}
        return {name: what for name, what in self.environments().items() if name in names}


def _landed(path: Path) -> list[Record]:
    """Read a record that has landed; what is none is passed over, and its cell is run again.

    These files come by a rename, so that nobody but a model can have damaged one.
    """
    try:
        found = records.read_all(path) if is_plain_file(path) else []
    except (BadInput, OSError) as error:
        warnings.warn(f"It is passed over: {error}", stacklevel=2)
        return []
    return [record for record in found if record.key == path.parent.name]


def _standing(found: list[Record]) -> Record:
    """Return which of several records of one place stands."""
    if len({record.key for record in found}) > 1:
        with suppress(BadInput):  # what cannot be found any more has no key
            found = [each for each in found if each.key == Cell.of(each).key()] or found
    (record,) = records.newest(found, now=now())
    return record


def now() -> str:
    """Return the time in UTC, such that later ones sort after earlier ones."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _read_json(path: Path) -> Any:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(f"{path} is not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise BadInput(f"{path} must hold a JSON object.")
    return values


def _to_json(values: dict[str, Any]) -> bytes:
    return (json.dumps(values, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _replace_if_new(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        replace_file(path, content)

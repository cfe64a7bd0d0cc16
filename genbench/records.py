"""Records: one line of JSON per cell (data set, model, seed), appended when the cell ends."""

import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from genbench.errors import BadInput
from genbench.metric import Score

SCHEMA = 2
READABLE = (1, 2)  # 2 added what a score says beside its value; all of it may be absent
REAL = "(real samples)"  # the model name under which fresh real samples are scored


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that is known of one cell: scores if it went well, a status and a reason if not.

    A cell is skipped if its model said beforehand that it cannot learn from such data.
    """

    key: str  # hash of all that the numbers depend on
    dataset: str
    model: str
    family: str
    seed: int
    status: str  # "ok", "skipped", "error", "timeout", "oom", "crash", "invalid", "missing"
    phase: str | None = None  # where it failed: "import", "fit", "sample", "validate", "score"
    reason: str | None = None
    dataset_hash: str = ""
    features: str = ""
    version: str = ""  # of genbench
    n_train: int = 0
    n_test: int = 0
    n_generated: int = 0
    fit_seconds: float | None = None
    sample_seconds: float | None = None
    preview: tuple[tuple[float, ...], ...] = ()  # a few samples, to look at
    scores: Mapping[str, Score] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str, str, int]:
        """Data set, model and seed: which cell this is, and where it stands in any order."""
        return self.dataset, self.model, self.seed

    @property
    def failed(self) -> bool:
        """Whether something went wrong."""
        return self.status not in ("ok", "skipped")

    def value(self, metric: str) -> float | None:
        """Return the metric's number, or None if there is none."""
        score = self.scores.get(metric)
        return None if score is None else score.value


def append(path: Path, record: Record) -> None:
    """Add one line and force it to disk; a line is there whole or not at all.

    Raises:
        OSError: the line could not be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = _to_line(record).encode()
    with path.open("ab") as file:
        if file.tell() and not _ends_with_newline(path):
            line = b"\n" + line  # an earlier write was cut off; its stump stays a line of its own
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> list[Record]:
    """Return the records of a file, the newest of each (data set, model, seed), in sorted order.

    A last line cut off by a kill is passed over; a missing file holds no records.

    Raises:
        BadInput: a whole line is not a record, or one of a newer genbench.
    """
    if not path.exists():
        return []
    newest: dict[tuple[str, str, int], Record] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError:
            continue  # a stump: the cell that wrote it will be run again
        try:
            record = _from_values(values)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            raise BadInput(f"{path}, line {number}: not a record of genbench ({error}).") from error
        newest[record.place] = record
    return [newest[place] for place in sorted(newest)]


def by_dataset(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Group records by data set, all in the order of their places."""
    grouped: dict[str, list[Record]] = {}
    for record in sorted(records, key=attrgetter("place")):
        grouped.setdefault(record.dataset, []).append(record)
    return grouped


def _to_line(record: Record) -> str:
    values = asdict(record)
    values["scores"] = {name: _score_values(score) for name, score in record.scores.items()}
    values = {"schema": SCHEMA} | {
        key: value for key, value in values.items() if value not in (None, "", (), {})
    }
    return json.dumps(values, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"


def _score_values(score: Score) -> dict[str, Any]:
    values = asdict(score)
    del values["metric"]  # it is the key
    values["bounds"] = list(score.bounds)
    return {key: _plain(value) for key, value in values.items() if value not in (None, (), {})}


def _plain(value: Any) -> Any:
    """Strict JSON has no infinity: it is written as text."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def _from_values(values: dict[str, Any]) -> Record:
    schema = values.pop("schema")
    if schema not in READABLE:
        raise ValueError(f"its schema is {schema}, this genbench reads up to {SCHEMA}")
    scores = {name: _score_from(name, score) for name, score in values.pop("scores", {}).items()}
    preview = tuple(tuple(sample) for sample in values.pop("preview", ()))
    return replace(Record(**values), scores=scores, preview=preview)


def _score_from(name: str, values: dict[str, Any]) -> Score:
    low, high = values.pop("bounds")
    for key in ("value", "ideal", "chance", "real", "standard_error", "p_value", "seconds"):
        if key in values:
            values[key] = float(values[key])
    values["warnings"] = tuple(values.get("warnings", ()))
    return Score(metric=name, bounds=(float(low), float(high)), **values)


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"

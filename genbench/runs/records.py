"""Records: what is known of each cell (data set, model, seed), as one line of JSON."""

import codecs
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

from genbench.creativity.laws import Law
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.paths import brief, shown
from genbench.ground.strict_json import to_json, with_infinities_as_text
from genbench.metric import Score
from genbench.models.moved import present_address
from genbench.scoring.excerpts import Excerpt
from genbench.scoring.standouts import Standouts

SCHEMA = 5
# What is left of a value of JSON that was cut: nothing, or some of a word, a number or an escape.
CUT = re.compile(r"\s*|[.eE+-]{1,3}|[A-Za-z]{1,7}|\\?u?[0-9a-fA-F]{0,4}")
# 2 added what a score says beside its value; 3, what made the record; 4, samples of sequences, and
# what a model says of its size; 5, pictures that stand out. All of it may be absent.
READABLE = (1, 2, 3, 4, 5)
STATUSES = (
    "ok",
    "skipped",  # the model said beforehand that it cannot learn from such data
    "error",  # an exception
    "timeout",
    "oom",  # out of memory
    "crash",  # the process ended before it was done
    "invalid",  # samples or densities that are none
    "missing",  # a package or file that the model needs
    "lost",  # what was to run the cell ended without a word
)
LAST_OF_TIMES = "\U0010ffff"  # sorts after all times
REAL = "(real samples)"  # the model name under which fresh real samples are scored


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that is known of one cell: scores if it went well, a status and a reason if not."""

    key: str  # hash of all that the numbers depend on
    dataset: str
    model: str
    family: str
    seed: int
    status: str  # one of STATUSES
    phase: str | None = None  # where it failed: a phase of the worker, or "score"
    reason: str | None = None
    protocol: int = 0  # how keys were made and samples scored; 0 was not recorded
    source: str = ""  # hash of the model's source
    finished: str = ""  # when, in UTC
    environment: str = (
        ""  # name of what it ran in: versions, machine (`genbench.runs.environments`)
    )
    verified: bool = True  # genbench drew the samples; else they were handed in
    dataset_hash: str = ""
    features: str = ""
    version: str = ""  # of genbench
    budget: float | None = None  # seconds that a fit was to take, where that was said
    n_train: int = 0
    n_test: int = 0
    n_generated: int = 0
    fit_seconds: float | None = None
    sample_seconds: float | None = None
    peak_memory: int | None = None  # bytes, of the model's process
    n_parameters: int | None = None  # of the model, if it says that
    n_seen: int | None = None  # values, or symbols, that it was trained on, each as often as it was
    test_copies: int | None = None  # samples that are equal to test ones, if beyond chance
    preview: tuple[tuple[float, ...], ...] = ()  # a few samples, to look at
    standouts: Standouts | None = None  # pictures to look at beside those of training
    texts: tuple[Excerpt, ...] = ()  # the same, of rows of symbols
    series: tuple[tuple[float, ...], ...] = ()  # the same, of measurements one after another
    kinds: Law | None = None  # how many samples are of each kind, once that was counted
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


def write(path: Path, records: Iterable[Record]) -> None:
    """Replace a file by these records, a line each, in one step: all are there or none.

    Raises:
        OSError: the file could not be written; the old one still stands.
        ValueError: a number is NaN.
    """
    replace_file(path, to_lines(records))


def to_lines(records: Iterable[Record]) -> bytes:
    """Return a file's content: a line of strict JSON for each record.

    Raises:
        ValueError: a number is NaN.
    """
    return "".join(map(_to_line, records)).encode()


def check(record: Record) -> None:
    """See that a record would be read as it was written.

    Raises:
        ValueError: it would not, and why.
    """
    written = to_lines([record])
    try:
        again = _from_values(json.loads(written.decode()))
    except (TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"what is known of it is no record: {brief(error)}") from error
    # Not the records, whose tuples may come back as lists, nor the lines: 0 may come back as 0.0.
    if json.loads(to_lines([again])) != json.loads(written):
        raise ValueError("it would not be read as it was written")


def read(path: Path) -> list[Record]:
    """Return the records of a file, the newest of each (data set, model, seed), in sorted order.

    A missing file holds no records; see `read_all` for what is read.

    Raises:
        BadInput: a line is not a record, or one of a newer genbench.
    """
    return newest(read_all(path))


def read_all(path: Path) -> list[Record]:
    """Return all records of a file in the order of its lines; a missing file holds none.

    A last line without its end was cut off by a kill and is passed over: its cell is run again.
    Whatever else is no record is an error. Who reads a damaged file as an empty one writes over it.

    Raises:
        BadInput: a line is not a record, or one of a newer genbench.
        OSError: the file cannot be read.
    """
    if not path.exists():
        return []
    found = []
    # Not by splitlines: texts of a record may hold what it, too, takes for the end of a line.
    *lines, last = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            found.append(_from_line(line, path, number))
    if last.strip() and not _is_stump(last):
        found.append(_from_line(last, path, len(lines) + 1))
    return found


def newest(records: Iterable[Record], *, now: str = LAST_OF_TIMES) -> list[Record]:
    """Return the record of each place that was finished last, in the order of places.

    What is said to be finished after `now` was told by a clock that runs ahead: it comes first.
    """
    latest: dict[tuple[str, str, int], Record] = {}
    for record in sorted(records, key=lambda each: age(each, now)):  # of equals the later one
        latest[record.place] = record
    return [latest[place] for place in sorted(latest)]


def age(record: Record, now: str) -> tuple[bool, str]:
    """Return what sorts records by when they were finished; clocks that run ahead come first."""
    return record.finished <= now, record.finished


def by_dataset(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Group records by data set, all in the order of their places."""
    grouped: dict[str, list[Record]] = {}
    for record in sorted(records, key=attrgetter("place")):
        grouped.setdefault(record.dataset, []).append(record)
    return grouped


def _to_line(record: Record) -> str:
    scores = {name: _score_values(score) for name, score in record.scores.items()}
    kinds = {} if record.kinds is None else vars(record.kinds)
    kinds = {key: value for key, value in kinds.items() if value not in (None, "", ())}
    # Not by asdict, which copies every number of every sample.
    texts = [_excerpt_values(excerpt) for excerpt in record.texts]
    values = vars(record) | {"scores": scores, "kinds": kinds, "texts": tuple(texts)}
    values["standouts"] = {} if record.standouts is None else vars(record.standouts)
    values = {"schema": SCHEMA} | {
        key: value for key, value in values.items() if value not in (None, "", (), {})
    }
    if record.verified:
        del values["verified"]
    try:
        return to_json(values) + "\n"
    except ValueError:  # few numbers are infinite: to look at each of them first takes as long
        return to_json(values | {"scores": with_infinities_as_text(scores)}) + "\n"


def _score_values(score: Score) -> dict[str, Any]:
    values = dict(vars(score))
    del values["metric"]  # it is the key
    if score.revision == 1:
        del values["revision"]
    return {key: value for key, value in values.items() if value not in (None, (), {})}


def _from_line(line: bytes, path: Path, number: int) -> Record:
    where = f"{shown(path)}, line {number}"
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{where}: not UTF-8 ({brief(error.reason)}); records are JSON in UTF-8, a line each."
        ) from error
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{where}: not JSON ({brief(error)}); records are one JSON object a line, with nothing "
            "before or after it."
        ) from error
    try:
        return _from_values(values)
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError) as error:
        raise BadInput(f"{where}: not a record of genbench ({brief(error)}).") from error


def _is_stump(line: bytes) -> bool:
    """Return whether this is the beginning of a JSON object, and no more than that."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(line)  # may end within a character
        json.loads(text)
    except json.JSONDecodeError as error:
        opened = text.startswith("{") and error.msg.startswith("Unterminated string")
        return opened or (text.startswith("{") and CUT.fullmatch(text, error.pos) is not None)
    except (ValueError, RecursionError):
        return False
    return False


def _from_values(values: dict[str, Any]) -> Record:
    schema = values.pop("schema")
    if schema not in READABLE:
        raise ValueError(f"its schema is {schema}, this genbench reads up to {SCHEMA}")
    scores = values.get("scores", {})
    values["scores"] = {name: _score_from(name, score) for name, score in scores.items()}
    for name in ("preview", "series"):
        values[name] = tuple(tuple(sample) for sample in values.get(name, ()))
    values["texts"] = tuple(map(_excerpt_from, values.get("texts", ())))
    for name, read_as in (("kinds", _law_from), ("standouts", Standouts.from_values)):
        if name in values:
            values[name] = read_as(values[name])
    if isinstance(values["model"], str):
        values["model"] = present_address(values["model"])
    record = Record(**values)
    names = (record.key, record.dataset, record.model, record.family, record.status)
    if not all(isinstance(name, str) for name in (*names, record.finished)):
        raise ValueError("its names are not all texts")
    if type(record.seed) is not int:
        raise ValueError(f"its seed is {record.seed!r}")
    if record.budget is not None and not 0 < float(record.budget) < math.inf:
        raise ValueError(f"its budget is {record.budget!r} seconds")
    if record.test_copies is not None and type(record.test_copies) is not int:
        raise ValueError(f"its number of test samples is {record.test_copies!r}")
    return record


def _score_from(name: str, values: dict[str, Any]) -> Score:
    low, high = values.pop("bounds")
    for key in ("value", "ideal", "chance", "real", "standard_error", "p_value", "seconds"):
        if key in values:
            values[key] = float(values[key])
    values["warnings"] = tuple(values.get("warnings", ()))
    return Score(metric=name, bounds=(float(low), float(high)), **values)


def _excerpt_values(excerpt: Excerpt) -> dict[str, Any]:
    values = {"text": excerpt.text, "copied": excerpt.copied, "possible": excerpt.possible}
    return {key: value for key, value in values.items() if value not in ((), True)}


def _excerpt_from(values: dict[str, Any]) -> Excerpt:
    copied = tuple((start, stop) for start, stop in values.get("copied", ()))
    excerpt = Excerpt(values["text"], copied, values.get("possible", True))
    ends = [end for part in copied for end in part]
    if not isinstance(excerpt.text, str) or type(excerpt.possible) is not bool:
        raise ValueError("one of its texts is none")
    if not all(type(end) is int for end in ends) or ends != sorted(ends):
        raise ValueError(f"parts of one of its texts are {copied}")
    return excerpt


def _law_from(values: dict[str, Any]) -> Law:
    law = Law(**values | {"counts": tuple(values.get("counts", ()))})
    if not all(type(n) is int and n >= 0 for n in (*law.counts, values["revision"])):
        raise ValueError("its kinds are not counted in whole numbers from 0 up")
    texts = isinstance(law.codebook, str) and isinstance(law.reason, str | None)
    if not texts or bool(law.codebook) != bool(sum(law.counts)):
        raise ValueError("its kinds are not those of a codebook")
    return law

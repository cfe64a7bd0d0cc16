"""Outcomes: how a cell's process ended, by its own word where that can be believed."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genbench.ground.landing import replace_file
from genbench.ground.plain_files import is_plain_file, read_plain
from genbench.ground.text import one_line
from genbench.runs.worker import DISK_FULL, PHASES

MOST_SAID = 100_000  # bytes that an outcome may take
LONGEST_REASON = 500  # characters
MOST_NUMBER = 2**60  # seconds or bytes: no process takes more
# What a process may say of itself; that it was lost, or late, is for others to say.
SAID = ("ok", "skipped", "error", "oom", "invalid", "missing", DISK_FULL)


@dataclass(frozen=True)
class Outcome:
    """How a cell's process ended."""

    status: str
    phase: str | None = None
    reason: str | None = None
    fit_seconds: float | None = None
    sample_seconds: float | None = None
    conditional: bool = False  # whether samples are of the classes that were asked for
    seconds: float | None = None  # of the whole process
    peak_memory: int | None = None  # bytes
    n_parameters: int | None = None  # of the model, as it says
    n_seen: int | None = None  # values, or symbols, that it was trained on, each as often as it was


def believed(content: bytes) -> Outcome | None:
    """Return what a process said of itself; what is not as it should be was not said."""
    try:
        outcome = Outcome(**json.loads(content.decode()))
    except (ValueError, TypeError, RecursionError):
        return None
    proper = (
        outcome.status in SAID
        and (outcome.phase is None or outcome.phase in PHASES)
        and (outcome.reason is None or isinstance(outcome.reason, str))
        and all(map(_is_amount, (outcome.fit_seconds, outcome.sample_seconds)))
        and all(map(_is_count, (outcome.peak_memory, outcome.n_parameters, outcome.n_seen)))
        and type(outcome.conditional) is bool
    )
    if not proper:
        return None
    said: Mapping[str, Any] = asdict(outcome)
    reason = None if outcome.reason is None else one_line(outcome.reason, most=LONGEST_REASON)
    return Outcome(**{**said, "reason": reason, "seconds": None})


def _is_amount(value: object) -> bool:
    """Say whether it is None or a number that time or memory can have; NaN is none."""
    return value is None or (type(value) in (int, float) and 0 <= value <= MOST_NUMBER)  # type: ignore[operator]


def _is_count(value: object) -> bool:
    """Say whether it is None or a whole number that a computer can count to."""
    return _is_amount(value) and type(value) is not float


def keep_outcome(folder: Path, outcome: Outcome) -> None:
    """Keep, beside samples that went well, how they came to be."""
    said = {key: value for key, value in asdict(outcome).items() if value is not None}
    replace_file(folder / "outcome.json", json.dumps(said).encode())


def stored_outcome(folder: Path) -> Outcome | None:
    """Return the outcome of a cell that went well before and left its samples in the folder."""
    try:
        outcome = believed(read_plain(folder / "outcome.json", most=MOST_SAID))
    except OSError:
        return None
    there = outcome is not None and outcome.status == "ok"
    return outcome if there and is_plain_file(folder / "samples.npy") else None

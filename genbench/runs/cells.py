"""Cells: one (data set, model, seed) each, what its numbers depend on, and its own process."""

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Event
from typing import NamedTuple

from genbench.datasets import Dataset, load
from genbench.ground.landing import replace_file
from genbench.ground.plain_files import read_plain
from genbench.ground.processes import OURS, OUTPUT, Ending, Launcher, run_alone
from genbench.ground.text import one_line
from genbench.models.find import ModelSpec, baselines, find, source_hash
from genbench.models.held import Held, take
from genbench.models.moved import present_address
from genbench.runs.boards import Board
from genbench.runs.disk import full_disk, has_room, tells_of_full_disk
from genbench.runs.outcomes import MOST_SAID, Outcome, believed, keep_outcome
from genbench.runs.records import REAL
from genbench.runs.watch import Watch, npy
from genbench.runs.worker import DISK_FULL, DISK_FULL_EXIT
from genbench.runs.workplace import Workplace, fresh_folder, workplace
from genbench.scoring.dataset import MOST_HEADER

PROTOCOL = 3  # raised by hand when samples or scores of unchanged models may change
MOST_OUTPUT = 10_000_000  # bytes kept of what a process prints
MARGIN = 2**16  # bytes, beside its arrays, that a cell writes
LONGEST_LINE = 300  # characters
NEAR = 0.9  # of the memory allowed: who dies there died of it


@dataclass(frozen=True)
class Cell:
    """One model on one data set with one seed; REAL stands for fresh real samples."""

    dataset: str
    model: str
    seed: int

    def __post_init__(self) -> None:
        # As records name it: whatever address it was asked for by, it is one cell.
        object.__setattr__(self, "model", present_address(self.model))

    @property
    def spec(self) -> ModelSpec:
        """Where the model is."""
        if self.model == REAL:
            return ModelSpec(target=REAL, family="control", summary="fresh real samples")
        return find(self.model)

    @property
    def source(self) -> str:
        """Hash of the model's source; empty for real samples."""
        return source_hash(self.spec)

    def key(self) -> str:
        """Return a hash of all that the numbers depend on, versions of libraries apart.

        Raises:
            BadInput: the data set or the model is unknown.
        """
        return self._key(self.spec, self.source)

    def taken(self) -> "Taken":
        """Return what the cell is at this moment; the files of its model are read once.

        Raises:
            BadInput: the data set or the model is unknown.
        """
        spec = self.spec
        held = Held() if self.model == REAL else take(spec)
        return Taken(self, spec, held, self._key(spec, held.checksum))

    def _key(self, spec: ModelSpec, source: str) -> str:
        depends_on = {
            "protocol": PROTOCOL,
            "dataset": load_once(self.dataset).content_hash,
            "target": spec.target if self.model in (REAL, *baselines()) else self.model,
            # Where an exported generator lies is no part of what it is.
            "params": {name: value for name, value in spec.params.items() if name != "path"},
            "source": source,
            "seed": self.seed,
        }
        return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:16]


class Taken(NamedTuple):
    """A cell, and what its model was made of at one moment, under the key of just that."""

    cell: Cell
    spec: ModelSpec
    held: Held
    key: str


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a cell's process may take, and how it is started."""

    seconds: float = 300.0  # for each phase: import, fit, sample, log_prob
    memory: int | None = None  # bytes that it may reserve
    launcher: Launcher = OURS


ORDINARY = Limits()


def cells_of(board: Board) -> list[Cell]:
    """Return a board's cells, real samples first.

    Raises:
        BadInput: a data set or a model of the board is unknown.
    """
    models = (REAL, *(board.models if board.models is not None else baselines()))
    cells = [
        Cell(dataset, model, seed)
        for seed in board.seeds
        for dataset in board.datasets
        for model in models
    ]
    for cell in cells:
        cell.key()
    return cells


@cache
def load_once(dataset: str) -> Dataset:
    """Load a data set; read-only, so every user of this process may share it."""
    return load(dataset)


def fit_and_sample(
    cell: Cell | Taken, folder: Path, *, limits: Limits = ORDINARY, stop: Event | None = None
) -> Outcome:
    """Run the cell in a process of its own; `samples.npy` is in `folder` if it went well.

    The model that is run is the one that was taken, whatever becomes of its files meanwhile.

    The process and all that it started are killed once a phase has taken longer than it may, or
    `stop` is set. The model is handed the training set only; the points that its density is judged
    at come to its folder after it has drawn. That folder lies in `folder` and is gone in the end:
    what is kept was copied out of it.

    Raises:
        OSError: the disk is full, or cannot be written to, which is no fault of the model.
    """
    taken = cell.taken() if isinstance(cell, Cell) else cell
    dataset = load_once(taken.cell.dataset)
    owed = room_for(dataset) + sum(map(len, taken.held.exports.values()))
    for last in (False, True):
        fresh_folder(folder)
        if not has_room(folder, owed):
            raise full_disk(folder)
        with workplace(folder) as place:
            outcome = _attempt(taken, dataset, folder, place, limits, stop or Event())
            took = place.size() if outcome.status == DISK_FULL else 0
        if outcome.status != DISK_FULL:
            break
        if not has_room(folder, owed):  # what the model has taken is free again
            raise full_disk(folder)
        if took > owed or last:  # else others had filled it
            return replace(outcome, status="error")
    return outcome


def room_for(dataset: Dataset) -> int:
    """Return how many bytes a cell is owed, for what is brought to it and what it is to bring."""
    sizes = (dataset.train.size, dataset.fresh.size, dataset.test.size, len(dataset.test))
    return 2 * 8 * sum(sizes) + MARGIN


def _attempt(
    taken: Taken, dataset: Dataset, folder: Path, place: Workplace, limits: Limits, stop: Event
) -> Outcome:
    """Do a cell once; the status is DISK_FULL if that is what kept it from being done."""
    spec = {
        "model": taken.held.moved(taken.spec, place.path).to_json(),
        "code": taken.held.code_to_json(),
        "seed": taken.cell.seed,
        "n": len(dataset.fresh),
        "memory": limits.memory,
    }
    place.write("train.npy", npy(dataset.train))
    for name, content in taken.held.exports.items():
        place.write(name, content)
    place.write("spec.json", json.dumps(spec).encode())
    watch = Watch(place, dataset, limits.seconds, stop)
    kills = out_of_memory_kills()
    start = time.monotonic()
    try:
        ending = run_alone(
            "genbench.runs.worker",
            place.path,
            watch=watch,
            launcher=limits.launcher,
            output=folder / OUTPUT,
            most_output=MOST_OUTPUT,
        )
    except OSError as error:
        if tells_of_full_disk(error):
            raise
        return Outcome("missing", "import", f"The model's process cannot be started: {error}.")
    outcome = _outcome(folder, place, ending, limits, killed=out_of_memory_kills() > kills)
    outcome = replace(
        outcome,
        seconds=time.monotonic() - start,
        peak_memory=max(outcome.peak_memory or 0, ending.peak_memory) or None,
    )
    try:
        if outcome.status == "crash" and not has_room(folder, room_for(dataset)):
            return replace(outcome, status=DISK_FULL)
        return outcome if outcome.status != "ok" else _kept(outcome, folder, place, dataset, watch)
    except (NotADirectoryError, FileExistsError, IsADirectoryError) as error:  # the model's doing
        reason = f"What it left cannot be kept: {error}."
        return replace(outcome, status="error", phase="validate", reason=reason)


def _kept(
    outcome: Outcome, folder: Path, place: Workplace, dataset: Dataset, watch: Watch
) -> Outcome:
    """Copy what a model has left into the cell's folder, or say why that is nothing to keep."""
    found = {}
    for name, n in (("samples", dataset.fresh.size), ("log_prob", len(dataset.test))):
        if name == "samples" and watch.samples is not None:
            found[name] = watch.samples
        elif name == "samples" or place.has(f"{name}.npy"):
            most = 8 * n + MOST_HEADER
            try:
                found[name] = place.read(f"{name}.npy", most=most)
            except OSError as error:
                reason = f"{name}.npy is no file of at most {most} bytes: {error.strerror}."
                return replace(outcome, status="invalid", phase="validate", reason=reason)
    for name, content in found.items():
        replace_file(folder / f"{name}.npy", content)
    keep_outcome(folder, outcome)
    return outcome


def _outcome(
    folder: Path, place: Workplace, ending: Ending, limits: Limits, *, killed: bool
) -> Outcome:
    with suppress(OSError):
        if (outcome := believed(place.read("outcome.json", most=MOST_SAID))) is not None:
            return outcome
    phase = place.phase()
    if ending.cause == "deadline":
        return Outcome("timeout", phase, f"Not done after {limits.seconds:g} seconds.")
    if ending.cause is not None:
        return Outcome("lost", phase, "The run was stopped.")
    if ending.returncode == DISK_FULL_EXIT:
        return Outcome(DISK_FULL, phase, "No space was left on the disk.")
    if phase is None and ending.returncode > 0 and (said := _last_line(folder)):
        status = "missing" if said.startswith("ModuleNotFoundError") else "crash"
        return Outcome(status, phase, f"The process could not start: {said}")
    return _death(phase, ending, limits, killed=killed)


def _death(phase: str | None, ending: Ending, limits: Limits, *, killed: bool) -> Outcome:
    near_limit = limits.memory is not None and ending.peak_memory > NEAR * limits.memory
    if ending.returncode < 0 and (killed or near_limit):
        gigabytes = ending.peak_memory / 2**30
        reason = f"{_sentence(ending.in_words())}, holding {gigabytes:.2g} GiB: out of memory."
        return Outcome("oom", phase, reason)
    return Outcome("crash", phase, f"{_sentence(ending.in_words())} before it was done.")


def said_in(folder: Path) -> str:
    """Return what a cell's process printed, as far as it was kept."""
    try:
        printed = read_plain(folder / OUTPUT, most=2 * MOST_OUTPUT)
    except OSError:
        return ""
    return printed.decode(errors="replace")


def _last_line(folder: Path) -> str:
    lines = said_in(folder)[-MOST_SAID:].split("\n")
    lines = [one_line(line, most=LONGEST_LINE) for line in lines]
    return next((line for line in reversed(lines) if line), "")


def out_of_memory_kills() -> int:
    """Return how many processes around this one the system has killed for want of memory."""
    try:
        text = Path("/proc/vmstat").read_text(encoding="utf-8")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill "))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

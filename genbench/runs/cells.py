"""Cells: one (data set, model, seed) each, what its numbers depend on, and its own process."""

import hashlib
import json
import os
import shutil
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Event

import numpy as np

from genbench.datasets import Dataset, load
from genbench.ground.processes import OURS, OUTPUT, Ending, Launcher, run_alone
from genbench.ground.randomness import rng_for
from genbench.models.find import ModelSpec, baselines, find, source_hash
from genbench.models.moved import present_address
from genbench.runs.boards import Board
from genbench.runs.records import REAL, STATUSES
from genbench.runs.worker import PHASES, phase_of

PROTOCOL = 3  # raised by hand when samples or scores of unchanged models may change
MOST_OUTPUT = 10_000_000  # bytes kept of what a process prints
MOST_SAID = 100_000  # bytes that an outcome may take
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
        spec = self.spec
        depends_on = {
            "protocol": PROTOCOL,
            "dataset": load_once(self.dataset).content_hash,
            "target": spec.target if self.model in (REAL, *baselines()) else self.model,
            # Where an exported generator lies is no part of what it is.
            "params": {name: value for name, value in spec.params.items() if name != "path"},
            "source": self.source,
            "seed": self.seed,
        }
        return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Outcome:
    """How a cell's process ended."""

    status: str
    phase: str | None = None
    reason: str | None = None
    fit_seconds: float | None = None
    sample_seconds: float | None = None
    seconds: float | None = None  # of the whole process
    peak_memory: int | None = None  # bytes


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
    cell: Cell, folder: Path, *, limits: Limits = ORDINARY, stop: Event | None = None
) -> Outcome:
    """Run the cell in a process of its own; `samples.npy` is in `folder` if it went well.

    The process and all that it started are killed once a phase has taken longer than it may, or
    `stop` is set. The model is handed the training set only; the points that its density is judged
    at come to its folder after it has drawn.
    """
    dataset = load_once(cell.dataset)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    np.save(folder / "train.npy", dataset.train)
    spec = {
        "model": cell.spec.to_json(),
        "seed": cell.seed,
        "n": len(dataset.fresh),
        "memory": limits.memory,
    }
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    kills = out_of_memory_kills()
    start = time.monotonic()
    try:
        ending = run_alone(
            "genbench.runs.worker",
            folder,
            watch=_Watch(folder, dataset, limits.seconds, stop or Event()),
            launcher=limits.launcher,
        )
    except OSError as error:
        return Outcome("missing", "import", f"The model's process cannot be started: {error}.")
    (folder / "train.npy").unlink(missing_ok=True)
    _keep_end(folder / OUTPUT)
    outcome = _outcome(folder, ending, limits, killed=out_of_memory_kills() > kills)
    return replace(
        outcome,
        seconds=time.monotonic() - start,
        peak_memory=max(outcome.peak_memory or 0, ending.peak_memory) or None,
    )


class _Watch:
    """Watches a cell's process: says when to end it, and brings what it needs late."""

    def __init__(self, folder: Path, dataset: Dataset, seconds: float, stop: Event) -> None:
        self.folder, self.dataset, self.seconds, self.stop = folder, dataset, seconds, stop
        self.phase: str | None = None
        self.last = time.monotonic() + seconds

    def __call__(self) -> str | None:
        phase = phase_of(self.folder)
        if phase != self.phase:
            self.phase, self.last = phase, time.monotonic() + self.seconds
            if phase == "log_prob":
                points = self.dataset.dequantized_test(rng_for(0, "dequantize"))
                temporary = self.folder / "points.tmp.npy"
                np.save(temporary, points)
                temporary.replace(self.folder / "points.npy")
        output = self.folder / OUTPUT
        if output.exists() and output.stat().st_size > MOST_OUTPUT:
            os.truncate(output, 0)  # it is appended to: what comes next stands at its start
        if self.stop.is_set():
            return "stop"
        return "deadline" if time.monotonic() > self.last else None


def _keep_end(output: Path) -> None:
    """Keep the last of what a process printed, if it printed more than is kept."""
    size = output.stat().st_size
    if size > MOST_OUTPUT:
        with output.open("rb") as file:
            file.seek(size - MOST_OUTPUT)
            end = file.read()
        output.write_bytes(end)


def stored_outcome(folder: Path) -> Outcome | None:
    """Return the outcome of a cell that went well before and left its samples in the folder."""
    outcome = _read_outcome(folder)
    there = outcome is not None and outcome.status == "ok" and (folder / "samples.npy").exists()
    return outcome if there else None


def _outcome(folder: Path, ending: Ending, limits: Limits, *, killed: bool) -> Outcome:
    if (outcome := _read_outcome(folder)) is not None:
        return outcome
    phase = phase_of(folder)
    if ending.cause == "deadline":
        return Outcome("timeout", phase, f"Not done after {limits.seconds:g} seconds.")
    if ending.cause is not None:
        return Outcome("lost", phase, "The run was stopped.")
    if phase is None and ending.returncode > 0 and (said := _last_line(folder / OUTPUT)):
        status = "missing" if said.startswith("ModuleNotFoundError") else "crash"
        return Outcome(status, phase, f"The process could not start: {said}")
    near_limit = limits.memory is not None and ending.peak_memory > NEAR * limits.memory
    if ending.returncode < 0 and (killed or near_limit):
        gigabytes = ending.peak_memory / 2**30
        reason = f"{_sentence(ending.in_words())}, holding {gigabytes:.2g} GiB: out of memory."
        return Outcome("oom", phase, reason)
    return Outcome("crash", phase, f"{_sentence(ending.in_words())} before it was done.")


def _last_line(output: Path) -> str:
    lines = output.read_bytes()[-MOST_SAID:].decode(errors="replace").split("\n")
    return next((line.strip()[:LONGEST_LINE] for line in reversed(lines) if line.strip()), "")


def _read_outcome(folder: Path) -> Outcome | None:
    """Read what the process said of itself; what is not as it should be was not said."""
    path = folder / "outcome.json"
    try:
        if path.stat().st_size > MOST_SAID:
            return None
        outcome = Outcome(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    numbers = (outcome.fit_seconds, outcome.sample_seconds, outcome.peak_memory)
    proper = (
        outcome.status in STATUSES
        and (outcome.phase is None or outcome.phase in PHASES)
        and (outcome.reason is None or isinstance(outcome.reason, str))
        and all(number is None or isinstance(number, int | float) for number in numbers)
    )
    return outcome if proper else None


def out_of_memory_kills() -> int:
    """Return how many processes around this one the system has killed for want of memory."""
    try:
        text = Path("/proc/vmstat").read_text(encoding="utf-8")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill "))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

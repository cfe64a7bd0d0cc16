"""Cells: one (data set, model, seed) each, what its numbers depend on, and its own process."""

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from genbench.boards import Board
from genbench.datasets import Dataset, load
from genbench.errors import BadInput
from genbench.models import ModelSpec, find
from genbench.randomness import rng_for
from genbench.records import REAL
from genbench.worker import phase_of

PROTOCOL = 3  # raised by hand when samples or scores of unchanged models may change
POLL_SECONDS = 0.2
GRACE_SECONDS = 2.0
THREADS = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}


@dataclass(frozen=True)
class Cell:
    """One model on one data set with one seed; REAL stands for fresh real samples."""

    dataset: str
    model: str
    seed: int

    @property
    def spec(self) -> ModelSpec:
        """Where the model is."""
        if self.model == REAL:
            return ModelSpec(target=REAL, family="control", summary="fresh real samples")
        return find(self.model)

    def key(self) -> str:
        """Return a hash of all that the numbers depend on, versions of libraries apart.

        Raises:
            BadInput: the data set or the model is unknown.
        """
        spec = self.spec
        depends_on = {
            "protocol": PROTOCOL,
            "dataset": load_once(self.dataset).content_hash,
            "target": spec.target if self.model in (REAL, *_baselines()) else self.model,
            "params": dict(spec.params),
            "source": _source_hash(spec),
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


def cells_of(board: Board) -> list[Cell]:
    """Return a board's cells, real samples first.

    Raises:
        BadInput: a data set or a model of the board is unknown.
    """
    models = (REAL, *(board.models if board.models is not None else _baselines()))
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


def fit_and_sample(cell: Cell, folder: Path, *, deadline: float, stop: Event) -> Outcome:
    """Run the cell in a process of its own; `samples.npy` is in `folder` if it went well.

    The process and all that it started are killed after `deadline` seconds, or once `stop` is set.
    The model is handed the training set only; the points that its density is judged at are read
    after it has drawn.
    """
    dataset = load_once(cell.dataset)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    np.save(folder / "train.npy", dataset.train)
    np.save(folder / "points.npy", dataset.dequantized_test(rng_for(0, "dequantize")))
    spec = {"model": cell.spec.to_json(), "seed": cell.seed, "n": len(dataset.fresh)}
    (folder / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            # -P: a folder named genbench in the current one must not stand in for the package.
            [sys.executable, "-P", "-m", "genbench.worker", str(folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | THREADS | {"PYTHONHASHSEED": "0"},
        )
        try:
            ended = _wait(process, deadline, stop)
        finally:
            _end_group(process)
    if not ended:
        return Outcome("timeout", phase_of(folder), f"Not done after {deadline:g} seconds.")
    return _outcome(folder, process.returncode)


def _wait(process: subprocess.Popen[bytes], deadline: float, stop: Event) -> bool:
    """Wait until the process has ended; False if the deadline came or `stop` was set first."""
    last = time.monotonic() + deadline
    while not stop.is_set() and time.monotonic() < last:
        try:
            process.wait(timeout=min(POLL_SECONDS, deadline))
        except subprocess.TimeoutExpired:
            continue
        return True
    return False


def _outcome(folder: Path, returncode: int) -> Outcome:
    path = folder / "outcome.json"
    if path.exists():
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Outcome(**values)
    if returncode < 0:
        name = signal.Signals(-returncode).name
        hint = " (out of memory, perhaps)" if name == "SIGKILL" else ""
        return Outcome("crash", phase_of(folder), f"The process was ended by {name}{hint}.")
    reason = f"The process ended with exit status {returncode} before it was done."
    return Outcome("crash", phase_of(folder), reason)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything it started; harmless if all has ended."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            return
        except PermissionError:  # macOS says so of a group that has ended
            return
        try:
            process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue


def _baselines() -> tuple[str, ...]:
    from genbench.models import baselines

    return tuple(baselines())


def _source_hash(spec: ModelSpec) -> str:
    """Hash the file that the model's class is in."""
    where = spec.target.rpartition(":")[0]
    if not where:
        return ""
    if not where.endswith(".py"):
        try:
            found = importlib.util.find_spec(where)
        except ModuleNotFoundError as error:
            raise BadInput(f"There is no module {where!r}.") from error
        if found is None or found.origin is None:
            raise BadInput(f"There is no module {where!r}.")
        where = found.origin
    return hashlib.sha256(Path(where).read_bytes()).hexdigest()

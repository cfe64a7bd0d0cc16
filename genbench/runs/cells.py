"""Cells: one (data set, model, seed) each, what its numbers depend on, and its own process."""

import hashlib
import json
import math
import time
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from threading import Event
from typing import NamedTuple, Self

import numpy as np

from genbench.datasets import Dataset
from genbench.datasets import load as load_ours
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.processes import OUTPUT, run_alone
from genbench.models.find import ModelSpec, baselines, source_hash
from genbench.models.held import Held, take
from genbench.models.homes import find_at
from genbench.models.parameters import canonical
from genbench.runs.boards import Board
from genbench.runs.disk import full_disk, has_room, tells_of_full_disk
from genbench.runs.endings import MOST_OUTPUT, out_of_memory_kills, outcome_of
from genbench.runs.limits import ORDINARY, Limits
from genbench.runs.outcomes import Outcome, keep_outcome
from genbench.runs.own_data import Data, OwnData
from genbench.runs.records import REAL, Record
from genbench.runs.watch import Watch, npy
from genbench.runs.worker import DISK_FULL
from genbench.runs.workplace import Workplace, fresh_folder, workplace
from genbench.scoring.dataset import MOST_HEADER

PROTOCOL = 3  # raised by hand when samples or scores of unchanged models may change
MARGIN = 2**16  # bytes, beside its arrays, that a cell writes


@dataclass(frozen=True)
class Cell:
    """One model on one data set with one seed; REAL stands for fresh real samples.

    Raises:
        BadInput: the budget is no positive number of seconds.
    """

    dataset: str
    model: str
    seed: int
    # Seconds that a fit may take, for models that ask; no part of where a cell stands on a board.
    budget: float | None = field(default=None, compare=False)
    # Nor is where yours are found: the data set, if it is not ours, and files of models.
    own: OwnData | None = field(default=None, compare=False)
    home: Path | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        # As records name it: whatever address it was asked for by, it is one cell.
        object.__setattr__(self, "model", canonical(self.model))
        if self.budget is not None and not 0 < self.budget < math.inf:
            raise BadInput(f"A budget is a positive number of seconds, not {self.budget}.")

    @classmethod
    def of(cls, record: Record) -> Self:
        """Return the cell that a record tells of."""
        return cls(*record.place, record.budget)

    @classmethod
    def on(cls, board: Board, record: Record) -> Self:
        """Return the cell that a record on a board tells of, with where its data are."""
        own = next((data for data in board.own if data.name == record.dataset), None)
        return cls(*record.place, record.budget, own=own, home=board.home)

    @property
    def spec(self) -> ModelSpec:
        """Where the model is."""
        if self.model == REAL:
            # How they are drawn is part of what they are: test samples are dealt with them.
            how = {"drawn": "anew for each seed"}
            return ModelSpec(
                target=REAL, params=how, family="control", summary="fresh real samples"
            )
        return find_at(self.model, self.home)

    @property
    def data(self) -> Data:
        """What `load_once` loads the data set by."""
        return self.dataset if self.own is None else self.own

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
            "dataset": load_once(self.data).content_hash,
            "target": spec.target if self.model in (REAL, *baselines()) else self.model,
            # Where an exported generator lies is no part of what it is.
            "params": {name: value for name, value in spec.params.items() if name != "path"},
            "source": source,
            "seed": self.seed,
        }
        if self.budget is not None:
            depends_on["budget"] = float(self.budget)
        return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:16]


class Taken(NamedTuple):
    """A cell, and what its model was made of at one moment, under the key of just that."""

    cell: Cell
    spec: ModelSpec
    held: Held
    key: str


def cells_of(board: Board) -> list[Cell]:
    """Return a board's cells, real samples first.

    Raises:
        BadInput: a data set or a model of the board is unknown.
    """
    models = (REAL, *(board.models if board.models is not None else baselines()), *board.curves)
    own = {data.name: data for data in board.own}
    cells = [
        Cell(
            dataset,
            model,
            seed,
            None if model == REAL else board.budget,
            own=own.get(dataset),
            home=board.home,
        )
        for seed in board.seeds
        for dataset in board.datasets
        for model in models
    ]
    cells = list(dict.fromkeys(cells))  # one model may be named in two ways
    for cell in cells:
        cell.key()
    return cells


@cache
def load_once(data: Data) -> Dataset:
    """Load a data set; read-only, so every user of this process may share it.

    Raises:
        BadInput: there is none of ours of that name, or yours cannot be used.
    """
    return load_ours(data) if isinstance(data, str) else data.load()


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
    dataset = load_once(taken.cell.data)
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
    arrays = (dataset.train, dataset.fresh, dataset.test)
    sizes = [array.size + len(array) for array in arrays]
    return 2 * 8 * sum(sizes) + MARGIN


def _attempt(
    taken: Taken, dataset: Dataset, folder: Path, place: Workplace, limits: Limits, stop: Event
) -> Outcome:
    """Do a cell once; the status is DISK_FULL if that is what kept it from being done."""
    spec = {
        "model": taken.held.moved(taken.spec, place.path).to_json(),
        "code": taken.held.code_to_json(),
        "seed": taken.cell.seed,
        "budget": taken.cell.budget,
        "n": len(dataset.fresh),
        "memory": limits.memory,
    }
    place.write("train.npy", npy(dataset.train))
    asked = dataset.labels_for(taken.cell.seed)
    if dataset.train_labels is not None and asked is not None:
        place.write("train_labels.npy", npy(dataset.train_labels))
        place.write("labels.npy", npy(asked))
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
    killed = out_of_memory_kills() > kills
    outcome = outcome_of(place, ending, folder, limits, killed=killed)
    outcome = replace(
        outcome,
        seconds=time.monotonic() - start,
        peak_memory=max(outcome.peak_memory or 0, ending.peak_memory) or None,
    )
    try:
        if outcome.status == "crash" and not has_room(folder, room_for(dataset)):
            return replace(outcome, status=DISK_FULL)
        return outcome if outcome.status != "ok" else _kept(outcome, folder, place, taken, watch)
    except (NotADirectoryError, FileExistsError, IsADirectoryError) as error:  # the model's doing
        reason = f"What it left cannot be kept: {error}."
        return replace(outcome, status="error", phase="validate", reason=reason)


def _kept(outcome: Outcome, folder: Path, place: Workplace, taken: Taken, watch: Watch) -> Outcome:
    """Copy what a model has left into the cell's folder, or say why that is nothing to keep."""
    dataset, found = watch.dataset, {}
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
    labels = dataset.labels_for(taken.cell.seed) if outcome.conditional else None
    if labels is not None:  # as it was asked for them, whatever it has made of the file
        found["labels"] = npy(labels.astype(np.float64))
    for name, content in found.items():
        replace_file(folder / f"{name}.npy", content)
    keep_outcome(folder, outcome)
    return outcome

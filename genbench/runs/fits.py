"""Fits: a model in a process of its own, which learns once for all that is drawn of it.

Cells that are equal but for what their rows are written by are done by one process, one after
another. Each is kept as soon as it is done, and one that the process dies of is that one's failure:
the others are done by another process.
"""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import NamedTuple

import numpy as np

from genbench.datasets import Dataset
from genbench.ground.landing import replace_file
from genbench.ground.plain_files import read_plain
from genbench.ground.processes import OUTPUT, run_alone
from genbench.ground.templates import TemplateDied, Templates
from genbench.runs.cells import Cell, Taken, load_once, take_together
from genbench.runs.disk import full_disk, has_room, tells_of_full_disk
from genbench.runs.endings import MOST_OUTPUT, out_of_memory_kills, outcome_of
from genbench.runs.imports import imports_of
from genbench.runs.limits import ORDINARY, Limits
from genbench.runs.outcomes import Outcome, keep_outcome
from genbench.runs.watch import Watch, npy
from genbench.runs.worker import DISK_FULL
from genbench.runs.workplace import Workplace, fresh_folder, workplace
from genbench.runs.writing import brought_late, why_not_written
from genbench.scoring.dataset import MOST_HEADER

MARGIN = 2**16  # bytes, beside its arrays, that a cell writes
BEFORE = ("import", "fit")  # phases that are those of all cells of a fit
DECODE = "decode"
# What is wrong with a folder that a model has put something else in the place of.
MODELS_DOING = (NotADirectoryError, FileExistsError, IsADirectoryError)


class Part(NamedTuple):
    """One of the cells of a fit, and the folder that its samples go to."""

    taken: Taken
    folder: Path

    @property
    def decoder(self) -> str:
        """What its rows are written by; "" where the model draws them itself."""
        return self.taken.cell.decoder


Told = dict[str, Outcome]  # by the keys of cells


def fit_and_sample(
    cell: Cell | Taken, folder: Path, *, limits: Limits = ORDINARY, stop: Event | None = None
) -> Outcome:
    """Run the cell in a process of its own; `samples.npy` is in `folder` if it went well.

    See `fit_once`.

    Raises:
        OSError: the disk is full, or cannot be written to, which is no fault of the model.
    """
    taken = take_together([cell])[0] if isinstance(cell, Cell) else cell
    return fit_once([Part(taken, folder)], limits=limits, stop=stop)[taken.key]


def fit_once(
    parts: Sequence[Part],
    *,
    limits: Limits = ORDINARY,
    stop: Event | None = None,
    templates: Templates | None = None,
) -> Told:
    """Do cells of one fit; `samples.npy` is in the folder of each that went well.

    The model that is run is the one that was taken, whatever becomes of its files meanwhile.

    The process is forked from one of `templates`, if they are given. It and all that it started are
    killed once a phase has taken longer than it may, or `stop` is set, upon which some outcomes may
    be missing. The model is handed the training set only; the points that its density is judged at
    come to its folder after it has drawn. That folder lies in that of the first cell and is gone in
    the end: what is kept was copied out of it.

    Raises:
        OSError: the disk is full, or cannot be written to, which is no fault of the model.
    """
    stop = stop or Event()
    found: Told = {}
    for part in parts:
        if reason := why_not_written(part.taken.cell):
            fresh_folder(part.folder)
            found[part.taken.key] = Outcome("skipped", reason=reason)
    while left := [part for part in parts if part.taken.key not in found]:
        found |= _with_room(left, limits, stop, templates)
        if stop.is_set():
            break
    return found


def room_for(dataset: Dataset, *, n_drawn: int = 1) -> int:
    """Return how many bytes a fit is owed, for what is brought to it and what it is to bring."""
    arrays = (dataset.train, dataset.test, *n_drawn * (dataset.fresh,))
    sizes = [array.size + len(array) for array in arrays]
    return 2 * 8 * sum(sizes) + MARGIN


def _with_room(
    left: Sequence[Part], limits: Limits, stop: Event, templates: Templates | None
) -> Told:
    """Do some of the cells, and once more those that the disk was too full for.

    None is done only where the process died of the template that it was forked from.
    """
    held, data = left[0].taken.held, left[0].taken.cell.data
    found: Told = {}
    for last in (False, True):
        for part in left:
            fresh_folder(part.folder)
        host = left[0].folder
        owed = room_for(load_once(data), n_drawn=len(left)) + sum(map(len, held.exports.values()))
        if not has_room(host, owed):
            raise full_disk(host)
        with workplace(host) as place:
            told = _attempt(left, place, limits, stop, templates)
            full = {key: each for key, each in told.items() if each.status == DISK_FULL}
            took = place.size() if full else 0
        found |= {key: each for key, each in told.items() if key not in full}
        if not full:
            break
        if not has_room(host, owed):  # what the model has taken is free again
            raise full_disk(host)
        if took > owed or last:  # else others had filled it
            return found | {key: replace(each, status="error") for key, each in full.items()}
        left = [part for part in left if part.taken.key in full]
    return found


def _attempt(
    left: Sequence[Part],
    place: Workplace,
    limits: Limits,
    stop: Event,
    templates: Templates | None,
) -> Told:
    """Run one process; the status is DISK_FULL where that is what kept a cell from being done."""
    taken, host = left[0].taken, left[0].folder
    dataset = load_once(taken.cell.data)
    by_decoder = [part for part in left if part.decoder]
    _bring(left, by_decoder, dataset, place, limits)
    found: Told = {}

    def keep(number: int, outcome: Outcome, samples: bytes) -> None:
        part = by_decoder[number]
        found[part.taken.key] = _stored(outcome, part.folder, {"samples": samples})

    late = brought_late(taken.cell, [part.decoder for part in by_decoder])
    watch = Watch(
        place, dataset, limits.seconds, stop, late=late, n_decoders=len(by_decoder), keep=keep
    )
    kills = out_of_memory_kills()
    start = time.monotonic()
    try:
        ending = run_alone(
            "genbench.runs.worker",
            place.path,
            watch=watch,
            launcher=limits.launcher,
            output=host / OUTPUT,
            most_output=MOST_OUTPUT,
            templates=templates,
            imports=imports_of(taken.held),
        )
    except TemplateDied:  # which is no fault of the model: it is started without one
        return found
    except OSError as error:
        if tells_of_full_disk(error):
            raise
        outcome = Outcome("missing", "import", f"The model's process cannot be started: {error}.")
        return {part.taken.key: outcome for part in left}
    watch.collect()
    killed = out_of_memory_kills() > kills
    outcome = outcome_of(place, ending, host, limits, killed=killed)
    outcome = replace(
        outcome,
        seconds=time.monotonic() - start,
        peak_memory=max(outcome.peak_memory or 0, ending.peak_memory) or None,
    )
    try:
        if outcome.status == "crash" and not has_room(host, room_for(dataset)):
            outcome = replace(outcome, status=DISK_FULL)
    except MODELS_DOING as error:
        outcome = _not_kept(outcome, error)
    undone = [part for part in left if part.taken.key not in found]
    for part in _meant(outcome, place, undone, by_decoder):
        found[part.taken.key] = _fate(outcome, part, place, watch)
    _share_output(left, found)
    return found


def _bring(
    left: Sequence[Part],
    by_decoder: Sequence[Part],
    dataset: Dataset,
    place: Workplace,
    limits: Limits,
) -> None:
    """Bring what the process begins with."""
    taken = left[0].taken
    spec = {
        "model": taken.held.moved(taken.spec, place.path).to_json(),
        "code": taken.held.code_to_json(),
        "seed": taken.cell.seed,
        "budget": taken.cell.budget,
        "n": len(dataset.fresh),
        "memory": limits.memory,
        "own": len(by_decoder) < len(left),
        "decoders": [part.decoder for part in by_decoder],
        "begun": taken.cell.begun,
        "end": None if dataset.symbols is None else dataset.symbols.end,
    }
    place.write("train.npy", npy(load_once(taken.cell.learned).train))
    asked = dataset.labels_for(taken.cell.seed)
    if dataset.train_labels is not None and asked is not None:
        place.write("train_labels.npy", npy(dataset.train_labels))
        place.write("labels.npy", npy(asked))
    for name, content in taken.held.exports.items():
        place.write(name, content)
    place.write("spec.json", json.dumps(spec).encode())


def _meant(
    outcome: Outcome, place: Workplace, undone: Sequence[Part], by_decoder: Sequence[Part]
) -> Sequence[Part]:
    """Return those of the cells that are not done that the process's outcome is the outcome of.

    That of a process that died is of what it was at: the rest is to be done by another.
    """
    own = [part for part in undone if not part.decoder]
    if outcome.status in ("ok", "skipped", "lost") or outcome.phase in (None, *BEFORE):
        return undone
    if outcome.phase == DECODE:
        return [part for part in by_decoder[place.number() :] if part in undone][:1] or undone
    return own or undone


def _fate(outcome: Outcome, part: Part, place: Workplace, watch: Watch) -> Outcome:
    """Return what became of a cell, by the outcome of its process; what is to be kept is."""
    if outcome.status != "ok":
        return outcome
    if part.decoder:
        return replace(
            outcome, status="invalid", phase=DECODE, reason=f"It left no rows of {part.decoder}."
        )
    return _kept(outcome, part, place, watch)


def _kept(outcome: Outcome, part: Part, place: Workplace, watch: Watch) -> Outcome:
    """Copy what a model has left into the cell's folder, or say why that is nothing to keep."""
    dataset, found = watch.dataset, {}
    sizes = {
        "samples": dataset.fresh.size,
        "log_prob": len(dataset.test),
        "train_log_prob": dataset.n_compared,
    }
    for name, n in sizes.items():
        if name == "samples" and watch.samples is not None:
            found[name] = watch.samples
        elif name == "samples" or place.has(f"{name}.npy"):
            most = 8 * n + MOST_HEADER
            try:
                found[name] = place.read(f"{name}.npy", most=most)
            except OSError as error:
                reason = f"{name}.npy is no file of at most {most} bytes: {error.strerror}."
                return replace(outcome, status="invalid", phase="validate", reason=reason)
    labels = dataset.labels_for(part.taken.cell.seed) if outcome.conditional else None
    if labels is not None:  # as it was asked for them, whatever it has made of the file
        found["labels"] = npy(labels.astype(np.float64))
    return _stored(outcome, part.folder, found)


def _stored(outcome: Outcome, folder: Path, files: Mapping[str, bytes]) -> Outcome:
    """Keep the arrays of a cell that went well, and return its outcome."""
    if outcome.status != "ok":
        return outcome
    try:
        for name, content in files.items():
            replace_file(folder / f"{name}.npy", content)
        keep_outcome(folder, outcome)
    except MODELS_DOING as error:
        return _not_kept(outcome, error)
    return outcome


def _not_kept(outcome: Outcome, error: OSError) -> Outcome:
    reason = f"What it left cannot be kept: {error}."
    return replace(outcome, status="error", phase="validate", reason=reason)


def _share_output(left: Sequence[Part], found: Told) -> None:
    """Put what the process printed beside each cell that failed, where people look for it."""
    host = left[0].folder
    for part in left[1:]:
        outcome = found.get(part.taken.key)
        if outcome is not None and outcome.status not in ("ok", "skipped"):
            with suppress(OSError):
                printed = read_plain(host / OUTPUT, most=2 * MOST_OUTPUT)
                replace_file(part.folder / OUTPUT, printed)

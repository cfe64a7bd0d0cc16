"""Bundles: a model's samples with all that tells what they are, in one file, for other machines.

A bundle is a zip of `manifest.json` and, for every cell that went well, `samples/NAME.npy` and
perhaps `log_prob/NAME.npy` and `labels/NAME.npy`. Whoever receives one trusts none of it: archives
are looked over, arrays are held to the sizes that the board asks for and to the checksums of the
manifest, nothing is unpickled and nothing is unpacked to a path that the bundle names. What is not
checked is whether the samples came from such a model at all: records made of them are marked as not
verified.
"""

import io
import json
import math
import re
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

import genbench
from genbench.ground.archives import Archive, open_archive
from genbench.ground.arrays import Array, as_labels, as_samples
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.paths import brief, is_file, readable, shown
from genbench.ground.text import one_line
from genbench.models.sources import hash_of_bytes
from genbench.runs.boards import Board
from genbench.runs.cells import PROTOCOL, Cell, load_once
from genbench.runs.environments import for_others, name_of, this_environment
from genbench.runs.jobs import known_of
from genbench.runs.names import check_board, check_owner, check_unchanged, name_from
from genbench.runs.outcomes import LONGEST_REASON
from genbench.runs.records import STATUSES, Record, check
from genbench.runs.scorer import score_here
from genbench.runs.store import Store, now
from genbench.runs.worker import PHASES
from genbench.runs.workplace import fresh_folder
from genbench.scoring.dataset import MOST_HEADER

SCHEMA = 1
MANIFEST = "manifest.json"
SOURCE = re.compile("[0-9a-f+]{0,200}")  # checksums, of an export and its weights one each
MOST_MANIFEST = 10_000_000  # bytes
MOST_CELLS = 10_000
MOST_SECONDS = 1e9  # thirty years
REFERENCE = "control"  # the family of rows that do not compete


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One cell of a bundle."""

    dataset: str
    seed: int
    status: str
    dataset_hash: str
    reason: str | None = None
    phase: str | None = None
    fit_seconds: float | None = None
    sample_seconds: float | None = None
    files: dict[str, str]  # name of a member -> its SHA-256


def write_bundle(
    path: Path, store: Store, records: Iterable[Record], *, name: str, family: str, board: str = ""
) -> Path:
    """Write the cells of one model, as they stand in the store, into a bundle, for that board only.

    Raises:
        BadInput: the name or family is no name, nothing has been run, or samples that the records
            tell of are no longer stored.
        OSError: the file could not be written.
    """
    name, family = name_from(name, "name"), name_from(family, "family")
    found = sorted(records, key=lambda record: record.place)
    if not found:
        raise BadInput("There is nothing to submit: score the model on the board first.")
    members: dict[str, bytes] = {}
    entries = []
    for number, record in enumerate(found):
        files = {}
        if record.status == "ok":
            for kind in ("samples", "log_prob", "labels"):
                source = store.cell(record.key) / f"{kind}.npy"
                if not source.exists():
                    if kind == "samples":
                        raise BadInput(f"{source} is gone: run the board again with --only all.")
                    continue
                member = f"{kind}/{number}.npy"
                members[member] = source.read_bytes()
                files[member] = hash_of_bytes(members[member])
        entries.append(_entry(record, files))
    manifest = {
        "schema": SCHEMA,
        "genbench": genbench.__version__,
        "protocol": PROTOCOL,
        "name": name,
        "family": family,
        "board": board,
        "source": found[0].source,
        "environment": for_others(),
        "cells": entries,
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1, allow_nan=False))
        for member, content in members.items():
            archive.writestr(member, content)
    return replace_file(path, written.getvalue())


def add_bundle(path: Path, board: Board, store: Store) -> list[Record]:
    """Check a bundle, score its samples here, and land a record for each of its cells.

    Nothing lands unless all of the bundle is as it should be.

    Raises:
        BadInput: there is no such file, or it is not a bundle for this board.
        OSError: a record could not be written.
    """
    if not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    with readable(path, "bundle"), open_archive(path) as archive:
        name, family, source, entries = _manifest(archive, board)
        arrays = [_arrays(archive, entry, board) for entry in entries]
    under = check_owner(name, source, store.records())
    blanks = [_blank(entry, board, name=name, family=family, source=source) for entry in entries]
    check_unchanged(blanks, under)
    return _land(store, board, list(zip(blanks, arrays, strict=True)))


def add_samples(samples: Array, dataset: str, board: Board, store: Store, *, name: str) -> Record:
    """Score samples (n, ...) on one data set of a board, and land the record of a model so named.

    The board asks for so many samples; of more, the first are taken.

    Raises:
        BadInput: the board has no such data set, the name is none, or there are too few samples.
        OSError: the record could not be written.
    """
    data = load_once(board.data(dataset))
    n = len(data.fresh)
    samples = as_samples(samples, name=name, like=data.like)[:n]
    if len(samples) < n:
        raise BadInput(f"{name} has {len(samples)} samples; a board compares {n} of {dataset}.")
    entry = Entry(
        dataset=dataset,
        seed=board.seeds[0],
        status="ok",
        dataset_hash=data.content_hash[:16],
        files={"samples": hash_of_bytes(samples.tobytes())},
    )
    name = name_from(name, "name")
    check_owner(name, "", store.records())
    blank = _blank(entry, board, name=name, family="yours", source="")
    (record,) = _land(store, board, [(blank, {"samples": samples})])
    return record


def _entry(record: Record, files: dict[str, str]) -> dict[str, Any]:
    names = {field.name for field in fields(Entry)} - {"files"}
    known = {name: getattr(record, name) for name in sorted(names)}
    return {key: value for key, value in known.items() if value is not None} | {"files": files}


def _manifest(archive: Archive, board: Board) -> tuple[str, str, str, list[Entry]]:
    if MANIFEST not in archive.members:
        raise BadInput(f"{archive.name} is not a bundle: it holds no {MANIFEST}.")
    values = json.loads(archive.read(MANIFEST, most=MOST_MANIFEST))
    if not isinstance(values, dict) or not _is_number(values.get("schema"), SCHEMA):
        raise BadInput(f"{archive.name}: its {MANIFEST} must have schema {SCHEMA}.")
    if not _is_number(values.get("protocol"), PROTOCOL):
        raise BadInput(
            f"{archive.name} was made by protocol {values.get('protocol')!r}; this genbench scores "
            f"by {PROTOCOL}."
        )
    check_board(values.get("board", ""), board, archive.name)
    cells = values.get("cells")
    if not isinstance(cells, list) or not 0 < len(cells) <= MOST_CELLS:
        raise BadInput(f"{archive.name} must have 1 to {MOST_CELLS} cells.")
    entries = [_checked(archive, cell, board) for cell in cells]
    if len({(entry.dataset, entry.seed) for entry in entries}) < len(entries):
        raise BadInput(f"{archive.name} has two cells of one data set and seed.")
    source = values.get("source", "")
    if not isinstance(source, str) or not SOURCE.fullmatch(source):
        raise BadInput(f"{archive.name}: its source must be a checksum, not {source!r:.200}.")
    family = name_from(values.get("family"), "family")
    if family.casefold() == REFERENCE:
        raise BadInput(f"{archive.name}: the family {family!r} is of rows that do not compete.")
    return name_from(values.get("name"), "name"), family, source, entries


def _checked(archive: Archive, values: Any, board: Board) -> Entry:
    try:
        entry = Entry(**values)
    except TypeError as error:
        raise BadInput(f"{archive.name}: a cell of its manifest is none ({error}).") from error
    if entry.dataset not in board.datasets:
        raise BadInput(f"{archive.name}: {entry.dataset!a:.200} is no data set of this board.")
    if type(entry.seed) is not int or entry.seed not in board.seeds:
        raise BadInput(f"{archive.name}: {entry.seed!r} is no seed of this board.")
    if entry.status not in STATUSES:
        raise BadInput(f"{archive.name}: {entry.status!r} is no status.")
    if entry.dataset_hash != load_once(board.data(entry.dataset)).content_hash[:16]:
        raise BadInput(
            f"{archive.name}: its samples are of another version of the data set {entry.dataset}."
        )
    seconds = (entry.fit_seconds, entry.sample_seconds)
    if not all(value is None or _is_time(value) for value in seconds):
        raise BadInput(f"{archive.name}: its seconds must be numbers from 0 up, not {seconds!r}.")
    if entry.reason is not None and not isinstance(entry.reason, str):
        raise BadInput(f"{archive.name}: its reasons must be text.")
    if entry.phase not in (None, *PHASES, "score"):
        raise BadInput(f"{archive.name}: {entry.phase!r:.200} is no phase.")
    if not isinstance(entry.files, dict) or len(entry.files) > 3:
        raise BadInput(f"{archive.name}: a cell has a file of samples, of log_prob and of labels.")
    reason = None if entry.reason is None else one_line(entry.reason, most=LONGEST_REASON)
    return replace(entry, reason=reason)


def _arrays(archive: Archive, entry: Entry, board: Board) -> dict[str, Array]:
    """Read the arrays of a cell, each of the shape that the board asks for."""
    dataset = load_once(board.data(entry.dataset))
    shapes = {
        "samples": (len(dataset.fresh), *dataset.test.shape[1:]),
        "log_prob": (len(dataset.test),),
        "labels": (len(dataset.fresh),),
    }
    found = {}
    for member, checksum in entry.files.items():
        kind = member.partition("/")[0]
        if kind in found:
            raise BadInput(f"{archive.name}: a cell has two files of {kind}.")
        if member not in archive.members or kind not in shapes:
            raise BadInput(f"{archive.name} holds no file {shown(member)} of a cell.")
        where = f"{archive.name}: {shown(member)}"
        content = archive.read(member, most=8 * math.prod(shapes[kind]) + MOST_HEADER)
        if hash_of_bytes(content) != checksum:
            raise BadInput(f"{where} is not the file of its checksum.")
        array = np.load(io.BytesIO(content), allow_pickle=False)
        if array.shape != shapes[kind] or array.dtype != np.float64:
            raise BadInput(
                f"{where} holds {array.dtype} {array.shape}; expected float64 {shapes[kind]}."
            )
        if kind == "samples":
            array = as_samples(array, name=where)
        elif kind == "labels":
            as_labels(array, name=where, n=len(array))
        elif np.isnan(array).any() or (array == np.inf).any():
            raise BadInput(f"{where} holds NaN or +infinity.")
        found[kind] = array
    if (entry.status == "ok") != ("samples" in found) or (found and "samples" not in found):
        raise BadInput(f"{archive.name}: a cell has samples if and only if it went well.")
    return found


def _blank(entry: Entry, board: Board, *, name: str, family: str, source: str) -> Record:
    """Return what is known of a cell before it is scored."""
    data = load_once(board.data(entry.dataset)).content_hash
    depends_on = [PROTOCOL, data, name, entry.seed, *entry.files.values()]
    return Record(
        key=hash_of_bytes(json.dumps(depends_on).encode())[:16],
        model=name,
        family=family,
        seed=entry.seed,
        status=entry.status,
        phase=entry.phase,
        reason=entry.reason,
        source=source,
        verified=False,
        **known_of(board.data(entry.dataset)),
        fit_seconds=entry.fit_seconds,
        sample_seconds=entry.sample_seconds,
    )


def _land(store: Store, board: Board, cells: list[tuple[Record, dict[str, Array]]]) -> list[Record]:
    """Score all cells, see that each would be read as it is, and only then land them."""
    found = []
    for blank, arrays in cells:
        record = blank
        if arrays:
            with tempfile.TemporaryDirectory() as folder:
                _save(Path(folder), arrays)
                scored = score_here(Cell.on(board, blank), Path(folder), board.metrics)
            found_out: dict[str, Any] = scored._asdict()
            record = replace(blank, **found_out)
        record = replace(record, environment=name_of(this_environment()), finished=now())
        try:
            check(record)
        except ValueError as error:
            raise BadInput(f"{record.model} on {record.dataset}: {brief(error)}.") from error
        found.append(record)
    store.keep_environment()
    for record, (_, arrays) in zip(found, cells, strict=True):
        if arrays:
            _save(fresh_folder(store.cell(record.key)), arrays)
        store.land(record)
    return found


def _save(folder: Path, arrays: dict[str, Array]) -> None:
    for kind, array in arrays.items():
        np.save(folder / f"{kind}.npy", array)


def _is_number(value: Any, expected: int) -> bool:
    return type(value) is int and value == expected  # True equals 1


def _is_time(value: Any) -> bool:
    return type(value) in (int, float) and bool(0 <= value <= MOST_SECONDS)  # NaN is not

"""Bundles: a model's samples with all that tells what they are, in one file, for other machines.

A bundle is a zip of `manifest.json` and, for every cell that went well, `samples/NAME.npy` and
perhaps `log_prob/NAME.npy`. Whoever receives one trusts none of it: archives are looked over,
arrays are held to the sizes that the board asks for and to the checksums of the manifest, nothing
is unpickled and nothing is unpacked to a path that the bundle names. What is not checked is whether
the samples came from such a model at all: records made of them are marked as not verified.
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

import genbench
from genbench.files.archives import Archive, open_archive
from genbench.ground.arrays import Array, as_samples
from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.landing import replace_file
from genbench.ground.paths import is_file, readable, shown
from genbench.models.find import baselines
from genbench.runs.boards import Board
from genbench.runs.cells import PROTOCOL, load_once
from genbench.runs.environments import this_environment
from genbench.runs.jobs import known_of
from genbench.runs.records import REAL, STATUSES, Record
from genbench.runs.scorer import score_here
from genbench.runs.store import Store, now
from genbench.scoring.dataset import MOST_HEADER

SCHEMA = 1
MANIFEST = "manifest.json"
MOST_MANIFEST = 10_000_000  # bytes
MOST_CELLS = 10_000
LONGEST = 80  # characters of a name
LONGEST_REASON = 500


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
    path: Path, store: Store, records: Iterable[Record], *, name: str, family: str
) -> Path:
    """Write the cells of one model, as they stand in the store, into a bundle.

    Raises:
        BadInput: the name or family is no name, nothing has been run, or samples that the records
            tell of are no longer stored.
        OSError: the file could not be written.
    """
    name, family = _name(name, "name"), _name(family, "family")
    found = sorted(records, key=lambda record: record.place)
    if not found:
        raise BadInput("There is nothing to submit: score the model on the board first.")
    members: dict[str, bytes] = {}
    entries = []
    for number, record in enumerate(found):
        files = {}
        if record.status == "ok":
            for kind in ("samples", "log_prob"):
                source = store.cell(record.key) / f"{kind}.npy"
                if not source.exists():
                    if kind == "samples":
                        raise BadInput(f"{source} is gone: run the board again with --only all.")
                    continue
                member = f"{kind}/{number}.npy"
                members[member] = source.read_bytes()
                files[member] = _sha256(members[member])
        entries.append(_entry(record, files))
    manifest = {
        "schema": SCHEMA,
        "genbench": genbench.__version__,
        "protocol": PROTOCOL,
        "name": name,
        "family": family,
        "source": found[0].source,
        "environment": this_environment(),
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
        arrays = [_arrays(archive, entry) for entry in entries]
    return [
        _land(store, board, entry, found, name=name, family=family, source=source)
        for entry, found in zip(entries, arrays, strict=True)
    ]


def add_samples(samples: Array, dataset: str, board: Board, store: Store, *, name: str) -> Record:
    """Score samples (n, ...) on one data set of a board, and land the record of a model so named.

    The board asks for so many samples; of more, the first are taken.

    Raises:
        BadInput: the board has no such data set, the name is none, or there are too few samples.
        OSError: the record could not be written.
    """
    if dataset not in board.datasets:
        raise unknown_name("data set of this board", dataset, board.datasets)
    data = load_once(dataset)
    n = len(data.fresh)
    samples = as_samples(samples, name=name, like=data.test)[:n]
    if len(samples) < n:
        raise BadInput(f"{name} has {len(samples)} samples; a board compares {n} of {dataset}.")
    entry = Entry(
        dataset=dataset,
        seed=board.seeds[0],
        status="ok",
        dataset_hash=data.content_hash[:16],
        files={"samples": _sha256(samples.tobytes())},
    )
    name = _name(name, "name")
    return _land(store, board, entry, {"samples": samples}, name=name, family="yours", source="")


def _entry(record: Record, files: dict[str, str]) -> dict[str, Any]:
    names = {field.name for field in fields(Entry)} - {"files"}
    known = {name: getattr(record, name) for name in sorted(names)}
    return {key: value for key, value in known.items() if value is not None} | {"files": files}


def _manifest(archive: Archive, board: Board) -> tuple[str, str, str, list[Entry]]:
    if MANIFEST not in archive.members:
        raise BadInput(f"{archive.name} is not a bundle: it holds no {MANIFEST}.")
    values = json.loads(archive.read(MANIFEST, most=MOST_MANIFEST))
    if not isinstance(values, dict) or values.get("schema") != SCHEMA:
        raise BadInput(f"{archive.name}: its {MANIFEST} must have schema {SCHEMA}.")
    if values.get("protocol") != PROTOCOL:
        raise BadInput(
            f"{archive.name} was made by protocol {values.get('protocol')!r}; this genbench scores "
            f"by {PROTOCOL}."
        )
    cells = values.get("cells")
    if not isinstance(cells, list) or not 0 < len(cells) <= MOST_CELLS:
        raise BadInput(f"{archive.name} must have 1 to {MOST_CELLS} cells.")
    entries = [_checked(archive, cell, board) for cell in cells]
    if len({(entry.dataset, entry.seed) for entry in entries}) < len(entries):
        raise BadInput(f"{archive.name} has two cells of one data set and seed.")
    name = _name(values.get("name"), "name")
    if name in baselines() or name == REAL:
        raise BadInput(f"{name!r} is the name of a model that is on the board already.")
    return name, _name(values.get("family"), "family"), str(values.get("source"))[:LONGEST], entries


def _checked(archive: Archive, values: Any, board: Board) -> Entry:
    try:
        entry = Entry(**values)
    except TypeError as error:
        raise BadInput(f"{archive.name}: a cell of its manifest is none ({error}).") from error
    if entry.dataset not in board.datasets:
        raise BadInput(f"{archive.name}: {entry.dataset!r} is no data set of this board.")
    if not isinstance(entry.seed, int) or entry.seed not in board.seeds:
        raise BadInput(f"{archive.name}: {entry.seed!r} is no seed of this board.")
    if entry.status not in STATUSES:
        raise BadInput(f"{archive.name}: {entry.status!r} is no status.")
    if entry.dataset_hash != load_once(entry.dataset).content_hash[:16]:
        raise BadInput(
            f"{archive.name}: its samples are of another version of the data set {entry.dataset}."
        )
    seconds = (entry.fit_seconds, entry.sample_seconds)
    if not all(value is None or _is_time(value) for value in seconds):
        raise BadInput(f"{archive.name}: its seconds must be numbers from 0 up, not {seconds!r}.")
    words = (entry.reason, entry.phase)
    if not all(word is None or isinstance(word, str) for word in words):
        raise BadInput(f"{archive.name}: its reasons must be text.")
    if not isinstance(entry.files, dict) or len(entry.files) > 2:
        raise BadInput(f"{archive.name}: a cell has one file of samples, and one of log_prob.")
    return replace(entry, reason=entry.reason and entry.reason[:LONGEST_REASON])


def _arrays(archive: Archive, entry: Entry) -> dict[str, Array]:
    """Read the arrays of a cell, each of the shape that the board asks for."""
    dataset = load_once(entry.dataset)
    shapes = {
        "samples": (len(dataset.fresh), *dataset.test.shape[1:]),
        "log_prob": (len(dataset.test),),
    }
    found = {}
    for member, checksum in entry.files.items():
        kind = member.partition("/")[0]
        if member not in archive.members or kind not in shapes:
            raise BadInput(f"{archive.name} holds no file {shown(member)} of samples or log_prob.")
        content = archive.read(member, most=8 * math.prod(shapes[kind]) + MOST_HEADER)
        if _sha256(content) != checksum:
            raise BadInput(f"{archive.name}: {shown(member)} is not the file of its checksum.")
        array = np.load(io.BytesIO(content), allow_pickle=False)
        if array.shape != shapes[kind] or array.dtype != np.float64:
            raise BadInput(
                f"{archive.name}: {shown(member)} holds {array.dtype} {array.shape}; expected "
                f"float64 {shapes[kind]}."
            )
        if kind == "samples":
            array = as_samples(array, name=f"{archive.name}: {shown(member)}")
        elif np.isnan(array).any() or (array == np.inf).any():
            raise BadInput(f"{archive.name}: {shown(member)} holds NaN or +infinity.")
        found[kind] = array
    if (entry.status == "ok") != ("samples" in found):
        raise BadInput(f"{archive.name}: a cell has samples if and only if it went well.")
    return found


def _land(
    store: Store,
    board: Board,
    entry: Entry,
    arrays: dict[str, Array],
    *,
    name: str,
    family: str,
    source: str,
) -> Record:
    depends_on = [
        PROTOCOL,
        load_once(entry.dataset).content_hash,
        name,
        entry.seed,
        *entry.files.values(),
    ]
    key = _sha256(json.dumps(depends_on).encode())[:16]
    record = Record(
        key=key,
        model=name,
        family=family,
        seed=entry.seed,
        status=entry.status,
        phase=entry.phase,
        reason=entry.reason,
        source=source,
        verified=False,
        environment=store.keep_environment(),
        **known_of(entry.dataset),
        fit_seconds=entry.fit_seconds,
        sample_seconds=entry.sample_seconds,
    )
    if arrays:
        folder = store.cell(key)
        folder.mkdir(parents=True, exist_ok=True)
        for kind, array in arrays.items():
            np.save(folder / f"{kind}.npy", array)
        scored = score_here(entry.dataset, folder, entry.seed, board.metrics)
        record = replace(record, scores=dict(scored.scores), preview=scored.preview)
    record = replace(record, finished=now())
    store.land(record)
    return record


def _name(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise BadInput(f"The {what} must be text that can be printed, not {value!r}.")
    if len(value) > LONGEST:
        raise BadInput(f"The {what} has {len(value)} characters; the limit is {LONGEST}.")
    return value.strip()


def _is_time(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value < math.inf


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Runs: the cells of a board, several at a time, each recorded the moment it ends."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Event
from typing import Any, Literal

import numpy as np

import genbench
from genbench import records
from genbench.boards import Board
from genbench.cells import Cell, Outcome, cells_of, fit_and_sample, load_once
from genbench.records import REAL, Record
from genbench.scorer import Scorer

Only = Literal["missing", "failed", "all"]


def run(
    board: Board,
    folder: Path,
    *,
    only: Only = "missing",
    jobs: int | None = None,
    on_start: Callable[[Cell], None] = lambda _: None,
    on_end: Callable[[Record], None] = lambda _: None,
) -> list[Record]:
    """Run those of the board's cells that `only` selects, and return all records of the board.

    A cell that fails is a record with a status and a reason, and the others go on. After a kill
    at any moment, the same call does what is left.

    Raises:
        BadInput: the board names what does not exist, or the records cannot be read.
        OSError: a record cannot be written; the run stops rather than lose it.
    """
    cells = cells_of(board)
    path = folder / "records.jsonl"
    todo = select(cells, records.read(path), only, metrics=board.metrics)
    folder.mkdir(parents=True, exist_ok=True)
    n_jobs = max(1, min(jobs or os.cpu_count() or 1, len(todo)))
    stop = Event()
    with Scorer(n_jobs) as scorer, ThreadPoolExecutor(n_jobs) as slots:

        def work(cell: Cell) -> Record:
            on_start(cell)
            return run_cell(cell, board, folder / "work", scorer, stop=stop)

        futures = [slots.submit(work, cell) for cell in todo]
        try:
            for future in as_completed(futures):
                record = future.result()
                records.append(path, record)
                on_end(record)
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
    wanted = set(cells)
    return [record for record in records.read(path) if _cell_of(record) in wanted]


def select(
    cells: list[Cell], known: list[Record], only: Only, *, metrics: tuple[str, ...] = ()
) -> list[Cell]:
    """Return the cells to run: those without a record that still holds, those that failed, or all.

    A record holds if it was made from the same data, model source, parameters and seed, and has
    been scored by these metrics.
    """
    if only == "all":
        return cells
    by_cell = {_cell_of(record): record for record in known}
    chosen = []
    for cell in cells:
        record = by_cell.get(cell)
        missing = (
            record is None
            or record.key != cell.key()
            or (record.status == "ok" and not set(metrics) <= set(record.scores))
        )
        failed = record is not None and record.failed
        if missing if only == "missing" else failed:
            chosen.append(cell)
    return chosen


def run_cell(cell: Cell, board: Board, work_folder: Path, scorer: Scorer, *, stop: Event) -> Record:
    """Fit, sample and score one cell."""
    dataset = load_once(cell.dataset)
    key = cell.key()
    folder = work_folder / key
    if cell.model == REAL:
        outcome = Outcome("ok")
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "samples.npy", dataset.fresh_for(cell.seed))
    else:
        outcome = fit_and_sample(cell, folder, deadline=board.deadline, stop=stop)
    known: dict[str, Any] = {
        "key": key,
        "dataset": cell.dataset,
        "model": cell.model,
        "family": cell.spec.family,
        "seed": cell.seed,
        "dataset_hash": dataset.content_hash[:16],
        "features": dataset.features,
        "version": genbench.__version__,
        "n_train": len(dataset.train),
        "n_test": len(dataset.test),
        "n_generated": len(dataset.fresh),
        "fit_seconds": outcome.fit_seconds,
        "sample_seconds": outcome.sample_seconds,
    }
    if outcome.status != "ok":
        return Record(**known, status=outcome.status, phase=outcome.phase, reason=outcome.reason)
    try:
        scored = scorer.score(cell.dataset, folder, cell.seed, board.metrics)
    except Exception as error:  # the samples stay on disk; the other cells go on
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        return Record(**known, status="error", phase="score", reason=reason)
    return Record(**known, status="ok", scores=dict(scored.scores), preview=scored.preview)


def _cell_of(record: Record) -> Cell:
    return Cell(*record.place)

"""Runs: the cells of a board, several at a time, each landed the moment it ends."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Literal

import genbench
from genbench.ground.errors import BadInput
from genbench.ground.templates import Templates
from genbench.runs.boards import Board
from genbench.runs.cells import PROTOCOL, Cell, by_fit, cells_of, load_once
from genbench.runs.claims import holder_of
from genbench.runs.engines import Engine
from genbench.runs.jobs import Plan, do, lacking
from genbench.runs.limits import ORDINARY, Limits
from genbench.runs.records import Record
from genbench.runs.scorer import Scorer
from genbench.runs.store import Store, now

Only = Literal["missing", "stale", "failed", "all"]
Standing = Literal["missing", "stale", "failed", "done"]
TRIES = 2  # at a cell whose place dies without a word
POLL_SECONDS = 1.0  # for what other runs are doing
HERE = Engine()


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One of so many parts of a board, for schedulers of any kind: each does one part."""

    part: int = 1
    of: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.part <= self.of:
            raise BadInput(f"A shard is one of 1/{self.of} to {self.of}/{self.of}, not {self}.")

    def __str__(self) -> str:
        return f"{self.part}/{self.of}"

    def has(self, cell: Cell) -> bool:
        """Say whether a cell is in this part; every cell is in one, whatever else the board has.

        All that is drawn of one fit is in the same.
        """
        return int(cell.fit.key(), 16) % self.of == self.part - 1


WHOLE = Shard()


class TooManyFailures(Exception):
    """More cells went wrong than the run was to bear."""


def run(
    board: Board,
    folder: Path,
    *,
    only: Only = "missing",
    engine: Engine = HERE,
    limits: Limits = ORDINARY,
    shard: Shard = WHOLE,
    most_failures: int | None = None,
    on_start: Callable[[Cell], None] = lambda _: None,
    on_end: Callable[[Record], None] = lambda _: None,
) -> list[Record]:
    """Do those of the board's cells that `only` selects, and return all records of the board.

    A cell that fails is a record with a status and a reason, and the others go on. After a kill
    at any moment, the same call does what is left; several runs may share the folder, and each
    cell is done by one of them. `on_start` is told of cells that are done in this process only.

    Raises:
        BadInput: the board names what does not exist, or the records cannot be read.
        TooManyFailures: more than `most_failures` cells failed; what has landed is kept.
        OSError: a record cannot be written; the run stops rather than lose it.
    """
    cells = [cell for cell in cells_of(board) if shard.has(cell)]
    store = Store(folder.resolve())
    todo = select(cells, store.records(), only, metrics=board.metrics)
    plan = Plan(
        folder=store.folder,
        metrics=board.metrics,
        limits=limits,
        anew_since=now() if only in ("all", "failed") else "",
    )
    failures = 0
    with closing(_all(plan, todo, store, engine, on_start)) as made:
        for record in made:
            on_end(record)
            failures += record.failed
            if most_failures is not None and failures > most_failures:
                raise TooManyFailures(f"{failures} cells failed; at most {most_failures} may.")
    wanted = set(cells)
    return [record for record in store.publish() if Cell.of(record) in wanted]


def select(
    cells: Sequence[Cell], known: Sequence[Record], only: Only, *, metrics: tuple[str, ...] = ()
) -> list[Cell]:
    """Return the cells to do.

    `missing` selects those without a record that holds: made from the same data, model source,
    parameters and seed, and scored by these metrics as they are now; `stale`, those of them that
    have some record; `failed`, those whose record tells of a failure; `all`, all.
    """
    by_cell = {Cell.of(record): record for record in known}
    chosen: dict[Only, tuple[Standing, ...]] = {
        "missing": ("missing", "stale"),
        "stale": ("stale",),
        "failed": ("failed",),
        "all": ("missing", "stale", "failed", "done"),
    }
    return [c for c in cells if standing(c, by_cell.get(c), metrics) in chosen[only]]


def standing(cell: Cell, record: Record | None, metrics: tuple[str, ...]) -> Standing:
    """Say how a cell stands, given its newest record."""
    if record is None:
        return "missing"
    if record.key != cell.key() or lacking(record, metrics):
        return "stale"
    return "failed" if record.failed else "done"


def why_stale(cell: Cell, record: Record, metrics: tuple[str, ...]) -> str | None:
    """Say in what a cell differs from its record, or None if it does not."""
    if record.key != cell.key():
        if record.dataset_hash != load_once(cell.data).content_hash[: len(record.dataset_hash)]:
            return "the data set has changed"
        if record.source and record.source != cell.source:
            return "the model's source has changed"
        if record.protocol and record.protocol != PROTOCOL:
            return f"it was made by protocol {record.protocol}; now it is {PROTOCOL}"
        return "the model's parameters or source have changed"
    if names := lacking(record, metrics):
        return f"not scored, or by an older definition: {', '.join(names)}"
    return None


def _all(
    plan: Plan,
    todo: Sequence[Cell],
    store: Store,
    engine: Engine,
    on_start: Callable[[Cell], None],
) -> Generator[Record, None, None]:
    """Do all cells, or see them done by other runs, and yield their records."""
    left, tries = list(todo), 0
    while left:
        done = set()
        for record in _once(plan, left, engine, on_start):
            done.add(Cell.of(record))
            yield record
        left = [cell for cell in left if cell not in done]
        ours = [cell for cell in left if not holder_of(store.claims, cell.fit.key())[1]]
        tries = tries + 1 if ours and not done else 0
        if tries >= TRIES:
            for cell in ours:
                record = _lost(cell)
                store.land(record)
                yield record
            left = [cell for cell in left if cell not in ours]
        if left and not done:
            time.sleep(POLL_SECONDS)


def _once(
    plan: Plan, cells: Sequence[Cell], engine: Engine, on_start: Callable[[Cell], None]
) -> Iterator[Record]:
    fits = by_fit(cells)
    if not engine.is_local:
        engine = replace(engine, folder=plan.folder / "work" / "slurm")
        yield from chain.from_iterable(engine.place(partial(do, plan), fits))
        return
    stop = Event()
    with Scorer() as scorer, Templates() as templates:
        job = partial(
            do, plan, score=scorer.score, stop=stop, on_start=on_start, templates=templates
        )
        try:
            yield from chain.from_iterable(engine.place(job, fits))
        finally:
            stop.set()  # ends the cells under way, if this was interrupted


def _lost(cell: Cell) -> Record:
    return Record(
        key=cell.key(),
        dataset=cell.dataset,
        model=cell.name,
        family=cell.spec.family,
        seed=cell.seed,
        budget=cell.budget,
        status="lost",
        reason=f"What was to do it ended without a word, {TRIES} times.",
        version=genbench.__version__,
        finished=now(),
    )

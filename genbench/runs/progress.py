"""A run with a progress display: what is being done, what went wrong, how long it will take."""

import time
from pathlib import Path
from typing import Any

from rich.console import Console

from genbench.ground.meter import meter
from genbench.runs.boards import Board
from genbench.runs.cells import Cell, cells_of
from genbench.runs.records import Record
from genbench.runs.run import WHOLE, Only, run, select
from genbench.runs.store import Store


def run_with_progress(
    board: Board, folder: Path, *, only: Only, console: Console, **how: Any
) -> list[Record]:
    """Run a board and show a bar, the cells under way, and a line for each that ends.

    `how` holds the other arguments of `run`.
    """
    shard = how.get("shard", WHOLE)
    cells = [cell for cell in cells_of(board) if shard.has(cell)]
    n_todo = len(select(cells, Store(folder).records(), only, metrics=board.metrics))
    console.print(
        f"{n_todo} of {len(cells)} cells to do in {folder}", markup=False, highlight=False
    )
    under_way: dict[Cell, float] = {}
    with meter(console) as progress:
        task = progress.add_task("", total=n_todo)

        def on_start(cell: Cell) -> None:
            under_way[cell] = time.monotonic()
            progress.update(task, description=_names(under_way))

        def on_end(record: Record) -> None:
            began = under_way.pop(Cell.of(record), None)  # not known of cells done elsewhere
            took = "" if began is None else f" {time.monotonic() - began:6.1f} s"
            reason = f"  {record.reason}" if record.reason else ""
            line = f"{record.dataset:>8} {record.model:<24} {record.status:<8}{took}{reason}"
            progress.console.print(line, markup=False, highlight=False)
            progress.update(task, advance=1, description=_names(under_way))

        return run(board, folder, only=only, on_start=on_start, on_end=on_end, **how)


def print_failures(console: Console, found: list[Record], folder: Path) -> None:
    """Print a line for each cell that failed: why, and where what it printed can be read."""
    store = Store(folder)
    for record in found:
        if record.failed:
            where = f" in {record.phase}" if record.phase else ""
            output = store.cell(record.key) / "output.txt"
            see = f" (see {output})" if output.exists() else ""
            console.print(
                f"{record.dataset}/{record.model}/{record.seed}: {record.status}{where}. "
                f"{record.reason or ''}{see}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )


def _names(under_way: dict[Cell, float]) -> str:
    fits = dict.fromkeys(f"{cell.dataset}/{cell.model}" for cell in list(under_way))
    return ", ".join(fits)

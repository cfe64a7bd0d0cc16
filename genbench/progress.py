"""A run with a progress display: what is being done, what went wrong, how long it will take."""

import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from genbench import records
from genbench.boards import Board
from genbench.cells import Cell, cells_of
from genbench.records import Record
from genbench.runner import Only, run, select


def run_with_progress(
    board: Board, folder: Path, *, only: Only, jobs: int | None, console: Console
) -> list[Record]:
    """Run a board and show a bar, the cells under way, and a line for each that ends."""
    cells = cells_of(board)
    n_todo = len(select(cells, records.read(folder / "records.jsonl"), only))
    console.print(
        f"{n_todo} of {len(cells)} cells to do in {folder}", markup=False, highlight=False
    )
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    under_way: dict[Cell, float] = {}
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=n_todo)

        def on_start(cell: Cell) -> None:
            under_way[cell] = time.monotonic()
            progress.update(task, description=_names(under_way))

        def on_end(record: Record) -> None:
            seconds = time.monotonic() - under_way.pop(Cell(*record.place))
            line = f"{record.dataset:>8} {record.model:<24} {record.status:<8} {seconds:6.1f} s"
            reason = f"  {record.reason}" if record.reason else ""
            progress.console.print(line + reason, markup=False, highlight=False)
            progress.update(task, advance=1, description=_names(under_way))

        return run(board, folder, only=only, jobs=jobs, on_start=on_start, on_end=on_end)


def _names(under_way: dict[Cell, float]) -> str:
    return ", ".join(f"{cell.dataset}/{cell.model}" for cell in list(under_way))

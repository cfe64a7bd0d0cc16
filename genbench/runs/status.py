"""How a board stands: what is done, under way, failed, stale or missing, read from its store.

Any machine that sees the folder can ask, while others run the board.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from genbench.runs.boards import Board
from genbench.runs.cells import Cell, cells_of
from genbench.runs.claims import holder_of
from genbench.runs.records import Record
from genbench.runs.run import standing, why_stale
from genbench.runs.store import Store

STYLES = {"ok": "green", "skipped": "dim", "under way": "cyan", "stale": "yellow", "missing": ""}
FAILED = "bold red"
LEFT = ("under way", "lost", "stale", "missing")
LOOK_SECONDS = 2.0


class Standing(NamedTuple):
    """How one cell stands, and why it is not done."""

    cell: Cell
    word: str  # a status of a record, or "under way", "lost", "stale", "missing"
    reason: str


def standings(board: Board, folder: Path) -> list[Standing]:
    """Say of every cell of a board how it stands.

    Raises:
        BadInput: the board names what does not exist, or a file does not hold records.
    """
    store = Store(folder)
    known = {Cell.of(record): record for record in store.records()}
    return [_standing(cell, store, board, known) for cell in cells_of(board)]


def _standing(cell: Cell, store: Store, board: Board, known: dict[Cell, Record]) -> Standing:
    record = known.get(cell)
    stands = standing(cell, record, board.metrics)
    if record is not None and stands in ("done", "failed"):
        where = f"in {record.phase}: " if record.phase else ""
        return Standing(cell, record.status, f"{where}{record.reason}" if record.reason else "")
    holder, alive = holder_of(store.claims, cell.fit.key())
    if alive:
        where = "" if holder is None else f"by process {holder.pid} of {holder.host.split()[0]}"
        return Standing(cell, "under way", where)
    if holder is not None:
        return Standing(cell, "lost", f"process {holder.pid} ended without a word; run it again")
    if record is None:
        return Standing(cell, "missing", "not run yet")
    return Standing(cell, "stale", why_stale(cell, record, board.metrics) or "")


def as_table(found: list[Standing], *, why: bool = False) -> RenderableType:
    """Return a table of counts, a row a model, and, if asked why, a line for each cell not done."""
    total = Counter(each.word for each in found)
    words = [word for word in dict.fromkeys((*STYLES, *total)) if total[word]]
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_footer=True)
    table.add_column("model", footer="all")
    for word in words:
        table.add_column(
            Text(word, style=STYLES.get(word, FAILED)), footer=str(total[word]), justify="right"
        )
    for model in dict.fromkeys(each.cell.name for each in found):
        counts = Counter(each.word for each in found if each.cell.name == model)
        numbers = (str(counts[word] or "") for word in words)
        table.add_row(Text(model), *numbers)
    return Group(table, *(_reasons(found) if why else ()))


def watch(board: Board, folder: Path, console: Console, *, why: bool) -> list[Standing]:
    """Show how a board stands, again and again, until nothing is left to do; return the last look.

    What is not a terminal gets a line whenever the counts have changed.
    """
    last = ""
    with (
        Live(console=console, auto_refresh=False) if console.is_terminal else nullcontext() as live
    ):
        while True:
            found = standings(board, folder)
            if live is not None:
                live.update(as_table(found, why=why), refresh=True)
            elif (line := one_line(found)) != last:
                console.print(line, highlight=False)
                last = line
            if is_finished(found):
                return found
            time.sleep(LOOK_SECONDS)


def one_line(found: list[Standing]) -> str:
    """Return the counts in one line, for what is not a terminal."""
    counts = Counter(each.word for each in found)
    return ", ".join(f"{count} {word}" for word, count in counts.most_common())


def is_finished(found: list[Standing]) -> bool:
    """Say whether nothing is left to do."""
    return not any(each.word in LEFT for each in found)


def _reasons(found: list[Standing]) -> Iterator[RenderableType]:
    for cell, word, reason in found:
        if reason:
            yield Text(f"{cell.dataset}/{cell.name}/{cell.seed}: {word}: {reason}")

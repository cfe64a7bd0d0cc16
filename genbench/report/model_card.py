"""The card of a model in the terminal: what it is, how it does, and where its samples are."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from genbench.models.find import baselines
from genbench.report.columns import NOTHING
from genbench.report.intervals import number
from genbench.report.kept import Kept
from genbench.report.leaderboard import DECODED, Row, Table, plain
from genbench.report.markdown import places
from genbench.report.overall import NOVELTY, Line, why_nothing
from genbench.report.reasons import by_reason, failure

EVERYWHERE = "overall"


def print_card(board: Kept, model: str, console: Console) -> None:
    """Print what is known of a model on a board.

    Raises:
        BadInput: it is not on the board.
    """
    board.check_model(model)
    family = next(record.family for record in board.records if record.model == model)
    console.print(Text.assemble((plain(model), "bold"), f"   {plain(family)}"))
    if model in baselines():
        console.print(Text(baselines()[model].summary), soft_wrap=True)
    console.print(_grid(board, model))
    said: dict[str, list[str]] = {}  # what is so on several data sets is said once
    for where, sentence in _sentences(board, model):
        said.setdefault(sentence, []).append(where)
    for sentence, places_of in said.items():
        words = f"{', '.join(places_of)}: {sentence}"
        console.print(Text(plain(words), style="dim"), soft_wrap=True)


def _grid(board: Kept, model: str) -> Grid:
    rows = [table.by_model.get(model) for table in board.tables]
    faces = list(dict.fromkeys(face for row in rows if row is not None for face in row.faces))
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    heads = ("", "agreement", "rank", "group", *faces, "originality", "surprise", "seconds")
    for place, head in enumerate(heads):
        grid.add_column(head, justify="right" if place else "left")
    line = board.overall.by_model.get(model)
    if line is not None:
        grid.add_row(EVERYWHERE, *_of_line(line, faces))
    for table, row in zip(board.tables, rows, strict=True):
        cells = [NOTHING] * (len(heads) - 1) if row is None else _of_row(row, faces)
        grid.add_row(Text(plain(table.dataset)), *cells)
    return grid


def _of_line(line: Line, faces: Sequence[str]) -> Iterator[str]:
    yield line.agreement.text
    yield from places(line.standing)
    yield from [""] * len(faces)
    yield per_cent(line.originality)
    yield f"{per_cent(line.surprise)} of real" if line.surprise is not None else NOTHING
    yield seconds(line.seconds)


def _of_row(row: Row, faces: Sequence[str]) -> Iterator[str]:
    yield row.agreement.text if row.agreement else NOTHING
    yield from places(row.standing)
    for face in faces:
        yield row.faces[face].text if face in row.faces else NOTHING
    yield per_cent(None if row.originality is None else row.originality.relative)
    yield row.cells[NOVELTY].text if NOVELTY in row.cells else NOTHING
    yield seconds(row.seconds)


def per_cent(share: float | None) -> str:
    """Write a share for people."""
    return NOTHING if share is None else f"{100 * share:.0f} %"


def seconds(value: float | None) -> str:
    """Write how long something took."""
    return NOTHING if value is None else number(value)


def _sentences(board: Kept, model: str) -> Iterator[tuple[str, str]]:
    """Say, of each place, why there is no rank or number where there is none."""
    for each in board.overall.incomplete:
        if each.model == model:
            yield EVERYWHERE, f"no agreement: {each.done} of {each.of} data sets are done."
    for table in board.tables:
        row = table.by_model.get(model)
        found = [why_nothing(table, model)] if row is None else _of_table(table, row)
        yield from ((table.dataset, sentence) for sentence in found)


def _of_table(table: Table, row: Row) -> Iterator[str]:
    if row.mark:
        yield row.mark
    if not row.competes:
        yield "no rank: it is there to be compared with."
    if row.decoded:
        yield DECODED
    for record in table.failures:
        if record.model == row.model:
            yield f"seed {record.seed}: {failure(record)}"
    reasons = {name: cell.reason for name, cell in row.cells.items() if cell.reason is not None}
    for reason, names in by_reason(reasons).items():
        yield f"no {', '.join(names)}: {reason}"

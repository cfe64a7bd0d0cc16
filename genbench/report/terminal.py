"""Tables for the terminal: the headline, the rank, and the columns that fit."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from genbench.report.columns import NOTHING, Cell
from genbench.report.leaderboard import Row, Table, plain
from genbench.report.reasons import missing

COLUMNS = {  # in the order in which they are kept when there is little room
    "frechet_distance": "Fréchet",
    "precision": "precis.",
    "recall": "recall",
    "coverage": "cover.",
    "bayesian_surprise": "surprise",
    "classifier_two_sample_test": "C2ST",
    "maximum_mean_discrepancy": "MMD",
    "wasserstein_distance": "Wasserst.",
    "authenticity": "authent.",
}


def print_tables(made: Iterable[Table], console: Console) -> None:
    """Print a table per data set; means only, for intervals need more room than a terminal has."""
    for table in made:
        console.print(_grid(table, console.width))
        for each in missing(table.failures):
            words = f"  without numbers: {', '.join(each.models)}, {each.on}: {each.why}"
            console.print(Text(plain(words), style="red"))
        for note in table.notes:
            console.print(Text(f"  {plain(note)}", style="dim"))
        console.print()


def _grid(table: Table, width: int) -> Grid:
    room = max(width - 52, 10) // 10
    by_name = {column.name: column for column in table.columns}
    shown = [name for name in COLUMNS if name in by_name][:room]
    grid = Grid(title=Text(plain(table.dataset), style="bold"), title_justify="left", box=None)
    grid.add_column("rank", justify="right", no_wrap=True)
    grid.add_column("", no_wrap=True)
    grid.add_column("model", no_wrap=True, max_width=max(26, width // 4))
    grid.add_column("agreement\n↑", justify="right", no_wrap=True)
    for name in shown:
        grid.add_column(f"{COLUMNS[name]}\n{by_name[name].arrow}", justify="right", no_wrap=True)
    for row in (*table.rows, *table.curves):
        grid.add_row(
            row.rank or NOTHING,
            row.standing.letter if row.standing and not row.standing.hollow else "",
            _name(row),
            row.agreement.text if row.agreement else NOTHING,
            *(_cell(row, name) for name in shown),
        )
    return grid


def _name(row: Row) -> Text:
    if row.copies_test:  # the end of a long name may be cut off
        return Text(f"copies: {plain(row.model)}", style="red")
    return Text(plain(row.model), style="" if row.competes else "italic cyan")


def _cell(row: Row, name: str) -> Text:
    cell: Cell = row.cells[name]
    return Text(cell.text.partition(" ±")[0], style="bold green" if cell.best else "")

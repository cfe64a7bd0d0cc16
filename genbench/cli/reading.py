"""The commands that read a board: compare, show, export."""

from pathlib import Path
from typing import Any

import click

from genbench.cli.options import CONSOLE, FOLDER, RESULTS, names
from genbench.ground.strict_json import to_json, with_infinities_as_text

BOARD = click.option("--board", default="quick", show_default=True)


@click.command()
@click.argument("model")
@click.argument("other")
@BOARD
@FOLDER
@RESULTS
@click.option("--json", "json", is_flag=True, help="Print JSON, and nothing else.")
def compare(model: str, other: str, board: str, folder: Path, results: Path, json: bool) -> None:
    """Compare a MODEL with an OTHER on a board: differences, verdicts, seeds that would tell.

    \b
    genbench compare vae iwae --board families
    genbench compare my_model.py gaussian --board quick
    """
    from genbench.report import compare as comparing
    from genbench.report.kept import kept

    found = comparing.compare(kept(board, folder, results=results), model, other)
    if json:
        values = with_infinities_as_text(comparing.to_values(found))
        CONSOLE.file.write(to_json(values) + "\n")
    else:
        comparing.print_comparison(found, CONSOLE)


@click.command()
@click.argument("model")
@BOARD
@FOLDER
@RESULTS
def show(model: str, board: str, folder: Path, results: Path) -> None:
    """Show a MODEL as it stands on a board, and the most and the least novel of its samples.

    \b
    genbench show vae --board families
    genbench show my_model.py --board quick
    """
    from genbench.report import model_card, novel_samples
    from genbench.report.kept import kept

    found = kept(board, folder, results=results)
    model_card.print_card(found, model, CONSOLE)
    novel_samples.print_samples(found, model, CONSOLE)


@click.command()
@click.argument("board")
@FOLDER
@click.option(
    "--format",
    "form",
    type=click.Choice(["latex", "csv", "json", "bibtex"]),
    required=True,
    help="latex and csv: the table of all data sets; json: every table; bibtex: to cite it.",
)
@click.option(
    "--top", type=click.IntRange(1), help="Only down to so many models; controls are not counted."
)
@click.option("--columns", help="Only these, in this order, separated by commas.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A file to write, not print."
)
def export(
    board: str, folder: Path, form: Any, top: int | None, columns: str | None, out: Path | None
) -> None:
    """Write a BOARD for a paper or another program.

    \b
    genbench export families --format latex --top 10
    genbench export families --format json --out board.json
    """
    from genbench.ground.landing import replace_file
    from genbench.report import exports
    from genbench.report.kept import kept

    found = kept(board, folder)
    content = exports.export(
        form, found.tables, found.overall, found.citation, top=top, columns=names(columns)
    )
    if out is None:
        CONSOLE.file.write(content.decode())
    else:
        replace_file(out, content)
        CONSOLE.print(f"Wrote {out}.", highlight=False, markup=False, soft_wrap=True)

"""The command about larger models on more data: scale."""

import sys
from pathlib import Path
from typing import Any

import click

from genbench.cli.options import (
    BUDGET,
    CONSOLE,
    ENGINE,
    ERRORS,
    FOLDER,
    JOBS,
    ONLY,
    bytes_from,
    names,
    seeds_from,
    shard_from,
)
from genbench.ground.errors import BadInput


@click.command()
@click.argument("model", required=False)
@click.option("--dataset", "-d", help="A data set of symbols, such as english.")
@click.option("--widths", help="Of the model, which needs a parameter of that name: 16,32,64,128.")
@click.option("--rows", help="Training rows: 128,256,512; all, a half and so on by default.")
@click.option("--seeds", default="0,1", show_default=True, help="0,1,2 or 0-4.")
@FOLDER
@ONLY
@JOBS
@ENGINE
@BUDGET
@click.option("--shard", help="Do one part only: 1/4, 2/4, ...")
@click.option("--memory", help="The most that a model may reserve, such as 8GB.")
@click.option(
    "--again",
    type=click.Path(file_okay=False, path_type=Path),
    help="Run nothing: make tables and figures again from the records in this folder alone.",
)
def scale(
    model: str | None,
    dataset: str | None,
    widths: str | None,
    rows: str | None,
    seeds: str,
    folder: Path,
    only: Any,
    jobs: int | None,
    engine: str,
    budget: float | None,
    shard: str | None,
    memory: str | None,
    again: Path | None,
) -> None:
    """Fit a MODEL of several sizes to several amounts of data, and laws to its losses.

    \b
    genbench scale recurrent_text --dataset english --widths 16,32,64,128
    genbench scale --again leaderboards/scaling_english

    Run it again to do what is missing: cells are those of a board.
    """
    from genbench.runs import progress
    from genbench.runs.engines import Engine
    from genbench.runs.limits import Limits
    from genbench.runs.run import WHOLE
    from genbench.runs.scaling import WIDTHS, scaling_board

    if again is not None:
        if model is not None or dataset is not None:
            raise BadInput("--again takes the records of a folder: give no model and no data set.")
        _report(again)
        return
    if model is None or dataset is None:
        raise BadInput("Say which model, and on which data: genbench scale MODEL --dataset NAME.")
    plan = scaling_board(
        model,
        dataset,
        widths=counts_from("--widths", widths) or WIDTHS,
        rows=counts_from("--rows", rows),
        seeds=seeds_from(seeds) or (),
        budget=budget,
    )
    place = folder / plan.name
    found = progress.run_with_progress(
        plan,
        place,
        only=only,
        console=CONSOLE,
        engine=Engine(name=engine, jobs=jobs),
        limits=Limits(seconds=plan.deadline, memory=bytes_from(memory)),
        shard=WHOLE if shard is None else shard_from(shard),
    )
    _report(place)
    progress.print_failures(ERRORS, found, place)
    sys.exit(1 if any(record.failed for record in found) else 0)


def counts_from(option: str, text: str | None) -> tuple[int, ...] | None:
    """Return the whole numbers that commas separate; None where nothing was said.

    Raises:
        BadInput: they are none.
    """
    parts = names(text)
    if parts is None:
        return None
    if not parts or not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise BadInput(f"{option} must be whole numbers above 0, such as 16,32,64, not {text!r}.")
    return tuple(map(int, parts))


def _report(place: Path) -> None:
    """Write tables and figures, and print the laws."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from genbench.report.scaling_folder import LAWS, law_words, scalings_in, write_report
    from genbench.report.scaling_laws import lines, untold

    found = scalings_in(place)
    written = write_report(place, found, command=f"genbench scale --again {place.as_posix()}")
    for one in found:
        table = Table(box=SIMPLE_HEAD, title=f"{one.model} on {one.dataset}", title_justify="left")
        for head in LAWS:
            table.add_column(head, justify="right" if head == "value" else "left")
        for line in lines(one):
            table.add_row(*map(Text, law_words(line)))
        CONSOLE.print(table)
        if one.why_no_law:
            CONSOLE.print(f"No law of losses: {one.why_no_law}", markup=False, highlight=False)
        for sentence in untold(one):
            CONSOLE.print(f"Not told: {sentence}", markup=False, highlight=False)
    for path in written:
        CONSOLE.print(str(path), markup=False, highlight=False)

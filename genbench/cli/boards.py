"""The commands about boards: run, status, report."""

import sys
from pathlib import Path
from typing import Any

import click

from genbench.cli.options import (
    BUDGET,
    CONSOLE,
    DECODE,
    ENGINE,
    ERRORS,
    FOLDER,
    JOBS,
    ONLY,
    PREFIX,
    bytes_from,
    decoders_from,
    models_from,
    names,
    seeds_from,
    shard_from,
)
from genbench.ground.errors import BadInput


@click.command()
@click.argument("board", required=False)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="In place of a board, samples of yours: a table, an array, a folder of pictures.",
)
@FOLDER
@click.option("--models", "-m", help="Only these and the controls, separated by commas.")
@click.option("--datasets", "-d", help="Only these, separated by commas.")
@click.option("--seeds", help="These instead of the board's: 0,1,2 or 0-4.")
@ONLY
@JOBS
@ENGINE
@click.option("--address", help="Of a dask scheduler or ray cluster that runs already.")
@BUDGET
@DECODE
@PREFIX
@click.option("--shard", help="Do one part of the board only: 1/4, 2/4, ...")
@click.option("--memory", help="The most that a model may reserve, such as 8GB.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first cell that fails.")
@click.option("--max-failures", type=click.IntRange(0), help="Stop once more cells have failed.")
def run(
    board: str | None,
    data: Path | None,
    folder: Path,
    models: str | None,
    datasets: str | None,
    seeds: str | None,
    only: Any,
    jobs: int | None,
    engine: str,
    address: str | None,
    budget: float | None,
    decode: str | None,
    prefix: int | None,
    shard: str | None,
    memory: str | None,
    fail_fast: bool,
    max_failures: int | None,
) -> None:
    """Run a BOARD, ours or a .toml file of yours: every model on every data set.

    Without any, it is the board quick. Run it again to do what is missing. The controls, which a
    board is read by, are always run.

    Several runs may share one folder, on one machine or many: each cell is done once.
    """
    from genbench.report import folder as report
    from genbench.runs import board_files, progress
    from genbench.runs.boards import with_controls
    from genbench.runs.engines import Engine
    from genbench.runs.limits import Limits
    from genbench.runs.run import WHOLE, TooManyFailures

    if address is not None and engine not in ("dask", "ray"):
        raise BadInput(f"--address would do nothing: the engine {engine} has none; dask, ray have.")
    if fail_fast and max_failures is not None:
        raise BadInput("--fail-fast is --max-failures 0: give one of them.")
    only_these = models_from(models)
    if board is not None and data is not None:
        raise BadInput(f"--data is a board of its own: leave out {board}, or --data.")
    whole = board_files.find(board or "quick") if data is None else board_files.of_data(data)
    plan = whole.narrowed(
        models=only_these and with_controls(only_these),
        datasets=names(datasets),
        seeds=seeds_from(seeds),
        budget=budget,
        decoders=decoders_from(decode),
    )
    if prefix is not None:
        plan = plan.begun(prefix)
    try:
        found = progress.run_with_progress(
            plan,
            folder / plan.name,
            only=only,
            console=CONSOLE,
            engine=Engine(name=engine, jobs=jobs, address=address),
            limits=Limits(seconds=plan.deadline, memory=bytes_from(memory)),
            shard=WHOLE if shard is None else shard_from(shard),
            most_failures=0 if fail_fast else max_failures,
        )
    except TooManyFailures as error:
        ERRORS.print(str(error), style="bold red", markup=False)
        sys.exit(1)
    made = report.report(folder / plan.name, board=plan)
    report.print_tables((t for t in made.tables if t.dataset in plan.datasets), CONSOLE)
    place = made.files[0].parent
    CONSOLE.print(f"Tables, page and plots: {place}/", highlight=False, markup=False)
    progress.print_failures(ERRORS, found, folder / plan.name)
    sys.exit(1 if any(record.failed for record in found) else 0)


@click.command()
@click.argument("board", default="quick")
@FOLDER
@click.option("--why", is_flag=True, help="Say of each cell that is not done why not.")
@click.option("--watch", is_flag=True, help="Look again every two seconds, until all is done.")
def status(board: str, folder: Path, why: bool, watch: bool) -> None:
    """Show how a BOARD stands, from any machine that sees its folder."""
    from genbench.runs import board_files
    from genbench.runs import status as statuses

    plan = board_files.find(board)
    if watch:
        found = statuses.watch(plan, folder / plan.name, CONSOLE, why=why)
    else:
        found = statuses.standings(plan, folder / plan.name)
        CONSOLE.print(statuses.as_table(found, why=why))
    CONSOLE.print(statuses.one_line(found), highlight=False)


@click.command()
@click.argument("board", default="quick")
@FOLDER
@click.option("--quality", help="Metric of the plot's upright axis.")
@click.option("--novelty", help="Metric of the plot's level axis.")
def report(board: str, folder: Path, quality: str | None, novelty: str | None) -> None:
    """Make a BOARD's tables, page and plots again from its records alone."""
    from genbench.report import folder as reports
    from genbench.runs import board_files

    kept = folder / board_files.folder_name(board)
    plan = None
    if board_files.is_board_file(board) or not (kept / "records.jsonl").exists():
        plan = board_files.find(board)
    made = reports.report(kept, board=plan, quality=quality, novelty=novelty)
    reports.print_tables(made.tables, CONSOLE)
    for path in made.files:
        CONSOLE.print(str(path), highlight=False, markup=False)

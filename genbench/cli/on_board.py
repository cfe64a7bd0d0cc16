"""The ways of `genbench score`, `submit` and `add` that put a model, or its samples, on a board."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from genbench.check.conformance import check
from genbench.cli.show import Show, telling
from genbench.files.texts import read_like
from genbench.ground.processes import OURS
from genbench.report.folder import print_tables, report
from genbench.runs import board_files
from genbench.runs.boards import Board
from genbench.runs.bundles import add_bundle, add_samples, write_bundle
from genbench.runs.cells import load_once
from genbench.runs.engines import Engine
from genbench.runs.limits import Limits
from genbench.runs.progress import print_failures, run_with_progress
from genbench.runs.published import published_records
from genbench.runs.records import Record
from genbench.runs.store import Store
from genbench.runs.with_decoders import canonical_name


def model(
    console: Console,
    target: str,
    board: str,
    *,
    budget: float | None,
    decoders: tuple[str, ...] | None,
    prefix: int | None,
    folder: Path,
    results: Path,
    limits: Limits,
    jobs: int | None,
) -> bool:
    """Run a model on a board and show it beside those that were run before; False if a cell failed.

    What it draws and how it scores is kept in `results`, apart from the board itself.
    """
    whole = board_files.find(board)
    plan = whole.narrowed(
        models=(target,), datasets=None, seeds=None, budget=budget, decoders=decoders
    )
    plan = replace(plan, home=None)  # a model that is named here is looked for here
    plan = plan if prefix is None else plan.begun(prefix)
    _warn(console, target, limits)
    found = run_with_progress(
        plan,
        results / plan.name,
        only="missing",
        console=console,
        engine=Engine(jobs=jobs),
        limits=replace(limits, seconds=plan.deadline),
    )
    _show_beside(console, found, plan, folder=folder, results=results)
    print_failures(console, found, results / plan.name)
    return not any(record.failed for record in found)


def samples(
    console: Console,
    path: Path,
    dataset: str,
    board: str,
    *,
    name: str | None,
    folder: Path,
    results: Path,
) -> None:
    """Score samples from a file and show them beside the models of a board.

    They stand there under a name, or under that of their file.
    """
    plan = board_files.find(board)
    data = load_once(plan.data(dataset))
    drawn = read_like(path, data, told=telling(console, Show()))
    with console.status("Scoring"):
        called = path.name if name is None else name
        record = add_samples(drawn, dataset, plan, Store(results / plan.name), name=called)
    _show_beside(console, [record], plan, folder=folder, results=results)


def _show_beside(
    console: Console, found: list[Record], board: Board, *, folder: Path, results: Path
) -> None:
    """Report on a model beside those of the board, and print the tables of its data sets."""
    others = published_records(board.name, folder)
    made = report(results / board.name, board=board, beside=others)
    datasets = {record.dataset for record in found}
    print_tables((table for table in made.tables if table.dataset in datasets), console)
    folder_of = made.files[0].parent
    console.print(f"Tables, page and plots: {folder_of}/", highlight=False, markup=False)


def _warn(console: Console, target: str, limits: Limits) -> None:
    """Say which laws for models the target breaks; numbers of such a model may mislead."""
    if limits.launcher != OURS:  # the check knows no other Python than this one
        return
    with console.status(Text(f"Checking {target}")):
        broken = [verdict for verdict in check(target) if verdict.outcome == "fail"]
    for verdict in broken:
        line = f"Take care, a law for models is broken ({verdict.law.value}): {verdict.reason}"
        console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)


def submit(
    console: Console, target: str, board: str, path: Path, *, results: Path, name: str, family: str
) -> None:
    """Write what a model has drawn for a board into a bundle."""
    plan = board_files.find(board)
    store = Store(results / plan.name)
    found = [record for record in store.records() if record.model == canonical_name(target)]
    write_bundle(path, store, found, name=name, family=family, board=plan.name)
    console.print(f"Wrote {path}: {len(found)} cells.", markup=False, highlight=False)


def add(console: Console, path: Path, board: str, *, folder: Path) -> None:
    """Score a bundle and add it to a board."""
    with console.status(Text(f"Scoring {path}")):
        plan = board_files.find(board)
        store = Store(folder / plan.name)
        landed = add_bundle(path, plan, store)
    print_tables(report(store.folder, board=plan).tables, console)
    console.print(f"Added {len(landed)} cells.", highlight=False)

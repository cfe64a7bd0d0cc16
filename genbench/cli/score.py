"""The ways of `genbench score`: a model, its samples, two sample files, two folders of images."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from genbench.check.conformance import check
from genbench.files import read_samples
from genbench.ground.errors import BadInput
from genbench.ground.processes import OURS
from genbench.metric import Score
from genbench.report.folder import print_table, report
from genbench.runs import boards
from genbench.runs.bundles import add_bundle, add_samples, write_bundle
from genbench.runs.cells import Cell, Limits, fit_and_sample, load_once, said_in
from genbench.runs.engines import Engine
from genbench.runs.progress import print_failures, run_with_progress
from genbench.runs.published import published_records
from genbench.runs.records import Record, newest
from genbench.runs.store import Store
from genbench.scoring.dataset import read_outputs, score_samples
from genbench.scoring.evaluate import score

ARROWS = {"low": "↓", "high": "↑", "match": "→"}


def on_board(
    console: Console,
    target: str,
    board: str,
    *,
    folder: Path,
    results: Path,
    limits: Limits,
    jobs: int | None,
) -> bool:
    """Run a model on a board and show it beside those that were run before; False if a cell failed.

    What it draws and how it scores is kept in `results`, apart from the board itself.
    """
    plan = boards.find(board).narrowed(models=(target,), datasets=None, seeds=None)
    _warn(console, target, limits)
    found = run_with_progress(
        plan,
        results / board,
        only="missing",
        console=console,
        engine=Engine(jobs=jobs),
        limits=replace(limits, seconds=plan.deadline),
    )
    _show_beside(console, found, board, folder=folder, results=results)
    print_failures(console, found, results / board)
    return not any(record.failed for record in found)


def samples_on_board(
    console: Console, path: Path, dataset: str, board: str, *, folder: Path, results: Path
) -> None:
    """Score samples from a file and show them beside the models of a board."""
    plan = boards.find(board)
    data = load_once(dataset)
    drawn = read_samples(path, like=data.test)
    with console.status("Scoring"):
        record = add_samples(drawn, dataset, plan, Store(results / board), name=path.name)
    _show_beside(console, [record], board, folder=folder, results=results)


def _show_beside(
    console: Console, found: list[Record], board: str, *, folder: Path, results: Path
) -> None:
    """Report on a model beside those of the board, and print the tables of its data sets."""
    others = published_records(board, folder)
    written = report(results / board, beside=others)
    datasets = {record.dataset for record in found}
    beside = [record for record in others if record.dataset in datasets]
    print_table(newest([*beside, *found]), console)
    console.print(f"Tables, page and plots: {written[0].parent}/", highlight=False, markup=False)


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
    found = [r for r in Store(results / board).records() if r.model == target]
    write_bundle(path, Store(results / board), found, name=name, family=family)
    console.print(f"Wrote {path}: {len(found)} cells.", markup=False, highlight=False)


def add(console: Console, path: Path, board: str, *, folder: Path) -> None:
    """Score a bundle and add it to a board."""
    with console.status(Text(f"Scoring {path}")):
        landed = add_bundle(path, boards.find(board), Store(folder / board))
    report(folder / board)
    print_table(Store(folder / board).records(), console)
    console.print(f"Added {len(landed)} cells.", highlight=False)


def model(console: Console, target: str, dataset: str, *, seed: int, limits: Limits) -> None:
    """Fit a model on a data set in a process of its own, and score what it draws."""
    cell = Cell(dataset, target, seed)
    data = load_once(dataset)
    cell.key()  # says at once what is misspelt
    with (
        tempfile.TemporaryDirectory() as temporary,
        console.status(Text(f"Fitting {target} on {dataset}, then sampling")),
    ):
        folder = Path(temporary) / "cell"
        outcome = fit_and_sample(cell, folder, limits=limits)
        if outcome.status != "ok":
            console.print(said_in(folder)[-4000:], markup=False, highlight=False)
            where = f" in {outcome.phase}" if outcome.phase else ""
            raise BadInput(f"{target}: {outcome.status}{where}. {outcome.reason}")
        drawn, log_prob = read_outputs(folder, data)
    with console.status("Scoring"):
        found = score_samples(data, drawn, log_prob=log_prob, seed=seed)
        real = score_samples(data, data.fresh_for(seed), seed=seed)
    print_scores(console, f"{target} on {dataset}", found, real=real)


def samples(console: Console, path: Path, dataset: str, *, seed: int) -> None:
    """Score samples from a file as a model of a data set."""
    data = load_once(dataset)
    drawn = read_samples(path, like=data.test)
    with console.status("Scoring"):
        found = score_samples(data, drawn, seed=seed)
        real = score_samples(data, data.fresh_for(seed), seed=seed)
    print_scores(console, f"{path} on {dataset}", found, real=real)


def two_files(
    console: Console, path: Path, against: Path, train: Path | None, **settings: Any
) -> None:
    """Score one file of samples against another, as they are; `settings` are those of `score`."""
    test = read_samples(against)
    generated = read_samples(path, like=test)
    training = None if train is None else read_samples(train, like=test)
    with console.status("Scoring"):
        found = score(test=test, generated=generated, train=training, **settings)
    print_scores(console, f"{path} against {against}", found)


def images(
    console: Console,
    folder: Path,
    against: Path,
    *,
    weights: Path,
    sha256: str | None,
    **settings: Any,
) -> None:
    """Score one folder of images against another on Inception's features: FID, KID, IS and more."""
    from genbench.embeddings.inception import Inception

    inception = Inception(weights, sha256)
    generated, test = inception.embed_folder(folder), inception.embed_folder(against)
    with console.status("Scoring"):
        found = score(
            test=test.features,
            generated=generated.features,
            test_probabilities=test.probabilities,
            generated_probabilities=generated.probabilities,
            **settings,
        )
    print_scores(console, f"{folder} against {against}", found)


def print_scores(
    console: Console,
    title: str,
    scores: Mapping[str, Score],
    *,
    real: Mapping[str, Score] | None = None,
) -> None:
    """Print every number with all it takes to read it; what could not be had stands below."""
    table = Table(title=Text(title, style="bold"), title_justify="left", box=SIMPLE_HEAD)
    table.padding = (0, 1, 0, 0)
    table.add_column("metric", overflow="fold")  # where it is narrow, names give way, not numbers
    table.add_column("", no_wrap=True, min_width=1)
    for column in ("value", "±", *(("real",) if real else ()), "ideal", "chance", "p"):
        table.add_column(column, justify="right", no_wrap=True, min_width=6)
    skipped: dict[str, list[str]] = {}
    warned: dict[str, list[str]] = {}
    for name, found in scores.items():
        if found.status != "ok":
            skipped.setdefault(found.reason or found.status, []).append(name)
            continue
        for warning in found.warnings:
            warned.setdefault(warning, []).append(name)
        numbers = [found.value, found.standard_error]
        numbers += [real[name].value] if real else []
        numbers += [found.ideal, found.chance, found.p_value]
        table.add_row(name, ARROWS[found.aim], *map(_number, numbers))
    console.print(table)
    console.print(
        "↓ lower, ↑ higher, → as real is better; what each is: genbench list metrics", style="dim"
    )
    for heading, reasons in (("Take care", warned), ("Not scored", skipped)):
        for reason, names in reasons.items():
            line = f"{heading}: {reason.rstrip('.')} ({', '.join(names)})."
            console.print(line, style="dim", markup=False, highlight=False)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"

"""The ways of `genbench score`: a model, its samples, two sample files, two folders of images."""

import math
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from genbench.check.conformance import check
from genbench.cli.halves import halved
from genbench.cli.show import Show, as_they_come, metrics_of, show_scores
from genbench.datasets import Dataset
from genbench.embeddings.image_folder import Tell
from genbench.files import read_samples
from genbench.ground.errors import BadInput
from genbench.ground.processes import OURS
from genbench.models.moved import present_address
from genbench.report.folder import print_table, report
from genbench.runs import board_files
from genbench.runs.boards import Board
from genbench.runs.bundles import add_bundle, add_samples, write_bundle
from genbench.runs.cells import Cell, fit_and_sample, load_once
from genbench.runs.endings import said_in
from genbench.runs.engines import Engine
from genbench.runs.limits import Limits
from genbench.runs.progress import print_failures, run_with_progress
from genbench.runs.published import published_records
from genbench.runs.records import Record, newest
from genbench.runs.store import Store
from genbench.scoring.dataset import Outputs, read_outputs, score_samples
from genbench.scoring.evaluate import Scores


def on_board(
    console: Console,
    target: str,
    board: str,
    *,
    budget: float | None,
    folder: Path,
    results: Path,
    limits: Limits,
    jobs: int | None,
) -> bool:
    """Run a model on a board and show it beside those that were run before; False if a cell failed.

    What it draws and how it scores is kept in `results`, apart from the board itself.
    """
    whole = board_files.find(board)
    plan = whole.narrowed(models=(target,), datasets=None, seeds=None, budget=budget)
    plan = replace(plan, home=None)  # a model that is named here is looked for here
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


def samples_on_board(
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
    drawn = read_samples(path, like=data.like, told=_telling(console, Show()))
    with console.status("Scoring"):
        called = path.name if name is None else name
        record = add_samples(drawn, dataset, plan, Store(results / plan.name), name=called)
    _show_beside(console, [record], plan, folder=folder, results=results)


def _show_beside(
    console: Console, found: list[Record], board: Board, *, folder: Path, results: Path
) -> None:
    """Report on a model beside those of the board, and print the tables of its data sets."""
    others = published_records(board.name, folder)
    written = report(results / board.name, board=board, beside=others)
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
    store = Store(results / board)
    found = [record for record in store.records() if record.model == present_address(target)]
    write_bundle(path, store, found, name=name, family=family, board=board)
    console.print(f"Wrote {path}: {len(found)} cells.", markup=False, highlight=False)


def add(console: Console, path: Path, board: str, *, folder: Path) -> None:
    """Score a bundle and add it to a board."""
    with console.status(Text(f"Scoring {path}")):
        plan = board_files.find(board)
        store = Store(folder / plan.name)
        landed = add_bundle(path, plan, store)
    report(store.folder, board=plan)
    print_table(store.records(), console)
    console.print(f"Added {len(landed)} cells.", highlight=False)


def model(
    console: Console,
    errors: Console,
    target: str,
    dataset: str,
    *,
    seed: int,
    budget: float | None,
    limits: Limits,
    show: Show,
) -> bool:
    """Fit a model on a data set in a process of its own, and score what it draws.

    False if it failed, of which `errors` are told.
    """
    cell = Cell(dataset, target, seed, budget)
    data = load_once(dataset)
    cell.key()  # says at once what is misspelt
    metrics_of(show.metrics)
    with (
        tempfile.TemporaryDirectory() as temporary,
        show.status(console, f"Fitting {target} on {dataset}, then sampling"),
    ):
        folder = Path(temporary) / "cell"
        outcome = fit_and_sample(cell, folder, limits=limits)
        if outcome.status != "ok":
            errors.print(said_in(folder)[-4000:], markup=False, highlight=False)
            where = f" in {outcome.phase}" if outcome.phase else ""
            _say(errors, f"{target}: {outcome.status}{where}. {outcome.reason}")
            return outcome.status == "skipped"
        try:
            drawn = read_outputs(folder, data)
        except BadInput as error:
            _say(errors, f"{target}: error in sample. {error}")
            return False
    _as_model(console, drawn, data, seed=seed, show=show, name=target)
    return True


def _say(errors: Console, message: str) -> None:
    errors.print(message, style="bold red", markup=False, highlight=False, soft_wrap=True)


def samples(console: Console, path: Path, dataset: str, *, seed: int, show: Show) -> None:
    """Score samples from a file as a model of a data set."""
    data = load_once(dataset)
    drawn = read_samples(path, like=data.like, told=_telling(console, show))
    _as_model(console, Outputs(drawn), data, seed=seed, show=show, name=str(path))


def _as_model(
    console: Console,
    drawn: Outputs,
    data: Dataset,
    *,
    seed: int,
    show: Show,
    name: str,
) -> None:
    """Score what was drawn, and as much fresh data, beside a data set's test part."""
    chosen = metrics_of(show.metrics)
    with show.status(console, "Scoring"):
        found = score_samples(data, **drawn._asdict(), seed=seed, metrics=chosen)
        fresh, labels = data.fresh_for(seed)
        real = score_samples(data, fresh, labels=labels, seed=seed, metrics=chosen)
    scores = Scores(replace(one, real=real[metric].value) for metric, one in found.items())
    title = f"{name} {_size(drawn.samples)} on {data.name} {_size(data.test)}"
    show_scores(console, title, scores, show)


def two_files(
    console: Console,
    path: Path,
    against: Path,
    *,
    train: Path | None,
    fresh: Path | None,
    no_fresh: bool,
    show: Show,
    standardise: bool = False,
    **settings: Any,
) -> None:
    """Score one file of samples against another; `settings` are those of `score`.

    They are taken as they are, or, to standardise them, as numbers of spreads of each column of
    the real samples, away from its mean.
    """
    told = _telling(console, show)
    test = read_samples(against, told=told)
    generated = read_samples(path, like=test, told=told)
    training, more = (
        None if other is None else read_samples(other, like=test, told=told)
        for other in (train, fresh)
    )
    if standardise:
        mean, spread = test.mean(axis=0), test.std(axis=0)
        spread[spread == 0] = 1
        test, generated = (test - mean) / spread, (generated - mean) / spread
        training, more = (
            None if other is None else (other - mean) / spread for other in (training, more)
        )
        told(f"Standardised by the mean and the spread of each column of {against}.")
    given = {"test": test, "generated": generated, "train": training, "fresh": more}
    named = {"generated": path, "test": against, "train": train, "fresh": fresh}
    _beside_real(console, given, named, no_fresh=no_fresh, show=show, **settings)


def images(
    console: Console,
    folder: Path,
    against: Path,
    *,
    weights: Path,
    sha256: str | None,
    train: Path | None,
    fresh: Path | None,
    no_fresh: bool,
    show: Show,
    **settings: Any,
) -> None:
    """Score one folder of images against another on Inception's features: FID, KID, IS and more."""
    from genbench.embeddings.inception import Inception

    inception = Inception(weights, sha256)
    told = _telling(console, show)
    named = {"generated": folder, "test": against, "train": train, "fresh": fresh}
    given: dict[str, Any] = {}
    for name, place in named.items():
        found = None if place is None else inception.embed_folder(place, told=told)
        given[name] = None if found is None else found.features
        if found is not None and name != "fresh":  # whose probabilities no metric is given
            given[f"{name}_probabilities"] = found.probabilities
    _beside_real(console, given, named, no_fresh=no_fresh, show=show, **settings)


def _beside_real(
    console: Console,
    given: dict[str, Any],
    named: dict[str, Path | None],
    *,
    no_fresh: bool,
    show: Show,
    preset: str | None,
    seed: int,
    **settings: Any,
) -> None:
    """Score what is given, and beside it real samples: those that were brought, or half of test.

    Other programs compare with all samples: where numbers are to meet theirs, none is set apart.
    """
    against = str(named["test"])
    if named["fresh"] is None and not no_fresh and preset is None:
        given, said = halved(given, against, seed=seed)
        _telling(console, show)(said)
        named = named | {"fresh": None if given.get("fresh") is None else Path(against)}
    words = {"generated": "", "test": " against ", "train": ", train ", "fresh": ", real: "}
    title = "".join(
        f"{before}{named[name]} {_size(given[name])}"
        for name, before in words.items()
        if named[name] is not None
    )
    as_they_come(console, title, given | {"preset": preset, "seed": seed} | settings, show=show)


def _telling(console: Console, show: Show) -> Tell:
    """Return what says which samples were read, and what was left out."""
    where = Console(stderr=True) if show.json else console  # JSON is printed alone
    return partial(where.print, style="dim", markup=False, highlight=False, soft_wrap=True)


def _size(samples: Any) -> str:
    """Say how many samples there are, of how many values."""
    return f"(n = {len(samples)}, d = {math.prod(samples.shape[1:])})"

"""The commands about a board of one's own: board new, board check."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from genbench.cli.options import CONSOLE, JOBS

if TYPE_CHECKING:
    from genbench.report.board_check import DataCheck

LEGEND = (
    "gap: how many spreads of one draw noise is worse than real samples; from 10 on a metric is "
    "counted, if it is one of the headline. smallest n: samples with which the gap would be 10, if "
    "spreads fall as one over the root of n."
)


@click.group()
def board() -> None:
    """Make a board of your own data: a file to edit, and a check before it runs."""


@board.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path),
    help="Samples: .npy .npz .csv .parquet .txt, or a folder or .zip of pictures.",
)
def new(path: Path, data: Path) -> None:
    """Write a board with comments to PATH, a new .toml file.

    \b
    genbench board new my.toml --data faces/
    genbench board check my.toml
    genbench run my.toml
    """
    from genbench.runs import new_board

    new_board.write(path, data)
    for line in (
        f"Wrote {path}. Next:",
        f"  genbench board check {path}",
        f"  genbench run {path}",
    ):
        CONSOLE.print(line, markup=False, highlight=False, soft_wrap=True)


@board.command()
@click.argument("path", metavar="BOARD")
@JOBS
def check(path: str, jobs: int | None) -> None:
    """Read all that a BOARD names, score its controls, and say what it would tell.

    Nothing is kept.
    """
    from genbench.ground.meter import meter
    from genbench.report.board_check import check_board, n_to_do
    from genbench.runs import board_files
    from genbench.runs.engines import Engine

    plan = board_files.find(path)
    with meter(CONSOLE, transient=True) as progress:
        task = progress.add_task("scoring the controls", total=n_to_do(plan))
        found = check_board(plan, jobs=jobs, on_end=lambda _: progress.update(task, advance=1))
    for one in found:
        _print(one)
    CONSOLE.print(LEGEND, style="dim", highlight=False)
    _print_time(found, Engine(jobs=jobs).slots)


def _print(one: "DataCheck") -> None:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("metric", no_wrap=True)
    table.add_column("gap", justify="right")
    table.add_column("")
    table.add_column("smallest n", justify="right")
    for metric in one.metrics:
        table.add_row(
            Text(metric.metric),
            "" if metric.gap is None else f"{metric.gap:.3g}",
            metric.verdict,
            "" if metric.smallest_n is None else str(metric.smallest_n),
        )
    said = (
        f"{one.dataset}: {one.n_train} samples to train on, {one.n_test} to test against, "
        f"{one.n_fresh} fresh; copies of test in train {one.test_in_train:.1%} (of fresh "
        f"{one.fresh_in_train:.1%})"
    )
    CONSOLE.print(Text(said, style="bold"), highlight=False, soft_wrap=True)
    CONSOLE.print(table)


def _print_time(found: Iterable["DataCheck"], slots: int) -> None:
    found = list(found)
    cells = sum(one.n_cells for one in found)
    hours = sum(one.seconds for one in found) / slots / 3600
    most = max(one.fit_seconds for one in found)
    CONSOLE.print(
        f"The board has {cells} cells: at most some {hours:.2g} hours with {slots} at a time, if "
        f"each fit took {most:g} seconds.",
        highlight=False,
        soft_wrap=True,
    )

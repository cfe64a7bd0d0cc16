"""The commands about one model: new, check, submit, add."""

import sys
from pathlib import Path

import click
from rich.text import Text

from genbench.cli.options import CONSOLE, FOLDER, RESULTS


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--sequences", is_flag=True, help="One of text and other rows of symbols.")
def new(path: Path, sequences: bool) -> None:
    """Write a small model to PATH, a new .py file, to make your own from."""
    from genbench.models import new as template

    template.write(path, sequences=sequences)
    for line in (
        f"Wrote {path}. Next:",
        f"  genbench check {path}",
        f"  genbench score {path} --dataset {'english' if sequences else 'ring'}",
    ):
        CONSOLE.print(line, markup=False, highlight=False, soft_wrap=True)


@click.command()
@click.argument("target")
@click.option(
    "--deadline",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds for all of it.",
)
@click.option("--dataset", help="Data set to learn a few samples of, in place of toy data.")
def check(target: str, deadline: float, dataset: str | None) -> None:
    """Check that TARGET keeps the rules for models, on toy data, in seconds.

    A model that fits one width only, such as an exported generator, needs a --dataset.

    A constructor's parameter steps, epochs, max_steps or max_epochs is cut short.

    \b
    genbench check my_model.py
    genbench check my_package.my_module:MyModel
    genbench check generator.pt:64 --dataset digits
    """
    from genbench.check import conformance as checks

    with CONSOLE.status(Text(f"Checking {target}")):
        verdicts = checks.check(target, deadline=deadline, dataset=dataset)
    checks.print_verdicts(CONSOLE, target, verdicts, on=dataset)
    sys.exit(1 if any(verdict.outcome == "fail" for verdict in verdicts) else 0)


@click.command()
@click.argument("target")
@click.option("--board", default="quick", show_default=True)
@click.option("--name", required=True, help="What the model is to be called on the board.")
@click.option("--family", default="yours", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("bundle.zip"))
@RESULTS
def submit(target: str, board: str, name: str, family: str, out: Path, results: Path) -> None:
    """Write what TARGET has drawn for a board into a bundle, for others to add to theirs.

    \b
    genbench score my_model.py --board quick
    genbench submit my_model.py --board quick --name "My model"
    genbench add bundle.zip --board quick
    """
    from genbench.cli import on_board

    on_board.submit(CONSOLE, target, board, out, results=results, name=name, family=family)


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--board", default="quick", show_default=True)
@FOLDER
def add(bundle: Path, board: str, folder: Path) -> None:
    """Check a BUNDLE of samples, score them here, and add them to a board as not verified."""
    from genbench.cli import on_board

    on_board.add(CONSOLE, bundle, board, folder=folder)

"""The commands about one model: new, check, score, submit, add."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from genbench.cli.options import (
    BUDGET,
    CONSOLE,
    DECODE,
    ERRORS,
    FOLDER,
    JOBS,
    PREFIX,
    RESULTS,
    bytes_from,
    decoder_from,
    decoders_from,
    names,
    refuse_idle,
    words_from,
)
from genbench.ground.errors import BadInput
from genbench.runs import board_files

# What each way to score takes: any other option would do nothing, and is refused.
TAKEN = {
    "a model on a board": "board budget decode prefix memory python isolate jobs folder results",
    "samples on a board": "board dataset name folder results",
    "a model on a data set": (
        "dataset budget decode prefix seed metrics json out why deadline memory python isolate"
    ),
    "samples on a data set": "dataset seed metrics json out why",
    "a model on files": (
        "against train fresh budget decode prefix seed metrics json out why deadline memory python "
        "isolate"
    ),
    "two files": (
        "against train fresh no_fresh standardise preset device seed metrics json out why"
    ),
    "two folders of images": (
        "against train fresh no_fresh features weights sha256 preset device seed metrics json out "
        "why"
    ),
}


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
@click.option("--board", help="Board to run it on, beside the models that are there.")
@click.option("--dataset", help="Data set to fit and score on.")
@click.option("--name", help="What samples from a file are to be called on a board.")
@click.option("--against", type=click.Path(path_type=Path), help="Real samples to compare with.")
@click.option("--train", type=click.Path(path_type=Path), help="What the model learned from.")
@click.option("--standardise", is_flag=True, help="Scale each column of files as --against.")
@click.option(
    "--fresh",
    type=click.Path(path_type=Path),
    help="Real samples to score beside; else half of --against, if that is enough.",
)
@click.option("--no-fresh", is_flag=True, help="Score none beside: compare with all of --against.")
@click.option("--metrics", "-m", help="Only these, separated by commas.")
@click.option("--json", "json", is_flag=True, help="Print the scores as JSON, and nothing else.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the scores to a file too: .json or .csv.",
)
@click.option("--why", is_flag=True, help="Say of each metric that is not scored why not.")
@click.option("--features", type=click.Choice(["inception"]), help="For folders of images.")
@click.option("--weights", type=click.Path(path_type=Path), help="File of the network's weights.")
@click.option("--sha256", help="Checksum that the weights must have.")
@click.option("--preset", help="Measure files as another program does, such as torch-fidelity.")
@click.option("--device", default="cpu", help="Where large products on files are done: cuda.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--deadline",
    type=click.FloatRange(0, min_open=True),
    default=300.0,
    show_default=True,
    help="Seconds to fit, and to sample.",
)
@BUDGET
@DECODE
@PREFIX
@click.option("--memory", help="The most that a model may reserve, such as 8GB.")
@click.option("--python", default="", help="Another Python, which has what the model needs.")
@click.option("--isolate", default="", help="Command to put before it, such as a container's.")
@JOBS
@FOLDER
@RESULTS
def score(
    target: str,
    board: str | None,
    dataset: str | None,
    name: str | None,
    against: Path | None,
    train: Path | None,
    standardise: bool,
    fresh: Path | None,
    no_fresh: bool,
    metrics: str | None,
    json: bool,
    out: Path | None,
    why: bool,
    features: str | None,
    weights: Path | None,
    sha256: str | None,
    preset: str | None,
    device: str,
    seed: int,
    deadline: float,
    budget: float | None,
    decode: str | None,
    prefix: int | None,
    memory: str | None,
    python: str,
    isolate: str,
    jobs: int | None,
    folder: Path,
    results: Path,
) -> None:
    """Score TARGET: your model (file.py:Class, package.module:Class), a baseline, or sample files.

    \b
    genbench score my_model.py:MyModel --board quick
    genbench score my_model.py:MyModel --dataset digits
    genbench score my_model.py:MyModel --dataset english --decode top_p:0.9
    genbench score my_model.py:MyModel --against test.npy --train train.npy
    genbench score samples.npy --dataset digits
    genbench score samples.npy --dataset digits --board quick
    genbench score samples.npy --against real.npy --train train.npy --fresh more.npy
    genbench score samples.npy --against real.npy -m fid,coverage --json
    genbench score out.txt --against real.txt --train train.txt
    genbench score FOLDER --against FOLDER --features inception --weights FILE --fresh FOLDER
    """
    from genbench.cli import on_board
    from genbench.cli import score as ways
    from genbench.cli.show import Show
    from genbench.files import holds_samples
    from genbench.ground.processes import Launcher
    from genbench.runs.limits import Limits

    files = holds_samples(target)
    given = [board is not None, dataset is not None, against is not None]
    # Samples alone do not tell which of a board's data sets they are like.
    wanted = given == [True, True, False] if files and board is not None else sum(given) == 1
    if not wanted:
        raise BadInput(
            "Say what to score against: --board NAME (with --dataset NAME for sample files), "
            "--dataset NAME or --against FILE."
        )
    if features is not None and (against is None or weights is None):
        raise BadInput("--features inception needs --against FOLDER and --weights FILE.")
    way = _way(
        files=files, board=board, dataset=dataset, of_images=against is not None and bool(features)
    )
    refuse_idle(way, TAKEN[way])
    show = Show(metrics=names(metrics), json=json, out=out, why=why)
    if fresh is not None and no_fresh:
        raise BadInput("--fresh and --no-fresh contradict each other: give one of them.")
    settings: dict[str, Any] = {"preset": preset, "device": device, "seed": seed, "show": show}
    beside: dict[str, Any] = {"train": train, "fresh": fresh, "no_fresh": no_fresh}
    launcher = Launcher(python=python, isolate=words_from(isolate))
    limits = Limits(seconds=deadline, memory=bytes_from(memory), launcher=launcher)
    path, well = Path(target), True
    if board is not None and dataset is not None:
        kept = {"folder": folder, "results": results}
        on_board.samples(CONSOLE, path, dataset, board, name=name, **kept)
    elif board is not None:
        well = on_board.model(
            CONSOLE,
            target,
            board,
            budget=budget,
            decoders=decoders_from(decode),
            prefix=prefix,
            folder=folder,
            results=results,
            limits=limits,
            jobs=jobs,
        )
    elif against is not None and weights is not None:
        ways.images(CONSOLE, path, against, weights=weights, sha256=sha256, **beside, **settings)
    elif against is not None and not files:
        well = ways.model_on_files(
            CONSOLE,
            ERRORS,
            target,
            against,
            train=train,
            fresh=fresh,
            seed=seed,
            budget=budget,
            limits=limits,
            show=show,
            decoder=decoder_from(decode),
            prefix=prefix,
        )
    elif against is not None:
        ways.two_files(CONSOLE, path, against, standardise=standardise, **beside, **settings)
    elif dataset is not None and files:
        ways.samples(CONSOLE, path, dataset, seed=seed, show=show)
    elif dataset is not None:
        well = ways.model(
            CONSOLE,
            ERRORS,
            target,
            dataset,
            seed=seed,
            budget=budget,
            limits=limits,
            show=show,
            decoder=decoder_from(decode),
            prefix=prefix,
        )
    sys.exit(0 if well else 1)


def _way(*, files: bool, board: str | None, dataset: str | None, of_images: bool) -> str:
    """Return which of the ways to score it is, as TAKEN has them."""
    if of_images:
        return "two folders of images"
    if board is None and dataset is None:
        return "two files" if files else "a model on files"
    where = "a data set" if board is None else "a board"
    return f"{'samples' if files else 'a model'} on {where}"


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

    plan = board_files.find(board)
    on_board.submit(CONSOLE, target, plan.name, out, results=results, name=name, family=family)


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--board", default="quick", show_default=True)
@FOLDER
def add(bundle: Path, board: str, folder: Path) -> None:
    """Check a BUNDLE of samples, score them here, and add them to a board as not verified."""
    from genbench.cli import on_board

    on_board.add(CONSOLE, bundle, board, folder=folder)

"""The command that scores: a model, its samples, sample files, pictures."""

import sys
from pathlib import Path
from typing import Any

import click

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
from genbench.cli.picture_options import looking
from genbench.ground.errors import BadInput

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
        "against train fresh no_fresh standardise features preset device seed metrics json out why "
        "sheet"
    ),
    "pictures": (
        "against train fresh no_fresh features weights sha256 download n workers cache no_cache "
        "range layout background preset device seed metrics json out why sheet"
    ),
}


@click.command()
@click.argument("target")
@click.option("--board", help="Board to run it on, beside the models that are there.")
@click.option("--dataset", help="Data set to fit and score on.")
@click.option("--name", help="What samples from a file are to be called on a board.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="Real samples to compare with, or statistics.",
)
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
@click.option(
    "--sheet",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Show pictures, real beside generated, in a .png file.",
)
@looking
@click.option("--preset", help="Measure files as another program does, such as torch-fidelity.")
@click.option("--device", default="cpu", help="Where networks and large products run: cuda.")
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
    sheet: Path | None,
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
    **looked: Any,
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
    genbench score generated/ --against real/ --train train/ --sheet sheet.png
    genbench score samples.npz --against real.zip --train train/ --preset clean-fid --weights FILE
    genbench score generator.onnx:64 --n 10000 --against real/ --range -1,1
    """
    from genbench.cli import on_board
    from genbench.cli import score as ways
    from genbench.cli.pictures import are_pictures, is_set
    from genbench.cli.show import Show
    from genbench.ground.processes import Launcher
    from genbench.runs.limits import Limits

    features, n = looked["features"], looked["n"]
    files = is_set(target, n=n)
    given = [board is not None, dataset is not None, against is not None]
    # Samples alone do not tell which of a board's data sets they are like.
    wanted = given == [True, True, False] if files and board is not None else sum(given) == 1
    if not wanted:
        raise BadInput(
            "Say what to score against: --board NAME (with --dataset NAME for sample files), "
            "--dataset NAME or --against FILE."
        )
    pictures = against is not None and are_pictures(
        target, against, features=features, preset=preset
    )
    way = _way(files=files, board=board, dataset=dataset, pictures=files and pictures)
    refuse_idle(f"to score {way}", TAKEN[way])
    show = Show(metrics=names(metrics), json=json, out=out, why=why)
    if fresh is not None and no_fresh:
        raise BadInput("--fresh and --no-fresh contradict each other: give one of them.")
    if sheet is not None and sheet.suffix.lower() != ".png":
        raise BadInput(f"--sheet must end in .png, not {sheet.name!r}.")
    settings: dict[str, Any] = {"preset": preset, "device": device, "seed": seed, "show": show}
    beside: dict[str, Any] = {"train": train, "fresh": fresh, "no_fresh": no_fresh, "sheet": sheet}
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
    elif against is not None and pictures:
        ways.images(CONSOLE, target, against, looked=looked, **beside, **settings)
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


def _way(*, files: bool, board: str | None, dataset: str | None, pictures: bool) -> str:
    """Return which of the ways to score it is, as TAKEN has them."""
    if pictures:
        return "pictures"
    if board is None and dataset is None:
        return "two files" if files else "a model on files"
    where = "a data set" if board is None else "a board"
    return f"{'samples' if files else 'a model'} on {where}"

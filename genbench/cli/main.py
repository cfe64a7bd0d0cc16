"""The command line. Heavy imports live inside the commands: help and lists must start fast."""

import shlex
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

import genbench
from genbench.ground.errors import BadInput, Unavailable, unknown_name
from genbench.ground.paths import brief, shown
from genbench.models.find import reach_current_folder
from genbench.runs import boards
from genbench.sanity.command import sanity, span

CONSOLE = Console()
ERRORS = Console(stderr=True)
FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("leaderboards"),
    show_default=True,
    help="Where boards are kept, each in a folder of its name.",
)

RESULTS = click.option(
    "--results",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results"),
    show_default=True,
    help="Where your own models' samples and scores are kept.",
)


class Commands(click.Group):
    """Shows our errors as one sentence, with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (BadInput, Unavailable) as error:
            _fail(str(error))
        except BrokenPipeError:  # whoever read has had enough
            raise
        except OSError as error:  # a disk that is full, a folder that may not be written to
            where = f"{shown(error.filename)}: " if error.filename else ""
            _fail(f"{where}{error.strerror or brief(error)}.")

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise unknown_name("command", args[0], self.commands)
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(genbench.__version__, package_name="genbench")
def main() -> None:
    """Score generative models of any family, honestly."""
    reach_current_folder()


main.add_command(sanity)


@main.command("list")
@click.argument(
    "what",
    type=click.Choice(["metrics", "models", "datasets", "boards"]),
    default=None,
    required=False,
)
def list_(what: str | None) -> None:
    """Show what there is: metrics, models, datasets, boards, or all of them."""
    from genbench.cli import listing

    for name, table in listing.TABLES.items():
        if what in (None, name):
            CONSOLE.print(table())


@main.command()
@click.argument("board", default="quick")
@FOLDER
@click.option("--models", "-m", help="Only these, separated by commas.")
@click.option("--datasets", "-d", help="Only these, separated by commas.")
@click.option("--seeds", help="These instead of the board's: 0,1,2 or 0-4.")
@click.option(
    "--only",
    type=click.Choice(["missing", "stale", "failed", "all"]),
    default="missing",
    show_default=True,
    help="missing: with no record that holds; stale: with one that no longer does.",
)
@click.option(
    "--jobs", "-j", type=click.IntRange(1), help="Cells at a time; one a core by default."
)
@click.option("--engine", default="local", show_default=True, help="local, loky, dask, ray, slurm.")
@click.option("--address", help="Of a dask scheduler or ray cluster that runs already.")
@click.option("--shard", help="Do one part of the board only: 1/4, 2/4, ...")
@click.option("--memory", help="The most that a model may reserve, such as 8GB.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first cell that fails.")
@click.option("--max-failures", type=click.IntRange(0), help="Stop once more cells have failed.")
def run(
    board: str,
    folder: Path,
    models: str | None,
    datasets: str | None,
    seeds: str | None,
    only: Any,
    jobs: int | None,
    engine: str,
    address: str | None,
    shard: str | None,
    memory: str | None,
    fail_fast: bool,
    max_failures: int | None,
) -> None:
    """Run a BOARD: every model on every data set. Run it again to do what is missing.

    Several runs may share one folder, on one machine or many: each cell is done once.
    """
    from genbench.report import folder as report
    from genbench.runs import progress
    from genbench.runs.cells import Limits
    from genbench.runs.engines import Engine
    from genbench.runs.run import WHOLE, TooManyFailures

    plan = boards.find(board).narrowed(
        models=_names(models), datasets=_names(datasets), seeds=_seeds(seeds)
    )
    try:
        found = progress.run_with_progress(
            plan,
            folder / board,
            only=only,
            console=CONSOLE,
            engine=Engine(name=engine, jobs=jobs, address=address),
            limits=Limits(seconds=plan.deadline, memory=_bytes(memory)),
            shard=WHOLE if shard is None else _shard(shard),
            most_failures=0 if fail_fast else max_failures,
        )
    except TooManyFailures as error:
        ERRORS.print(str(error), style="bold red")
        sys.exit(1)
    written = report.report(folder / board)
    report.print_table(found, CONSOLE)
    CONSOLE.print(f"Tables, page and plots: {written[0].parent}/", highlight=False)
    progress.print_failures(ERRORS, found, folder / board)
    sys.exit(1 if any(record.failed for record in found) else 0)


@main.command()
@click.argument("board", default="quick")
@FOLDER
@click.option("--why", is_flag=True, help="Say of each cell that is not done why not.")
@click.option("--watch", is_flag=True, help="Look again every two seconds, until all is done.")
def status(board: str, folder: Path, why: bool, watch: bool) -> None:
    """Show how a BOARD stands, from any machine that sees its folder."""
    from genbench.runs import status as statuses

    plan = boards.find(board)
    if watch:
        found = statuses.watch(plan, folder / board, CONSOLE, why=why)
    else:
        found = statuses.standings(plan, folder / board)
        CONSOLE.print(statuses.as_table(found, why=why))
    CONSOLE.print(statuses.one_line(found), highlight=False)


@main.command()
@click.argument("board", default="quick")
@FOLDER
@click.option("--quality", help="Metric of the plot's upright axis.")
@click.option("--novelty", help="Metric of the plot's level axis.")
def report(board: str, folder: Path, quality: str | None, novelty: str | None) -> None:
    """Make a BOARD's tables, page and plots again from its records alone."""
    from genbench.report import folder as reports
    from genbench.runs import records

    if not (folder / board / "records.jsonl").exists():
        boards.find(board)
    written = reports.report(
        folder / board, quality=quality, novelty=novelty or "bayesian_surprise"
    )
    reports.print_table(records.read(folder / board / "records.jsonl"), CONSOLE)
    for path in written:
        CONSOLE.print(str(path), highlight=False, markup=False)


@main.command()
@click.argument("target")
@click.option("--board", help="Board to run it on, beside the models that are there.")
@click.option("--dataset", help="Data set to fit and score on.")
@click.option("--against", type=click.Path(path_type=Path), help="Real samples to compare with.")
@click.option("--train", type=click.Path(path_type=Path), help="What the model learned from.")
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
@click.option("--memory", help="The most that a model may reserve, such as 8GB.")
@click.option("--python", default="", help="Another Python, which has what the model needs.")
@click.option("--isolate", default="", help="Command to put before it, such as a container's.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), help="Cells at a time; one a core by default."
)
@FOLDER
@RESULTS
def score(
    target: str,
    board: str | None,
    dataset: str | None,
    against: Path | None,
    train: Path | None,
    features: str | None,
    weights: Path | None,
    sha256: str | None,
    preset: str | None,
    device: str,
    seed: int,
    deadline: float,
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
    genbench score samples.npy --dataset digits
    genbench score samples.npy --dataset digits --board quick
    genbench score samples.npy --against real.npy --train train.npy
    genbench score FOLDER --against FOLDER --features inception --weights FILE
    """
    from genbench.cli import score as ways
    from genbench.files import holds_samples
    from genbench.ground.processes import Launcher
    from genbench.runs.cells import Limits

    files = holds_samples(target)
    given = [board is not None, dataset is not None, against is not None]
    # Samples alone do not tell which of a board's data sets they are like.
    wanted = given == [True, True, False] if files and board is not None else sum(given) == 1
    if not wanted:
        raise BadInput(
            "Say what to score against: --board NAME (with --dataset NAME for sample files), "
            "--dataset NAME or --against FILE."
        )
    if against is None and (preset is not None or device != "cpu"):
        raise BadInput("--preset and --device are for files: they need --against.")
    settings = {"preset": preset, "device": device, "seed": seed}
    launcher = Launcher(python=python, isolate=_command(isolate))
    limits = Limits(seconds=deadline, memory=_bytes(memory), launcher=launcher)
    if files and board is not None and dataset is not None:
        path = Path(target)
        ways.samples_on_board(CONSOLE, path, dataset, board, folder=folder, results=results)
    elif board is not None:
        well = ways.on_board(
            CONSOLE, target, board, folder=folder, results=results, limits=limits, jobs=jobs
        )
        sys.exit(0 if well else 1)
    elif features is not None:
        if against is None or weights is None:
            raise BadInput("--features inception needs --against FOLDER and --weights FILE.")
        ways.images(CONSOLE, Path(target), against, weights=weights, sha256=sha256, **settings)
    elif against is not None:
        ways.two_files(CONSOLE, Path(target), against, train, **settings)
    elif dataset is not None and files:
        ways.samples(CONSOLE, Path(target), dataset, seed=seed)
    elif dataset is not None:
        ways.model(CONSOLE, target, dataset, seed=seed, limits=limits)


@main.command()
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
    from genbench.cli import score as ways

    boards.find(board)
    ways.submit(CONSOLE, target, board, out, results=results, name=name, family=family)


@main.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--board", default="quick", show_default=True)
@FOLDER
def add(bundle: Path, board: str, folder: Path) -> None:
    """Check a BUNDLE of samples, score them here, and add them to a board as not verified."""
    from genbench.cli import score as ways

    ways.add(CONSOLE, bundle, board, folder=folder)


@main.command()
@click.argument("target")
@click.option(
    "--deadline",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds for all of it.",
)
def check(target: str, deadline: float) -> None:
    """Check that TARGET keeps the rules for models, on toy data, in seconds.

    A constructor's parameter steps, epochs, max_steps or max_epochs is cut short.

    \b
    genbench check my_model.py
    genbench check my_package.my_module:MyModel
    """
    from genbench.check import conformance as checks

    with CONSOLE.status(f"Checking {target}"):
        verdicts = checks.check(target, deadline=deadline)
    checks.print_verdicts(CONSOLE, target, verdicts)
    sys.exit(1 if any(verdict.outcome == "fail" for verdict in verdicts) else 0)


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
def new(path: Path) -> None:
    """Write a small model to PATH, a new .py file, to make your own from."""
    from genbench.models import new as template

    template.write(path)
    for line in (
        f"Wrote {path}. Next:",
        f"  genbench check {path}",
        f"  genbench score {path} --dataset ring",
    ):
        CONSOLE.print(line, markup=False, highlight=False, soft_wrap=True)


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _seeds(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    first, dash, last = text.partition("-")
    try:
        numbers = [int(part) for part in ((first, last) if dash else text.split(","))]
    except ValueError as error:
        raise BadInput(f"--seeds must look like 0,1,2 or 0-4, not {text!r}.") from error
    return tuple(span(*numbers)) if dash else tuple(numbers)


def _command(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:  # a quotation that is never closed
        raise BadInput(f"--isolate must be a command as a shell takes it, not {text!r}.") from error


def _shard(text: str) -> Any:
    from genbench.runs.run import Shard

    part, slash, of = text.partition("/")
    if not (slash and part.isdigit() and of.isdigit()):
        raise BadInput(f"--shard must look like 1/4, not {text!r}.")
    return Shard(part=int(part), of=int(of))


def _bytes(text: str | None) -> int | None:
    if text is None:
        return None
    units = {"MB": 10**6, "GB": 10**9, "MiB": 2**20, "GiB": 2**30}
    for unit, size in units.items():
        number = text.removesuffix(unit)
        if number != text and number.strip().replace(".", "", 1).isdigit() and float(number) > 0:
            return int(float(number) * size)
    raise BadInput(f"--memory must look like 8GB or 500MiB, not {text!r}.")


def _fail(message: str) -> NoReturn:
    ERRORS.print(message, style="bold red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(2)

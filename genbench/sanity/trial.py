"""The command `genbench trial`: is promised power met, what do attacks reach, who is right?"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.ground.consoles import HELP, WideConsole
from genbench.ground.errors import BadInput, unknown_name
from genbench.sanity.command import seeds_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("results") / "trial",
    show_default=True,
    help="Where work is kept, to go on with, and tables are written.",
)
JOBS = click.option("--jobs", "-j", type=click.IntRange(1), help="At a time; one a core.")
METRICS = click.argument("metrics", nargs=-1)
SIMULATIONS, EVALUATIONS = 200, 2000
FEWEST = 50  # samples of a set, on boards of truth


@click.group(context_settings=HELP)
def trial() -> None:
    """Put metrics on trial where the truth is known. A run that was stopped goes on."""


@trial.command(context_settings=HELP)
@METRICS
@click.option("--simulations", type=click.IntRange(20), default=SIMULATIONS, show_default=True)
@FOLDER
@JOBS
def power(metrics: tuple[str, ...], simulations: int, folder: Path, jobs: int | None) -> None:
    """Check that plans for METRICs keep their promise, on three laws.

    \b
    genbench trial power --folder leaderboards/metrics
    """
    from genbench.sanity.power import promises
    from genbench.sanity.power.promises_table import frame, markdown

    chosen = _chosen(metrics, promises.DIFFERENCES)
    cells = [cell for cell in promises.CELLS if cell[0] in chosen]
    found = _done(
        len(cells),
        lambda many: promises.run(cells, simulations, folder, jobs=many),
        lambda one: f"{one.metric}, {one.law}",
        jobs,
    )
    found.sort(key=lambda one: promises.CELLS.index((one.metric, one.law)))
    command = _said("power", metrics, f"--simulations {simulations}", folder)
    _write(folder, {"power.csv": frame(found), "power.md": markdown(found, simulations, command)})


@trial.command(context_settings=HELP)
@METRICS
@click.option("--evaluations", type=click.IntRange(10), default=EVALUATIONS, show_default=True)
@click.option("--seeds", default="0-2", show_default=True, help="Which: 5, 0-9 or 0,3,7.")
@FOLDER
@JOBS
def attack(
    metrics: tuple[str, ...], evaluations: int, seeds: str, folder: Path, jobs: int | None
) -> None:
    """Move samples until METRICs like them better than real ones.

    \b
    genbench trial attack fid recall --evaluations 200 --seeds 2
    genbench trial attack --folder leaderboards/metrics
    """
    from genbench.report import figures
    from genbench.sanity.attack import attempts
    from genbench.sanity.attack.table import anchors_of, frame, markdown, winners
    from genbench.sanity.attack.world import world

    chosen = _chosen(metrics, dict.fromkeys(attempts.ATTACKED))
    cells = attempts.cells(chosen, seeds_from(seeds, fewest=1))  # the best of all attempts counts
    found = _done(
        len(cells),
        lambda many: attempts.run(cells, evaluations, folder, jobs=many),
        lambda one: f"{one.metric} from {one.start}",
        jobs,
    )
    found.sort(key=lambda one: cells.index((one.metric, one.given, one.start, one.seed)))
    anchors = {metric: anchors_of(world(), metric) for metric in chosen}
    command = _said("attack", metrics, f"--evaluations {evaluations} --seeds {seeds}", folder)
    _write(
        folder,
        {
            "attacks.csv": frame(found, anchors),
            "attacks.md": markdown(found, anchors, evaluations, command),
            "attacks.png": figures.png(winners(found, anchors)),
        },
    )


@trial.command(context_settings=HELP)
@click.argument("boards", nargs=-1)
@click.option("--seeds", default="0-9", show_default=True, help="Which: 5, 0-9 or 0,3,7.")
@click.option("--sizes", default="500,2000,10000", show_default=True, help="Samples of each set.")
@FOLDER
@JOBS
def truth(boards: tuple[str, ...], seeds: str, sizes: str, folder: Path, jobs: int | None) -> None:
    """See which metrics put models in the true order, on BOARDS of known laws.

    \b
    genbench trial truth plane flow --sizes 500 --seeds 3
    genbench trial truth --folder leaderboards/metrics
    """
    from genbench.sanity.truth import cells, kept, table
    from genbench.sanity.truth.boards import BOARDS, board

    for name in boards:
        if name not in BOARDS:
            raise unknown_name("board of truth", name, BOARDS)
    names = list(boards or BOARDS)
    places = cells.places(names, _sizes(sizes), seeds_from(seeds))
    known = _done(
        sum(len(board(name).models) for name in names),
        lambda many: kept.run(names, folder, jobs=many),
        lambda one: f"what is true on {one[0]} of {one[1].model}",
        jobs,
    )
    truths = kept.by_board(known, names)
    found = _done(
        len(places),
        lambda many: cells.run(places, folder, jobs=many),
        lambda one: f"{one.place.board}, n = {one.place.n}, {one.place.model}",
        jobs,
    )
    found.sort(key=lambda one: places.index(one.place))
    agreements, needed = table.results(truths, found)
    halves = table.agreeing_halves(truths, found)
    command = _said("truth", boards, f"--sizes {sizes} --seeds {seeds}", folder)
    _write(
        folder,
        {
            "truths.csv": table.truths_frame(truths),
            "agreement.csv": table.agreements_frame(agreements),
            "n95.csv": table.sizes_frame(needed),
            "truth_values.csv.gz": table.values_frame(found),
            "truth.md": table.markdown(agreements, needed, places, command, halves),
        },
    )


def _sizes(text: str) -> list[int]:
    parts = text.replace(" ", "").split(",")
    if not all(part.isdigit() and int(part) >= FEWEST for part in parts):
        raise BadInput(f"--sizes must be numbers from {FEWEST} up, such as 500,2000, not {text!r}.")
    return sorted({int(part) for part in parts})


def _chosen(names: tuple[str, ...], known: "Mapping[str, Any]") -> list[str]:
    from genbench.metrics import find

    chosen = [find(name).name for name in names]
    for name in chosen:
        if name not in known:
            raise unknown_name("metric on trial", name, known)
    return chosen or list(known)


def _done(
    total: int,
    run: "Callable[[int], Iterable[Any]]",
    words: Callable[[Any], str],
    jobs: int | None,
) -> list[Any]:
    """Return all that a run yields, and show how far it has come."""
    from joblib import cpu_count

    from genbench.ground.meter import meter

    found = []
    with meter(WideConsole(), transient=True) as progress:
        task = progress.add_task("", total=total)
        for one in run(jobs or int(cpu_count())):
            found.append(one)
            progress.update(task, advance=1, description=words(one))
    return found


def _said(what: str, metrics: tuple[str, ...], options: str, folder: Path) -> str:
    return " ".join(["genbench trial", what, *metrics, options, f"--folder {folder}"])


def _write(folder: Path, contents: "Mapping[str, Any]") -> None:
    """Write tables, texts and drawings, and say where they are."""
    import gzip

    from genbench.report.folder import write_files
    from genbench.report.frames import to_csv
    from genbench.sanity.store import refuse_boards

    refuse_boards(folder)

    def encoded(name: str, content: Any) -> bytes:
        if isinstance(content, bytes):
            return content
        if isinstance(content, str):
            return content.encode()
        table = to_csv(content)
        return gzip.compress(table, mtime=0) if name.endswith(".gz") else table

    files = {name: encoded(name, content) for name, content in contents.items()}
    console = WideConsole()
    for path in write_files(folder, files):
        console.print(str(path), markup=False, highlight=False)

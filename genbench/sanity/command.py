"""The command `genbench sanity`: run the checks, judge the metrics, write the report."""

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from genbench.ground.consoles import HELP, WideConsole
from genbench.ground.errors import BadInput

if TYPE_CHECKING:
    from rich.console import Console

    from genbench.metric import Metric
    from genbench.sanity.check import Check
    from genbench.sanity.judging import Judgement

QUICK_SEEDS, FULL_SEEDS = "0-2", "0-9"
MOST_SEEDS = 10_000
LEGEND = "+ as it claims, - the opposite, · undecided; in brackets: it claims nothing there"
COLOURS = {"+": "green", "-": "red", "·": "dim"}


@click.command(context_settings=HELP)
@click.argument("metrics", nargs=-1)
@click.option("--check", "-c", "checks", multiple=True, help="Only these checks; may be repeated.")
@click.option("--seeds", help="A number of seeds, or which: 5, 0-9 or 0,3,7.")
@click.option(
    "--quick/--full",
    default=True,
    show_default=True,
    help="Three seeds, without the slowest checks and metrics; or ten, and all.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where responses are kept and the report is written.",
)
@click.option("--jobs", "-j", type=click.IntRange(1), help="Cells at a time; one a core.")
@click.option("--list", "list_", is_flag=True, help="Show the checks, and run none.")
def sanity(
    metrics: tuple[str, ...],
    checks: tuple[str, ...],
    seeds: str | None,
    quick: bool,
    folder: Path | None,
    jobs: int | None,
    list_: bool,
) -> None:
    """Check how METRICs behave: names, your own (file.py:function), or all by default.

    \b
    genbench sanity fid kid
    genbench sanity ./my_metric.py:distance
    genbench sanity --full --folder leaderboards/metrics
    """
    from joblib import cpu_count

    from genbench.sanity.store import refuse_boards

    console = WideConsole()
    _refuse_idle()
    if list_:
        _print_checks(console)
        return
    chosen_seeds = seeds_from(seeds or (QUICK_SEEDS if quick else FULL_SEEDS))
    chosen = _metrics(metrics, quick=quick)
    asked = _checks(checks, quick=quick)
    if folder is None and not metrics:
        folder = Path("results") / ("sanity-quick" if quick else "sanity")
    if folder is not None:
        refuse_boards(folder)
    with tempfile.TemporaryDirectory() as temporary:
        kept = folder or Path(temporary)
        found = _run(console, asked, chosen, chosen_seeds, kept, jobs or int(cpu_count()))
        if metrics:
            for name, judgements in found.items():
                _print_metric(console, name, judgements)
            console.print(LEGEND, style="dim")
        if folder is not None:
            told = _beside_published(asked, found)  # before the report, which may be that table
            _report(console, asked, chosen, chosen_seeds, folder, seeds_text=seeds, quick=quick)
            if told:
                console.print(told, markup=False, highlight=False)


def _refuse_idle() -> None:
    """Refuse what was said and would do nothing beside what else was said.

    Raises:
        BadInput: there is such an option; the message names all of them.
    """
    context = click.get_current_context()
    said = {
        one.name: "METRICS" if isinstance(one, click.Argument) else one.opts[0]
        for one in context.command.params
        if one.name and context.get_parameter_source(one.name) is ParameterSource.COMMANDLINE
    }
    if "list_" in said and len(said) > 1:
        idle = [shown for name, shown in said.items() if name != "list_"]
        raise BadInput(f"{', '.join(idle)} would do nothing: --list only shows the checks.")
    if {"quick", "metrics", "checks", "seeds"} <= set(said):
        raise BadInput(
            "--quick or --full would do nothing: metrics, checks and seeds are all named."
        )


def span(first: int, last: int) -> range:
    """Return the seeds from the first to the last.

    Raises:
        BadInput: there are more than anybody has time for.
    """
    if last - first >= MOST_SEEDS:
        raise BadInput(f"--seeds names {last - first + 1} seeds: at most {MOST_SEEDS} will do.")
    return range(first, last + 1)


def seeds_from(text: str, *, fewest: int = 2) -> list[int]:
    """Return seeds: "5" is the first five, "3-9" a span, "0,3,7" a list.

    Raises:
        BadInput: it is none of these, or there are fewer than asked for.
    """
    text = text.replace(" ", "")
    found: list[int] = []
    if re.fullmatch(r"\d+", text):
        found = list(span(0, int(text) - 1))
    elif ends := re.fullmatch(r"(\d+)-(\d+)", text):
        found = list(span(int(ends[1]), int(ends[2])))
    elif re.fullmatch(r"\d+(,\d+)+", text):
        found = sorted({int(part) for part in text.split(",")})
    if len(found) < fewest:
        least = "two" if fewest == 2 else "one"
        raise BadInput(f"--seeds must be at least {least}, such as 5, 0-9 or 0,3,7, not {text!r}.")
    return found


def _metrics(names: Sequence[str], *, quick: bool) -> dict[str, "Metric"]:
    """Return metrics by how they are asked for; all of the catalog, and the broken ones."""
    from genbench.metrics import find
    from genbench.sanity import suite

    if names:
        own = {name: suite.named(name) for name in names if ".py" in name}
        ours = [find(name) for name in names if name not in own]
        return {metric.name: metric for metric in ours} | own
    return {
        name: metric for name, metric in suite.KNOWN.items() if not (quick and name in suite.SLOW)
    }


def _checks(names: Sequence[str], *, quick: bool) -> dict[str, "Check"]:
    from genbench.sanity.checks import CATALOG, find

    if names:
        return {check.name: check for check in map(find, names)}
    return {name: check for name, check in CATALOG.items() if not (quick and check.slow)}


def _run(
    console: "Console",
    checks: Mapping[str, "Check"],
    metrics: Mapping[str, "Metric"],
    seeds: Sequence[int],
    folder: Path,
    jobs: int,
) -> dict[str, list["Judgement"]]:
    from genbench.ground.meter import meter
    from genbench.sanity import suite
    from genbench.sanity.judging import judge

    # Times are only worth something if nothing runs beside: those checks come last, one by one.
    timed = [name for name, check in checks.items() if check.timed]
    rest = [name for name in checks if name not in timed]
    with meter(console, transient=True) as progress:
        task = progress.add_task("", total=len(checks) * len(seeds))

        def on_end(check: str, seed: int) -> None:
            progress.update(task, advance=1, description=f"{check}, seed {seed}")

        suite.run(rest, list(metrics), seeds, folder, jobs=jobs, on_end=on_end)
        suite.run(timed, list(metrics), seeds, folder, on_end=on_end)
    found = suite.responses(checks, list(metrics), seeds, folder)
    by_metric: dict[str, list[Judgement]] = {}
    for one in judge(found, checks, {metric.name: metric for metric in metrics.values()}):
        by_metric.setdefault(one.finding.metric, []).append(one)
    return by_metric


def _beside_published(
    checks: Mapping[str, "Check"], found: Mapping[str, Sequence["Judgement"]]
) -> str | None:
    from genbench.report.behaviour import published_behaviour
    from genbench.sanity.replication import beside_published

    judgements = [one for judged in found.values() for one in judged]
    timed = [name for name, check in checks.items() if check.timed]
    return beside_published(judgements, published_behaviour(), timed=timed)


def _report(
    console: "Console",
    checks: Mapping[str, "Check"],
    metrics: Mapping[str, "Metric"],
    seeds: Sequence[int],
    folder: Path,
    *,
    seeds_text: str | None = None,
    quick: bool,
) -> None:
    from genbench.sanity import suite
    from genbench.sanity.report import report

    found = suite.responses(checks, list(metrics), seeds, folder)
    command = f"genbench sanity --{'quick' if quick else 'full'}"
    command += f" --seeds {seeds_text}" if seeds_text else ""
    named = {metric.name: metric for metric in metrics.values()}
    for path in report(found, checks, named, folder, command=f"{command} --folder {folder}"):
        console.print(str(path), markup=False, highlight=False)


def _print_metric(console: "Console", name: str, judgements: Iterable["Judgement"]) -> None:
    """Print what a metric does: what it claims first, then what it happens to do."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(name), title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column in ("check", "", "strength", "numbers"):
        table.add_column(column, justify="right" if column == "strength" else "left")
    for one in sorted(judgements, key=lambda one: not one.finding.claimed):
        finding = one.finding
        if not one.letter and not finding.claimed:
            continue
        colour = COLOURS[one.verdict] if finding.claimed else "dim"
        table.add_row(
            finding.check,
            f"[{colour}]{one.letter}[/]",
            "" if finding.strength is None else f"{finding.strength:.2f}",
            escape(finding.note),
        )
    console.print(table)


def _print_checks(console: "Console") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from genbench.sanity.checks import CATALOG

    table = Table(box=SIMPLE_HEAD)
    for column in ("check", "desideratum", "asks", "a sound metric"):
        table.add_column(column)
    for check in CATALOG.values():
        table.add_row(check.name, check.desideratum, check.asks, check.expects.says)
    console.print(table)

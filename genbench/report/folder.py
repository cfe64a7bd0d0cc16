"""A board's folder, regenerated from its store: tables, figures and one page.

Everything written is a function of the records, of the codebooks that are kept beside them, and of
what is known of metrics, so that running it again changes nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.landing import replace_file
from genbench.models.find import baselines
from genbench.report import frontier
from genbench.report.advice import published_falls
from genbench.report.behaviour import failings, published_behaviour
from genbench.report.citation import citation
from genbench.report.curves import parted
from genbench.report.exports import board_json
from genbench.report.figure_files import MORE, NAMES, figure_files
from genbench.report.frontier import Plane
from genbench.report.html_tools import file_name
from genbench.report.leaderboard import Rules, Table, tables
from genbench.report.markdown import (
    SHORT,
    bullets,
    failures,
    incomplete,
    markdown,
    overall_markdown,
    safe,
)
from genbench.report.overall import Overall, overall
from genbench.report.page import Content, pages
from genbench.report.reading import RULES, protocol
from genbench.report.terminal import print_tables
from genbench.report.tradeoff import Panel, novelty_quality_points
from genbench.runs import board_files
from genbench.runs.boards import Board
from genbench.runs.codebooks import codebooks
from genbench.runs.records import Record, newest
from genbench.runs.store import Store

__all__ = ["meanings", "print_tables", "report"]

TRADEOFF = (
    "Novelty against quality; dashed lines meet at real samples. Left of them: nearer to the"
    " training samples than real ones are."
)
FRONTIER = (
    "The line is S(Q), the most novelty of any samples whose mean quality is Q: mutual information,"
    " in nats, of kinds of samples and of what they make one believe who has seen the training set."
    " Quality is the share of real samples in places at most as dense. Efficiency, a model's share"
    " of S at its quality, ranks nobody: noise is efficient, too. Every number is in"
    " [frontier.csv](frontier.csv)."
)


class Report(NamedTuple):
    """What was made of a board's records."""

    files: list[Path]
    tables: list[Table]


def report(
    folder: Path,
    *,
    board: Board | None = None,
    quality: str | None = None,
    novelty: str | None = None,
    beside: Sequence[Record] = (),
) -> Report:
    """Write tables, figures and page into a board's folder; return what was written.

    `board` is what the records were made by, if it is not ours of the folder's name; `beside` are
    records of other models, to stand in the same tables.

    Raises:
        BadInput: there are no records, or no metric of that name in them.
        OSError: a file could not be written.
    """
    found = newest([*beside, *Store(folder).publish()])
    if not found:
        raise BadInput(f"There are no records in {folder}. Run the board first.")
    known = {name for record in found for name in record.scores}
    for name in (quality, novelty):
        if name is not None and name not in known:
            raise unknown_name("metric", name, known)
    panels = novelty_quality_points(found, quality, novelty)
    name = folder.resolve().name
    if board is None and name in board_files.names():
        board = board_files.find(name)
    planes = frontier.planes(found, codebooks(folder, found, board))
    command = " ".join(
        ["genbench report", (board and board.file) or name]
        + ([f"--quality {quality}"] if quality else [])
        + ([f"--novelty {novelty}"] if novelty else [])
    )
    made = tables(found, Rules.of(board))
    contents = _contents(found, made, panels, planes, name, board, command)
    for stale in _may_be_there(found) - set(contents):  # of an earlier report
        (folder / stale).unlink(missing_ok=True)
    return Report(write_files(folder, contents), made)


def _may_be_there(found: Sequence[Record]) -> set[str]:
    """Return the names of figures and of data sets' pages, which a report may or may not have."""
    return {*NAMES, *(f"{file_name(dataset)}.html" for dataset in {r.dataset for r in found})}


def write_files(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files by their names, each in one step; return their paths.

    Raises:
        OSError: one could not be written.
    """
    return [replace_file(folder / name, content) for name, content in contents.items()]


def _contents(
    found: Sequence[Record],
    made: Sequence[Table],
    panels: Mapping[str, Panel],
    planes: Mapping[str, Plane],
    name: str,
    board: Board | None,
    command: str,
) -> dict[str, bytes]:
    """Return what each file should hold."""
    from genbench.report import bars, figures, frames

    every = overall(made, Rules.of(board))
    missing = frontier.unplaced(found, planes)
    cited = citation(name, found)
    colours = figures.family_colours(record.family for record in parted(found)[0])
    drawn = figure_files(made, every, panels, planes, missing, colours)
    content = Content(
        title=name,
        panels=panels,
        frontiers=planes,
        colours=colours,
        meanings=meanings(),
        failings=failings(published_behaviour()),
        falls=published_falls(),
        summaries={model: spec.summary for model, spec in baselines().items()},
        citation=cited.text,
    )
    return {
        "README.md": _readme(
            made,
            every,
            name,
            board,
            command,
            _frontier_section(planes, missing),
            _more_figures(drawn),
        ).encode(),
        "results.csv": frames.to_csv(frames.long_frame(found)),
        "table.csv": frames.to_csv(frames.wide_frame(made)),
        "board.csv": frames.to_csv(frames.overall_frame(every)),
        "board.json": board_json(made, every, cited),
        "costs.csv": frames.to_csv(frames.cost_frame(found)),
        "board.png": figures.png(bars.agreement_bars(every, made, colours)),
        **drawn,
        **pages(made, every, content),
    }


def meanings() -> dict[str, str]:
    """Return what each metric of the catalog is, in one sentence."""
    from genbench.metrics import CATALOG

    return {name: metric.meaning for name, metric in CATALOG.items()}


def _frontier_section(planes: Mapping[str, Plane], missing: Mapping[str, str]) -> str:
    if not planes:
        return ""
    notes = bullets(f"not drawn: {safe(name)}, {safe(why)}" for name, why in missing.items())
    parts = ("## The most novelty that quality allows\n", f"{FRONTIER}\n", notes)
    return "\n".join((*filter(None, parts), "![The frontier](frontier.png)\n"))


def _more_figures(drawn: Collection[str]) -> str:
    """Return the section of the figures that are folded away, of those that were made."""
    shown = [
        f"**{name}**: {words} Every number is in [{name}.csv]({name}.csv).\n\n"
        f"![{name}]({name}.png)\n"
        for name, words in MORE.items()
        if f"{name}.png" in drawn
    ]
    if not shown:
        return ""
    return "\n".join(("<details><summary>More figures</summary>\n", *shown, "</details>\n"))


def _readme(
    made: Sequence[Table],
    every: Overall,
    name: str,
    board: Board | None,
    command: str,
    frontiers: str,
    more: str,
) -> str:
    sentence = f"{safe(board.summary)}.\n\n" if board and board.summary else ""
    parts = [
        f"# Leaderboard: {safe(name)}\n\n{sentence}"
        f"Made by `{command}` from [records.jsonl](records.jsonl); not to be edited by hand.\n",
        "![Agreement with the data](board.png)\n",
        *([_overall(every)] if every.lines else []),
        *(_section(table) for table in made),
        f"## Novelty against quality\n\n{TRADEOFF}\n\n"
        "![Novelty against quality](novelty_quality.png)\n",
        frontiers,
        more,
        f"## How to read it\n\n{bullets(f'**{word}**: {rule}' for word, rule in RULES.items())}",
        "What every metric is: open [index.html](index.html). Every number:"
        " [results.csv](results.csv) (one line each), [table.csv](table.csv) (means over seeds),"
        " [board.csv](board.csv) (all data sets),"
        " [board.json](board.json) (every table).\n",
    ]
    return "\n".join(part for part in parts if part)


def _overall(every: Overall) -> str:
    told, pairs = every.pairs
    listed = incomplete(every)
    parts = [
        f"## {every.title.capitalize()}\n",
        f"{told} of {pairs} pairs of models are told apart; † copies its training data there."
        " Letters in brackets: only because its seeds scatter too much.\n",
        overall_markdown(every),
        *(f"{safe(note)}\n" for note in every.notes),
        f"Not in this table:\n\n{listed}" if listed else "",
    ]
    return "\n".join(part for part in parts if part)


def _section(table: Table) -> str:
    counted = f"Agreement counts {', '.join(table.counted)}. " if table.counted else ""
    notes = bullets(map(safe, table.notes))
    failed = failures(table)
    parts = [
        f"## {safe(table.dataset)}\n\n{counted}{safe(protocol(table))}.\n",
        markdown(table, names=SHORT),
        f"<details><summary>Every metric</summary>\n\n{markdown(table)}\n</details>\n",
        notes,
        f"Without numbers:\n\n{failed}" if failed else "",
    ]
    return "\n".join(part for part in parts if part)

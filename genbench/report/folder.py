"""A board's folder, regenerated from its store: tables, figures and one page.

Everything written is a function of the records and of what is known of metrics, so that running it
again changes nothing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.landing import replace_file
from genbench.report.behaviour import failings, published_behaviour
from genbench.report.leaderboard import Table, tables
from genbench.report.markdown import SHORT, bullets, failures, markdown, safe
from genbench.report.reading import RULES, protocol
from genbench.report.terminal import print_table
from genbench.report.tradeoff import NOVELTY, Panel, novelty_quality_points
from genbench.runs import board_files
from genbench.runs.boards import Board
from genbench.runs.records import Record, newest
from genbench.runs.store import Store

__all__ = ["meanings", "print_table", "report"]

TRADEOFF = "Novelty against quality; the dashed line joins the models that none beats on both."
HEADLINE = "Agreement with the data: 0 is as noise, 1 is as real samples."
AGREEMENT = (
    "Agreement is how far a model has come from noise (0) to real samples (1), averaged over the"
    " metrics that a table names."
)


def report(
    folder: Path,
    *,
    board: Board | None = None,
    quality: str | None = None,
    novelty: str | None = None,
    beside: Sequence[Record] = (),
) -> list[Path]:
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
    novelty = None if novelty == NOVELTY else novelty  # a board may lack the default
    known = {name for record in found for name in record.scores}
    for name in (quality, novelty):
        if name is not None and name not in known:
            raise unknown_name("metric", name, known)
    panels = novelty_quality_points(found, quality, novelty or NOVELTY)
    name = folder.resolve().name
    if board is None and name in board_files.names():
        board = board_files.find(name)
    command = " ".join(
        ["genbench report", (board and board.file) or name]
        + ([f"--quality {quality}"] if quality else [])
        + ([f"--novelty {novelty}"] if novelty else [])
    )
    contents = _contents(found, panels, name, board.summary if board else "", command)
    return write_files(folder, contents)


def write_files(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files by their names, each in one step; return their paths.

    Raises:
        OSError: one could not be written.
    """
    return [replace_file(folder / name, content) for name, content in contents.items()]


def _contents(
    found: Sequence[Record], panels: Mapping[str, Panel], name: str, summary: str, command: str
) -> dict[str, bytes]:
    """Return what each file should hold."""
    from genbench.report import bars, figures, frames, plots
    from genbench.report.page import page

    made = tables(found)
    colours = figures.family_colours(record.family for record in found)
    tradeoff = plots.novelty_quality(panels, colours)
    headline = bars.agreement_bars(made, colours)
    html = page(
        f"Leaderboard: {name}",
        made,
        figures={
            HEADLINE: figures.svg(headline, letters=True),
            TRADEOFF: figures.svg(tradeoff, letters=True),
        },
        colours=colours,
        meanings=meanings(),
        failings=failings(published_behaviour()),
    )
    return {
        "README.md": _readme(made, name, summary, command).encode(),
        "results.csv": frames.to_csv(frames.long_frame(found)),
        "table.csv": frames.to_csv(frames.wide_frame(made)),
        "costs.csv": frames.to_csv(frames.cost_frame(found)),
        "board.png": figures.png(headline),
        "novelty_quality.png": figures.png(tradeoff),
        "novelty_quality.svg": figures.svg(tradeoff),
        "index.html": html.encode(),
    }


def meanings() -> dict[str, str]:
    """Return what each metric of the catalog is, in one sentence."""
    from genbench.metrics import CATALOG

    return {name: metric.meaning for name, metric in CATALOG.items()}


def _readme(made: Sequence[Table], name: str, summary: str, command: str) -> str:
    sentence = f"{safe(summary)}.\n\n" if summary else ""
    parts = [
        f"# Leaderboard: {safe(name)}\n\n{sentence}"
        f"Made by `{command}` from [records.jsonl](records.jsonl); not to be edited by hand.\n",
        "![Agreement with the data](board.png)\n",
        *(_section(table) for table in made),
        f"## Novelty against quality\n\n{TRADEOFF}\n\n"
        "![Novelty against quality](novelty_quality.png)\n",
        f"## How to read it\n\n{bullets([*RULES, AGREEMENT])}",
        "What every metric is: open [index.html](index.html). Every number:"
        " [results.csv](results.csv) (one line each), [table.csv](table.csv) (means over seeds).\n",
    ]
    return "\n".join(parts)


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

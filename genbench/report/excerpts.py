"""What models of sequences write, a few rows of each: text, with what it has copied, or lines."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import TypeVar

import numpy as np

from genbench.ground.text import printable
from genbench.report.html_parts import Look
from genbench.report.leaderboard import Row, Table
from genbench.report.markup import text
from genbench.scoring.excerpts import USUAL, Excerpt

Kind = TypeVar("Kind")

LINE_END = "⏎"
WRITTEN = "What they write"
WIDTH, HEIGHT = 200, 36  # of a line, in pixels
OF_TEXT = (
    "The first rows that each drew, with the first seed. Underlined is what stands in a training"
    f" row and is longer than the longest such part of {USUAL} % of test rows; grey are rows that"
    " cannot be, under the law of the data."
)
OF_SERIES = "The first series that each drew, with the first seed; all are drawn to one scale."


def excerpts(table: Table, look: Look) -> str:
    """Return what the models of a table write, the best first; nothing where they write nothing."""
    texts = [(row, _first(record.texts for record in row.records)) for row in table.rows]
    if any(rows for _, rows in texts):
        return listed(WRITTEN, OF_TEXT, ((row, map(_text, rows)) for row, rows in texts), look)
    series = [(row, _first(record.series for record in row.records)) for row in table.rows]
    every = [value for _, drawn in series for values in drawn for value in values]
    if not every:
        return ""
    low, high = map(float, np.percentile(every, [0.5, 99.5]))
    scale = (low, high - low or 1.0)
    lines = ((row, (_line(each, scale) for each in drawn)) for row, drawn in series)
    return listed(WRITTEN, OF_SERIES, lines, look)


def _first(of_seeds: Iterable[Sequence[Kind]]) -> Sequence[Kind]:
    """Return what the first seed that has any drew."""
    return next((found for found in of_seeds if found), ())


def listed(
    summary: str, told: str, of_models: Iterable[tuple[Row, Iterable[str]]], look: Look
) -> str:
    """Return what is to be looked at of each model of a table, folded under a line."""
    rows = "".join(
        f'<dt class="{look.family(row.family)}"><s></s>{text(row.model)}<dd>{written}'
        for row, drawn in of_models
        if (written := "".join(drawn))
    )
    return (
        f"<details class=texts><summary>{summary}</summary>"
        f"<p class=soft>{told}</p><dl>{rows}</dl></details>"
    )


def _text(found: Excerpt) -> str:
    """Return a row as a paragraph; its characters are data, whichever way they would be read."""
    ends = [0, *(end for part in found.copied for end in part), len(found.text)]
    pieces = "".join(
        f"<u>{_shown(found.text[start:stop])}</u>" if place % 2 else _shown(found.text[start:stop])
        for place, (start, stop) in enumerate(pairwise(ends))
    )
    kind = "" if found.possible else " class=no"
    return f"<p{kind}><bdi>{pieces}</bdi></p>"


def _shown(piece: str) -> str:
    return escape(printable(piece.replace("\n", LINE_END)))


def _line(values: Sequence[float], scale: tuple[float, float]) -> str:
    low, span = scale
    spots = " ".join(
        f"{place * WIDTH / max(len(values) - 1, 1):.0f},{_height((value - low) / span):.1f}"
        for place, value in enumerate(values)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden=true><polyline points="{spots}"/></svg>'
    )


def _height(share: float) -> float:
    """Return how far from the top of a picture a value is; outliers lie on its edge."""
    return HEIGHT * (1 - min(max(share, 0.0), 1.0))

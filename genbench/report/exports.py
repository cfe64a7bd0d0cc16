"""A board for other programs: JSON, CSV, LaTeX, BibTeX. All are functions of its records alone."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.strict_json import with_infinities_as_text
from genbench.report.citation import Citation
from genbench.report.frames import overall_frame, to_csv
from genbench.report.intervals import Interval
from genbench.report.latex import COLUMNS, bibtex, latex
from genbench.report.leaderboard import Row, Table
from genbench.report.overall import Line, Overall
from genbench.report.standing import Standing

SCHEMA = 1  # raised when what a key means changes, or a key goes

Format = Literal["latex", "csv", "json", "bibtex"]
FORMATS: tuple[Format, ...] = get_args(Format)
OF_ROWS = ("latex", "csv")  # of which a part can be had


def export(
    form: Format,
    made: Sequence[Table],
    every: Overall,
    cited: Citation,
    *,
    top: int | None = None,
    columns: Sequence[str] | None = None,
) -> bytes:
    """Return a board in a form; LaTeX and CSV are of the table of all data sets.

    `top` ends that table with so many models that compete; controls and copiers above the last of
    them stay in their place. `columns` are those of the form.

    Raises:
        BadInput: no data set has a headline, a column is unknown, or a part is asked of a form
            that is of the whole board.
    """
    if form not in OF_ROWS:
        for name, value in (("top", top), ("columns", columns)):
            if value is not None:
                raise BadInput(f"--{name} would do nothing: {form} is of the whole board.")
        return board_json(made, every, cited) if form == "json" else bibtex(cited).encode()
    if not every.lines:
        raise BadInput(f"There is no table of {cited.board}: no model has an agreement everywhere.")
    lines = _top(every.lines, top)
    if form == "latex":
        chosen = _columns(columns, (*COLUMNS, *every.datasets))
        return latex(made, replace(every, lines=lines), cited, columns=chosen).encode()
    frame = overall_frame(every).head(len(lines))  # ranks are among all
    chosen = _columns(columns, list(frame.columns))
    return to_csv(frame if chosen is None else frame[list(chosen)])


def board_json(made: Sequence[Table], every: Overall, cited: Citation) -> bytes:
    """Return a board as JSON of the schema `SCHEMA`: every row of every table, with all digits.

    Where there is no number there is null; an infinite one is text, as JSON has none.
    """
    values = {
        "schema": SCHEMA,
        "board": cited.board,
        "version": cited.version,
        "records": cited.records,
        "finished": cited.finished,
        "datasets": [
            {
                "name": table.dataset,
                "counted": list(table.counted),
                "rows": [_row(row) for row in table.rows],
                "curves": [_row(row) for row in table.curves],
            }
            for table in made
        ],
        "overall": {
            "datasets": list(every.datasets),
            "rows": [_line(line) for line in every.lines],
            "incomplete": [
                {"model": each.model, "family": each.family, "reasons": dict(each.reasons)}
                for each in every.incomplete
            ],
        },
    }
    text = json.dumps(
        with_infinities_as_text(values), indent=1, allow_nan=False, ensure_ascii=False
    )
    return (text + "\n").encode()


def _row(row: Row) -> dict[str, Any]:
    return {
        "model": row.model,
        "family": row.family,
        "competes": row.competes,
        **_interval(row.agreement),
        **_standing(row.standing),
        "copies": row.copies_train,
        "imputed": row.imputed,
        "faces": {name: _interval(face) for name, face in row.faces.items()},
        "n": len(row.records),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "model": line.model,
        "family": line.family,
        "competes": line.competes,
        **_interval(line.agreement),
        **_standing(line.standing),
        "copies": line.copies,
        "copies_on": list(line.copied),
        "imputed": line.imputed,
        "n": {name: len(row.records) for name, row in line.rows.items()},
    }


def _interval(found: Interval | None) -> dict[str, float | None]:
    if found is None:
        return {"agreement": None, "half": None, "df": None}
    return {"agreement": found.mean, "half": found.half, "df": found.degrees}


def _standing(found: Standing | None) -> dict[str, Any]:
    return {
        "letter": None if found is None else found.letter,
        "hollow": None if found is None else found.hollow,
        "rank": None if found is None else [found.first, found.last],
    }


def _top(lines: Sequence[Line], top: int | None) -> tuple[Line, ...]:
    """Return the lines down to the last of so many models that compete and do not copy."""
    able = [i for i, line in enumerate(lines) if line.may_lead]
    return tuple(lines if top is None or top >= len(able) else lines[: able[top - 1] + 1])


def _columns(chosen: Sequence[str] | None, known: Sequence[str]) -> tuple[str, ...] | None:
    if chosen is None:
        return None
    if not chosen:
        raise BadInput("--columns names no column.")
    for name in chosen:
        if name not in known:
            raise unknown_name("column", name, known)
    return tuple(chosen)

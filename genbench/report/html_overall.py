"""The table of all data sets as HTML."""

from genbench.report.columns import NOTHING
from genbench.report.html_parts import (
    Look,
    badges_of,
    family_cell,
    framed,
    head,
    name_cell,
    places,
    row_class,
    score_cell,
)
from genbench.report.html_table import AXIS_ENDS
from genbench.report.intervals import number
from genbench.report.leaderboard import Row
from genbench.report.markup import text
from genbench.report.overall import Line, Overall
from genbench.report.reading import AGREEMENT, RULES


def html_overall(found: Overall, look: Look) -> str:
    """Return the markup of the table."""
    heads = [
        head("rank", kind="rank", tip=RULES["rank"]),
        head("group", kind="group", tip=RULES["group"]),
        head("model"),
        head("family", kind="family"),
        head("agreement", kind="score", tip=AGREEMENT, down=True, sign=AXIS_ENDS),
        *(
            head(name, kind="heat", tip=f"Agreement on {name}", down=True)
            for name in found.datasets
        ),
        head("originality", tip=RULES["originality"], down=True),
        head("surprise", tip="Bayesian surprise over that of real samples", target=100),
        head("fit s", tip="Mean seconds of a fit; differs from machine to machine"),
    ]
    rows = "\n".join(_line(found, line, look) for line in found.lines)
    return framed(found.title, "".join(heads), rows)


def _line(found: Overall, line: Line, look: Look) -> str:
    share = f" {len(line.copied)}/{len(line.rows)}" * (len(line.copied) < len(line.rows))
    copies = f"copies{share}" if line.copies else ""
    mark = f"imputed on {line.imputed}" if line.imputed else ""
    cells = [
        places(line.standing),
        name_cell(look, line.model, badges_of(line.model, copies=copies, mark=mark)),
        family_cell(line.family),
        score_cell(line.agreement),
        *(_heat(line.rows.get(name)) for name in found.datasets),
        *(_per_cent(value) for value in (line.originality, line.surprise)),
        f"<td>{NOTHING}" if line.seconds is None else f"<td>{number(line.seconds)}",
    ]
    kind = row_class(look, line.family, competes=line.competes, copies=line.copies)
    return f"<tr{kind}>{''.join(cells)}"


def _heat(row: Row | None) -> str:
    """Return a shaded cell with its group, underlined where the model copies."""
    if row is None or row.agreement is None:
        return f'<td class="heat none" title="failed with every seed">{NOTHING}'
    shade = round(100 * min(max(row.agreement.mean, 0.0), 1.0))
    group = f"<sup>{text(row.standing.letter)}</sup>" if row.standing else ""
    copies = ' class="heat copies"' if row.copies_train else " class=heat"
    return f"<td{copies} style=--s:{shade}>{row.agreement.mean:z.2f}{group}"


def _per_cent(value: float | None) -> str:
    return f"<td>{NOTHING}" if value is None else f"<td>{100 * value:.0f} %"

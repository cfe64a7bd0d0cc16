"""One data set's table as HTML: every number with its tooltip, every missing one with its reason.

Every name and reason comes from somebody's model and is escaped; nothing else enters the markup.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from genbench.report.behaviour import Failing, warning
from genbench.report.intervals import Estimate, number
from genbench.report.leaderboard import NOTHING, Cell, Column, Row, Table
from genbench.report.markup import scrolling, text
from genbench.report.thumbnails import thumbnails
from genbench.runs.records import REAL, Record

AGREEMENT = (
    "How far the model has come from noise (0) to real samples (1): the mean over the metrics"
    " marked with a dot"
)
PLANE = 2  # numbers of a point
MARK = '<sup class="mark" role="img" aria-label="fails checks">!</sup>'
WAYS = {
    "low": "less is better",
    "high": "more is better",
    "match": "best where real samples are",
}


def hue(colours: Mapping[str, str], family: str) -> str:
    """Return the style attribute that carries a family's colour."""
    colour = colours.get(family, "")
    return f' style="--hue:{colour}"' if re.fullmatch(r"#[0-9a-f]{6}", colour) else ""


def of_pictures(table: Table) -> bool:
    """Whether samples are pictures: only pictures and points of the plane have a preview."""
    records = [record for row in table.rows for record in row.records]
    return any(len(sample) > PLANE for record in records for sample in record.preview)


def reading(column: Column, meanings: Mapping[str, str], warned: str = "") -> str:
    """Say all that is known of a metric in one line: what it is, which way, and the landmarks.

    `warned` is what it does wrong, if it does.
    """
    low, high = column.bounds
    way = WAYS[column.aim]
    if column.aim == "match" and column.ideal is not None:
        way = f"best at {column.ideal:g}"
    facts = [way, f"from {_bound(low)} to {_bound(high)}"]
    facts += [f"ideal {column.ideal:.4g}"] if column.ideal is not None else []
    facts += [f"chance {column.chance:.4g}"] if column.chance is not None else []
    meaning = meanings.get(column.name, "")
    return f"{meaning} [{'; '.join(facts)}] {warned}".strip()


def _bound(value: float) -> str:
    return number(value) if math.isinf(value) else f"{value:g}"


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a table is dressed with; none of it changes a number."""

    classes: Mapping[str, str]  # of each metric's cells, for whoever wants to hide a column
    colours: Mapping[str, str]  # of families
    meanings: Mapping[str, str]  # of metrics
    failings: Mapping[str, Sequence[Failing]]  # of metrics, in checks of them


def html_table(table: Table, look: Look) -> str:
    """Return the markup of one table."""
    pictures = thumbnails([record for row in table.rows for record in row.records])
    heads = "".join(_heads(table, look, pictures=bool(pictures)))
    rows = "\n".join(_row(table, row, look, pictures) for row in table.rows)
    width = len(table.columns) + 3 + bool(pictures)
    failed = "\n".join(_failed(record, width) for record in table.failures)
    return scrolling(
        table.dataset,
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n"
        f"<tbody>{failed}</tbody></table>",
    )


def _heads(table: Table, look: Look, *, pictures: bool) -> Iterable[str]:
    yield _head("rank", "Real samples and controls do not compete", "rank")
    yield _head("model", "", "name left")
    if pictures:
        yield '<th scope="col" class="left"><button type="button" disabled>samples</button></th>'
    yield _head("family", "", "left")
    yield _head("agreement", AGREEMENT, "left", way="down", arrow="↑")
    drawn = of_pictures(table)
    for column in table.columns:
        warned = warning(look.failings.get(column.name, ()), pictures=drawn)
        yield _head(
            column.words,
            reading(column, look.meanings, warned),
            look.classes[column.name],
            way="down" if column.aim == "high" else "up",
            target=_target(table, column) if column.aim == "match" else None,
            arrow=column.arrow,
            counted=column.name in table.counted,
            marked=bool(warned),
        )
    yield _head("fit seconds", "Mean over seeds; differs from machine to machine", "", arrow="↓")


def _head(
    label: str,
    tip: str,
    kind: str,
    *,
    way: str = "up",
    target: float | None = None,
    arrow: str = "",
    counted: bool = False,
    marked: bool = False,
) -> str:
    aim = f' data-target="{target!r}"' if target is not None else ""
    sign = f"<i>{text(arrow)}</i>" if arrow else ""
    return (
        f'<th scope="col" class="{kind}" data-way="{way}"{aim}><button type="button"'
        f' title="{text(tip)}"{" class=counted" * counted}>{text(label)}{MARK * marked}{sign}'
        "</button></th>"
    )


def _target(table: Table, column: Column) -> float | None:
    """Return what the values of a column should match."""
    if column.ideal is not None:
        return column.ideal
    real = next((row.cells[column.name].estimate for row in table.rows if row.model == REAL), None)
    return None if real is None else real.mean


def _row(table: Table, row: Row, look: Look, pictures: Mapping[str, str]) -> str:
    seconds = [r.fit_seconds for r in row.records if r.fit_seconds is not None]
    fit = Cell(estimate=Estimate((math.fsum(seconds) / len(seconds),))) if seconds else Cell()
    mark = f" <small>{text(row.mark)}</small>" if row.mark else ""
    rank = f' data-v="{row.rank.split("-")[0]}"' if row.rank else ""
    cells = [
        f'<td class="rank"{rank}>{row.rank or NOTHING}</td>',
        f'<th scope="row" class="name" data-v="{text(row.model)}" title="{text(row.model)}">'
        f"{text(row.model)}{mark}</th>",
        f'<td class="left">{pictures.get(row.model, "")}</td>' if pictures else "",
        _family(row.family, look),
        _bar(row, look),
        *(_cell(row.cells[c.name], look.classes[c.name]) for c in table.columns),
        _cell(fit, ""),
    ]
    kind = "" if row.competes else ' class="compare"'
    return f"<tr{kind}{_data(row.model, row.family)}>{''.join(cells)}</tr>"


def _failed(record: Record, width: int) -> str:
    name = f"{record.model} (seed {record.seed})"
    return (
        f'<tr class="failed"{_data(record.model, record.family)}><td class="rank">{NOTHING}</td>'
        f'<th scope="row" class="name" title="{text(name)}">{text(name)}</th>'
        f'<td class="why" colspan="{width}">{text(record.status)}'
        f"{f' in {text(record.phase)}' if record.phase else ''}</td></tr>"
    )


def _data(model: str, family: str) -> str:
    return f' data-model="{text(model)}" data-family="{text(family)}"'


def _family(family: str, look: Look) -> str:
    return (
        f'<td class="left" data-v="{text(family)}"><span class="chip"{hue(look.colours, family)}>'
        f"{text(family)}</span></td>"
    )


def _bar(row: Row, look: Look) -> str:
    """Return the headline as a bar with its interval."""
    found = row.agreement
    if found is None:
        return f'<td class="left none" title="not to be had here">{NOTHING}</td>'
    low, high = max(found.low, 0.0), min(found.high, 1.0)
    whisker = f'<u style="left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"></u>'
    return (
        f'<td class="left" data-v="{found.mean!r}">'
        f'<span class="bar"{hue(look.colours, row.family)}>'
        f'<b style="width:{100 * found.mean:.1f}%"></b>{whisker if found.half else ""}</span>'
        f"{_number(found)}</td>"
    )


def _cell(cell: Cell, kind: str) -> str:
    if cell.estimate is None:
        reason = text(cell.reason or "not measured")
        return f'<td class="{f"{kind} none".strip()}" title="{reason}">{NOTHING}</td>'
    kind = f"{kind} best" if cell.best else kind
    return f'<td class="{kind}" data-v="{cell.estimate.mean!r}">{_number(cell.estimate)}</td>'


def _number(estimate: Estimate) -> str:
    mean, sign, half = estimate.text.partition(" ± ")
    return f"{mean} <small>± {half}</small>" if sign else mean

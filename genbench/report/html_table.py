"""One data set's table as HTML: heads say what numbers are, and what is missing has its reason."""

import math
from collections.abc import Iterable

from genbench.report.behaviour import warning
from genbench.report.columns import NOTHING, OF_SEQUENCES, Cell, Column
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
from genbench.report.intervals import number
from genbench.report.leaderboard import Row, Table
from genbench.report.markup import text
from genbench.report.reading import AGREEMENT
from genbench.report.sprites import Sprite
from genbench.runs.records import REAL

WAYS = {
    "low": "less is better",
    "high": "more is better",
    "match": "best where real samples are",
}
GROUPS = {
    "sequences": OF_SEQUENCES,
    "distances": (
        "frechet_distance",
        "maximum_mean_discrepancy",
        "wasserstein_distance",
        "kernel_distance",
        "critic_distance",
        "bin_divergence",
    ),
    "tests": (
        "classifier_two_sample_test",
        "classifier_two_sample_p_value",
        "statistically_different_bins",
    ),
    "support": ("precision", "recall", "density", "coverage", "high_density_share"),
    "copying and novelty": ("authenticity", "bayesian_surprise", "birthday_support"),
    "classes": ("inception_score", "modified_inception_score", "mode_score", "am_score"),
    "likelihood": ("kernel_log_likelihood", "log_likelihood"),
}
OTHERS = "others"
GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
COUNTED = "<small>●</small>"
NOT_TRUSTED = "<small class=off>⚠</small>"
WARNED = '<sup role=img aria-label="fails checks or attacks">!</sup>'


def reading(column: Column, look: Look, *, pictures: bool) -> str:
    """Say all that is known of a metric in one line: what it is, which way, and the landmarks."""
    low, high = column.bounds
    way = WAYS[column.aim]
    if column.aim == "match" and column.ideal is not None:
        way = f"best at {column.ideal:g}"
    facts = [way, f"from {_bound(low)} to {_bound(high)}"]
    facts += [f"ideal {column.ideal:.4g}"] if column.ideal is not None else []
    facts += [f"chance {column.chance:.4g}"] if column.chance is not None else []
    meaning = look.meanings.get(column.name, "")
    warned = _warning(column, look, pictures=pictures)
    problem = f"No best here: {column.anchors.problem}." if not column.trusted else ""
    return f"{meaning} [{'; '.join(facts)}] {warned} {problem}".strip()


def _warning(column: Column, look: Look, *, pictures: bool) -> str:
    failed, fallen_to = look.failings.get(column.name, ()), look.falls.get(column.name, ())
    return warning(failed, fallen_to, pictures=pictures)


def html_table(table: Table, look: Look, samples: Sprite | None) -> str:
    """Return the markup of one table."""
    heads = "".join(_heads(table, look, samples))
    rows = "\n".join(_row(table, row, look, samples) for row in table.rows)
    return framed(table.dataset, heads, rows)


def group_of(metric: str) -> int:
    """Return which group of columns a metric is in."""
    return [*GROUPS, OTHERS].index(GROUP_OF.get(metric, OTHERS))


def column_rules(table: Table, where: str, *, samples: bool) -> Iterable[str]:
    """Return the rules that hide groups of columns, in the part of the page that `where` selects.

    Columns are told by their place: a class in every cell would make the page a tenth longer.
    """
    for place, column in enumerate(table.columns, start=6 + samples):
        unchecked = f".tools:has(#k{group_of(column.name)}:not(:checked))~main"
        yield f"{unchecked} {where} tr>:nth-child({place}){{display:none}}"


def _heads(table: Table, look: Look, samples: Sprite | None) -> list[str]:
    pictures = samples is not None and samples.pictures
    return [
        head("rank", kind="rank", tip="Real samples, controls and copiers have none"),
        head("group", kind="group", tip="Who cannot be told apart from the first of the group"),
        head("model"),
        *(["<th scope=col class=samples>samples"] if samples else []),
        head("family", kind="family"),
        head("agreement", kind="score", tip=AGREEMENT, down=True, sign=AXIS_ENDS),
        *(_head(table, column, look, pictures=pictures) for column in table.columns),
        head("fit s", tip="Mean seconds of a fit; differs from machine to machine"),
    ]


AXIS_ENDS = "<small class=ends><u>noise</u><u>real</u></small>"


def _head(table: Table, column: Column, look: Look, *, pictures: bool) -> str:
    warned = _warning(column, look, pictures=pictures)
    sign = COUNTED if column.name in table.counted else "" if column.trusted else NOT_TRUSTED
    return head(
        column.words,
        tip=reading(column, look, pictures=pictures),
        down=column.aim == "high",
        target=_target(table, column) if column.aim == "match" else None,
        sign=f"{WARNED if warned else ''}{sign}<i>{text(column.arrow)}</i>",
    )


def _target(table: Table, column: Column) -> float | None:
    """Return what the values of a column should match."""
    if column.ideal is not None:
        return column.ideal
    real = next((row.cells[column.name].estimate for row in table.rows if row.model == REAL), None)
    return None if real is None else real.mean


def _row(table: Table, row: Row, look: Look, samples: Sprite | None) -> str:
    cells = [
        places(row.standing),
        name_cell(look, row.model, badges_of(row.model, mark=row.mark)),
        *([_sample(row.model, samples)] if samples else []),
        family_cell(row.family),
        score_cell(row.agreement),
        *(_cell(row.cells[c.name]) for c in table.columns),
        f"<td>{NOTHING}" if row.seconds is None else f"<td>{number(row.seconds)}",
    ]
    kind = row_class(
        look,
        row.family,
        competes=row.competes or row.copies_test,
        copies=row.copies_train or row.copies_test,
    )
    return f"<tr{kind}>{''.join(cells)}"


def _sample(model: str, samples: Sprite) -> str:
    if model not in samples.models:
        return f"<td class=samples>{NOTHING}"
    place = samples.models.index(model)
    return f'<td class=samples><s role=img aria-label=samples style="--i:{place}"></s>'


def _cell(cell: Cell) -> str:
    if cell.estimate is None:
        return f'<td class=none title="{text(cell.reason or "not measured")}">{NOTHING}'
    mean, sign, half = cell.text.partition(" ± ")
    return f"<td{' class=best' * cell.best}>{mean}{f'<i>±{half}</i>' if sign else ''}"


def _bound(value: float) -> str:
    return number(value) if math.isinf(value) else f"{value:g}"

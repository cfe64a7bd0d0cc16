"""The board as one HTML page that opens from disk: no request, no script needed to read it.

Every name and reason comes from somebody's model and is escaped; nothing else enters the markup.
"""

from collections.abc import Iterable, Mapping, Sequence

from genbench.report.behaviour import Failing, warning
from genbench.report.html_table import AGREEMENT, Look, html_table, hue, of_pictures, reading
from genbench.report.intervals import joined
from genbench.report.leaderboard import Column, Table, failure
from genbench.report.losses import competes
from genbench.report.markup import card, figure, filled, header, text
from genbench.report.reading import RULES, protocol

READING = "How to read it"


def page(
    title: str,
    tables: Sequence[Table],
    *,
    figures: Mapping[str, bytes] | None = None,
    colours: Mapping[str, str] | None = None,
    meanings: Mapping[str, str] | None = None,
    failings: Mapping[str, Sequence[Failing]] | None = None,
) -> str:
    """Return the page: figures (caption to SVG), a table per data set, and how to read them."""
    colours, meanings, failings = colours or {}, meanings or {}, failings or {}
    columns = {column.name: column for table in tables for column in table.columns}
    classes = {name: f"m{index}" for index, name in enumerate(columns)}
    look = Look(classes=classes, colours=colours, meanings=meanings, failings=failings)
    first, *rest = [*_figures(figures or {}), ""]
    main = [
        first,
        _tools(tables, columns, classes, colours),
        *(_section(index, table, look) for index, table in enumerate(tables)),
        *rest,
        _reading(columns.values(), meanings, _warnings(tables, failings)),
    ]
    parts = {"title": text(title), "header": _header(title, tables), "main": "\n".join(main)}
    return filled("genbench.report", parts)


def _header(title: str, tables: Sequence[Table]) -> str:
    without = [record for table in tables for record in table.failures]
    records = [r for table in tables for row in table.rows for r in row.records] + without
    n_failed = sum(record.failed for record in without)
    models = {r.model for r in records} - {r.model for r in records if not competes(r)}
    facts = [
        f"{len(models)} model{'s' * (len(models) != 1)}",
        f"{len(tables)} data set{'s' * (len(tables) != 1)}",
        f"seeds {', '.join(map(str, sorted({r.seed for r in records})))}",
        f"genbench {joined({r.version for r in records if r.version})}",
        f"{n_failed} cell{'s' * (n_failed != 1)} failed, {len(without) - n_failed} skipped",
    ]
    links = {f"d{i}": table.dataset for i, table in enumerate(tables)}
    return header(title, text(" · ".join(facts)), links | {"reading": READING})


def _figures(figures: Mapping[str, bytes]) -> Iterable[str]:
    for caption, drawing in figures.items():
        yield f"<section>{figure(caption, drawing, kind='card')}</section>"


def _tools(
    tables: Sequence[Table],
    columns: Mapping[str, Column],
    classes: Mapping[str, str],
    colours: Mapping[str, str],
) -> str:
    families = sorted({row.family for table in tables for row in table.rows})
    chips = "".join(
        f'<button type="button" class="chip" aria-pressed="true" data-family="{text(family)}"'
        f"{hue(colours, family)}>{text(family)}</button>"
        for family in families
    )
    boxes = "".join(
        f'<label><input type="checkbox" checked value="{classes[name]}"> {text(c.words)}</label>'
        for name, c in columns.items()
    )
    return (
        '<section class="tools" hidden>'
        '<input type="search" id="search" placeholder="Show models named …" aria-label="Show models'
        f' whose name or family has these words">{chips}<details class="columns">'
        f"<summary>Columns</summary><div>{boxes}</div></details></section>"
    )


def _section(index: int, table: Table, look: Look) -> str:
    notes = "".join(f"<p class=soft>{text(note)}</p>" for note in table.notes)
    failures = "".join(
        f"<li><b>{text(record.model)}</b> (seed {record.seed}): {text(failure(record))}</li>"
        for record in table.failures
    )
    listed = f'<h3>Without numbers</h3><ul class="reasons">{failures}</ul>' if failures else ""
    return card(
        f"d{index}",
        table.dataset,
        f"<p class=soft>{text(protocol(table))}</p>{html_table(table, look)}{notes}{listed}",
    )


def _warnings(
    tables: Iterable[Table], failings: Mapping[str, Sequence[Failing]]
) -> Mapping[str, str]:
    """Return what metrics fail that matters to some table they are a column of."""
    drawn = {c.name for table in tables if of_pictures(table) for c in table.columns}
    return {name: warning(failed, pictures=name in drawn) for name, failed in failings.items()}


def _reading(
    columns: Iterable[Column], meanings: Mapping[str, str], warnings: Mapping[str, str]
) -> str:
    told = {c: reading(c, meanings, warnings.get(c.name, "")) for c in columns}
    listed = "".join(
        f"<dt>{text(column.words)} {text(column.arrow)}</dt><dd>{text(words)}</dd>"
        for column, words in told.items()
    )
    rules = "".join(f"<p>{text(rule)}</p>" for rule in RULES)
    return card(
        "reading",
        READING,
        f"{rules}<dl><dt>agreement ↑</dt><dd>{text(AGREEMENT)}.</dd>{listed}</dl>",
    )

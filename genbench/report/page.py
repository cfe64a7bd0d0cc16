"""The board as one HTML page that opens from disk: no request, no script needed to read it.

Every name and reason comes from somebody's model and is escaped; nothing else enters the markup.
Where a page would grow too large, tables of data sets are pages of their own, beside it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from genbench.report.behaviour import Failing
from genbench.report.cards import cards
from genbench.report.columns import Column
from genbench.report.excerpts import excerpts
from genbench.report.frontier import Plane
from genbench.report.html_overall import html_overall
from genbench.report.html_parts import Look
from genbench.report.html_table import (
    column_rules,
    group_of,
    html_table,
    reading,
)
from genbench.report.html_tools import file_name, tools
from genbench.report.intervals import joined
from genbench.report.leaderboard import Table
from genbench.report.markup import filled, text
from genbench.report.overall import Overall
from genbench.report.planes import frontier_plane, plane
from genbench.report.reading import RULES, protocol
from genbench.report.reasons import missing
from genbench.report.sprites import Sprite, of_pictures, sprite
from genbench.report.standouts import standouts
from genbench.report.summary import summary
from genbench.report.tradeoff import Panel
from genbench.sequences import decoders

MOST_BYTES = 500_000
PICTURE_HEIGHT = 26  # pixels of a strip of pictures in a row
PLANES = (
    "The star and the cross are real samples. Left of them: nearer to the training samples than"
    " real ones are. Below: off the data. Ringed: the lead group. Lines are the range of seeds;"
    " noise may stand at the edge. Point at a model for its name. The frontier is the most novelty"
    " of any samples of such quality, with a band for the number of kinds that samples are told"
    " apart by, and dotted lines at 50, 75 and 90 % of it; how near a model comes ranks nobody."
)


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a page shows beside the tables."""

    title: str
    panels: Mapping[str, Panel] = field(default_factory=dict)  # novelty against quality
    frontiers: Mapping[str, Plane] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)  # of families
    meanings: Mapping[str, str] = field(default_factory=dict)  # of metrics
    failings: Mapping[str, Sequence[Failing]] = field(default_factory=dict)  # of metrics
    falls: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of metrics, in attacks
    summaries: Mapping[str, str] = field(default_factory=dict)  # of baselines; others are own
    citation: str = ""


def pages(tables: Sequence[Table], every: Overall, content: Content) -> dict[str, bytes]:
    """Return the page, `index.html`, and those of data sets that had to be parted from it."""
    look = _look(tables, content)
    body = _Body(
        header=_header(content.title, tables),
        top=summary(every, tables, look),
        whole=html_overall(every, look) + _notes(every) if every.lines else "",
        title=every.title,
        foot=_reading(tables, look) + _lists(tables, every, content),
        cards=cards(every, tables, look, content.summaries),
    )
    views = {table.dataset: _view(i, table, content, look) for i, table in enumerate(tables)}
    sizes = {name: view.size for name, view in views.items()}
    room = MOST_BYTES - len(_page(content.title, {}, (), look, body))
    parted: list[str] = []
    while sum(sizes[name] for name in views if name not in parted) > room:
        left = [name for name in views if name not in parted]
        if not left or (len(left) == 1 and not body.whole):
            break
        parted.insert(0, left[-1])
    kept = {name: view for name, view in views.items() if name not in parted}
    made = {"index.html": _page(content.title, kept, parted, look, body)}
    for name in parted:
        title = f"{content.title} / {name}"
        alone = _Body(header=_header(title, tables, index="index.html"), cards=body.cards)
        made[f"{file_name(name)}.html"] = _page(title, {name: views[name]}, (), look, alone)
    return made


class _View(NamedTuple):
    """A data set on a page: its table, and its plane of novelty and quality."""

    table: str
    plane: str
    groups: frozenset[int]  # of columns, those that it has

    @property
    def size(self) -> int:
        """In bytes."""
        return len(f"{self.table}{self.plane}".encode())


@dataclass(frozen=True, kw_only=True)
class _Body:
    """The markup around the data sets."""

    header: str
    top: str = ""
    whole: str = ""  # the table of all data sets
    title: str = ""  # of that table
    foot: str = ""
    cards: str = ""


def _page(
    title: str, views: Mapping[str, _View], parted: Sequence[str], look: Look, body: _Body
) -> bytes:
    shown = {body.title: body.whole} if body.whole else {}
    shown |= {name: view.table for name, view in views.items()}
    sections = "\n".join(
        f"<section class=view id=v{index}>{table}</section>"
        for index, table in enumerate(shown.values())
    )
    groups = {group for view in views.values() for group in view.groups}
    drawn = "".join(view.plane for view in views.values())
    planes = (
        f"<section id=planes><h2>Novelty and quality</h2><p class=soft>{text(PLANES)}</p>"
        f"<div class=planes>{drawn}</div></section>"
    )
    parts = {
        "title": text(title),
        "rules": "\n".join(_rules(list(shown), look)),
        "header": body.header,
        "top": body.top,
        "tools": tools(list(shown), groups, parted, look),
        "main": f"{sections}\n{planes if drawn else ''}\n{body.foot}",
        "cards": body.cards,
    }
    return filled("genbench.report", parts).encode()


def _look(tables: Sequence[Table], content: Content) -> Look:
    models = sorted({model for table in tables for model in table.families})
    named = set(content.summaries)
    competing = {row.model for table in tables for row in table.rows if row.competes}
    return Look(
        colours=content.colours,
        meanings=content.meanings,
        failings=content.failings,
        falls=content.falls,
        cards={model: number for number, model in enumerate(models)},
        own=frozenset(model for model in competing if decoders.split(model)[0] not in named)
        if named
        else frozenset(),
    )


def _rules(views: Sequence[str], look: Look) -> Iterable[str]:
    """Return the rules of tabs and filters, which work without a script."""
    for family, colour in look.colours.items():
        if re.fullmatch(r"#[0-9a-f]{6}", colour):
            yield f".{look.family(family)}{{--c:{colour}}}"
    yield "@supports selector(:has(*)){@media screen{"
    if len(views) > 1:
        for index in range(len(views)):
            yield f".tools:has(#t{index}:checked)~main .view:not(#v{index}){{display:none}}"
    for family in look.colours:
        kind = look.family(family)
        yield f".tools:has(#on-{kind}:not(:checked))~main tr.{kind}{{display:none}}"
    yield "}}"


def _header(title: str, tables: Sequence[Table], *, index: str = "") -> str:
    """Return the head of a page; on others than the first, `index` leads back there."""
    records = [r for t in tables for row in t.rows for r in row.records]
    competing = {row.model for table in tables for row in table.rows if row.competes}
    models = {decoders.split(model)[0] for model in competing}
    seeds = {record.seed for record in records}
    facts = [
        f"{len(models)} model{'s' * (len(models) != 1)}",
        f"{len(tables)} data set{'s' * (len(tables) != 1)}",
        f"{len(seeds)} seed{'s' * (len(seeds) != 1)}",
        f"genbench {joined({r.version for r in records if r.version})}",
    ]
    links = {index: "all data sets"} if index else {}
    links |= {
        "results.csv": "every number",
        f"{index}#reading": "how to read it",
        f"{index}#measures": "measures",
        f"{index}#cite": "cite",
    }
    named = " · ".join(f'<a href="{where}">{words}</a>' for where, words in links.items())
    return (
        f"<header><h1>genbench <span>/ {text(title)}</span></h1>"
        f"<p class=soft>{text(', '.join(facts))} · {named}</header>"
    )


def _view(index: int, table: Table, content: Content, look: Look) -> _View:
    records = [record for row in table.rows for record in row.records]
    samples = sprite(records)
    notes = "".join(f"<li>{text(note)}" for note in table.notes)
    listed = f"<ul class=soft>{notes}</ul>" if notes else ""
    panel = content.panels.get(table.dataset)
    frontier = content.frontiers.get(table.dataset)
    return _View(
        table=f"<div class=d{index}>{_style(index, table, samples)}"
        f"{html_table(table, look, samples)}"
        f"<p class=soft>{text(table.dataset)}: {text(protocol(table))}.</p>{listed}"
        f"{excerpts(table, look)}{standouts(index, table, look)}</div>",
        plane=("" if panel is None else plane(panel, table, look))
        + ("" if frontier is None else frontier_plane(frontier, table, look)),
        groups=frozenset(group_of(column.name) for column in table.columns),
    )


def _style(index: int, table: Table, samples: Sprite | None) -> str:
    """Return the style of one table: its part of the picture of samples, and hidden columns."""
    where = f".d{index}"
    rules = [
        "@supports selector(:has(*)){@media screen{",
        *column_rules(table, where, samples=samples is not None),
        "}}",
    ]
    if samples is not None:
        zoom = PICTURE_HEIGHT / samples.height if samples.pictures else 1.0
        width, height = (f"{size * zoom:.0f}px" for size in (samples.width, samples.height))
        dark = "" if samples.pictures else ";filter:var(--ink-filter)"
        rules.append(
            f"{where} .samples s{{background-image:url({samples.source});background-size:{width}"
            f" auto;width:{width};height:{height};--h:{height}{dark}}}"
        )
    return f"<style>{''.join(rules)}</style>"


def _reading(tables: Sequence[Table], look: Look) -> str:
    rules = "".join(f"<dt>{text(word)}<dd>{text(rule)}" for word, rule in RULES.items())
    told: dict[str, tuple[Column, bool]] = {}
    for table in tables:
        pictures = of_pictures(r for row in table.rows for r in row.records)
        for column in table.columns:
            told.setdefault(column.name, (column, pictures))
    measures = "".join(
        f"<dt>{text(column.words)} {text(column.arrow)}"
        f"<dd>{text(reading(column, look, pictures=pictures))}"
        for name, (column, pictures) in told.items()
    )
    return (
        f"<section id=reading><h2>How to read it</h2><dl>{rules}</dl></section>"
        f"<section id=measures><h2>Measures</h2><dl>{measures}</dl></section>"
    )


def _lists(tables: Sequence[Table], every: Overall, content: Content) -> str:
    """Return what is not in the tables, and why: nothing is left out in silence."""
    incomplete = [
        f"<b>{text(each.model)}</b>, {each.done} of {each.of} data sets: "
        + text("; ".join(f"{name}: {why}" for name, why in each.reasons.items()))
        for each in every.incomplete
    ]
    otherwise = [
        f"<b>{text(r.model)}</b> on {text(t.dataset)}, seed {r.seed}: {text(why)}"
        for t in tables
        for r, why in t.otherwise
    ]
    failures = [
        f"{', '.join(f'<b>{text(model)}</b>' for model in each.models)}"
        f" on {text(table.dataset)}, {each.on}: {text(each.why)}"
        for table in tables
        for each in missing(table.failures)
    ]
    cite = [f"<pre>{text(content.citation)}</pre>"] if content.citation else []
    named = {
        "incomplete": ("Incomplete: not in the table of all data sets", incomplete),
        "otherwise": ("Made otherwise: not beside the others", otherwise),
        "failures": ("Without numbers", failures),
    }
    lists = "".join(
        f"<section id={anchor}><h2>{title}</h2><ul>{''.join(f'<li>{line}' for line in lines)}</ul>"
        "</section>"
        for anchor, (title, lines) in named.items()
        if lines
    )
    return f"{lists}<section id=cite><h2>Cite</h2>{''.join(cite)}</section>"


def _notes(every: Overall) -> str:
    """Return what is to be said under the table of all data sets."""
    return "".join(f"<p class=soft>{text(note)}" for note in every.notes)

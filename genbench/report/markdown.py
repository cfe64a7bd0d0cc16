"""Tables as Markdown, for the page that a forge shows beside the records."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from genbench.report.columns import NOTHING, Cell, Column
from genbench.report.leaderboard import Row, Table, plain
from genbench.report.overall import Overall
from genbench.report.reasons import missing
from genbench.report.standing import Standing

LONGEST = 400  # characters of a reason
SHORT = (  # the columns of the first table; all the others are below it
    "frechet_distance",
    "maximum_mean_discrepancy",
    "wasserstein_distance",
    "classifier_two_sample_test",
    "precision",
    "recall",
    "coverage",
    "authenticity",
    "high_density_share",
    "bayesian_surprise",
)

JOINER = "\u2060"
# Underscores within a word are no markup.
MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])")
# The colon of http://, mailto: and :smile:, the dot of www., the signs of @name, a@b.c and #1.
LINKED = re.compile(
    r"(?<=\w):(?=//)|\b(?:mailto|xmpp|javascript|data):|:(?=[\w+-]+:)|\bwww\.|@|#(?=\w)", re.I
)


def markdown(table: Table, *, names: Sequence[str] | None = None) -> str:
    """Return the table with these metrics, or with all."""
    columns = [c for c in table.columns if names is None or c.name in names]
    heads = ["rank", "group", "model", "family", "agreement ↑"]
    heads += [f"{column.words} {column.arrow}" for column in columns]
    lines = [_row(row, columns) for row in table.rows]
    blanks = [NOTHING] * len(columns)
    families = table.families
    for each in missing(table.failures):
        for model in each.models:
            name, family = f"{safe(model)} ({each.on})", safe(families[model])
            lines.append([NOTHING, NOTHING, name, family, f"*{safe(each.became)}*", *blanks])
    return grid(heads, lines, sides=[*[":--"] * 4, *["--:"] * (len(heads) - 4)])


def failures(table: Table) -> str:
    """Return a list of what has no numbers, and why."""
    return bullets(
        f"{', '.join(f'**{safe(model)}**' for model in each.models)}, {each.on}:"
        f" {safe(_cut(each.why))}"
        for each in missing(table.failures)
    )


def grid(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    sides: Sequence[str] | None = None,
) -> str:
    """Return a table of cells that are Markdown already; `sides` say where columns are flush."""
    lines = [heads, sides or ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def bullets(sentences: Iterable[str]) -> str:
    """Return a list of sentences that are Markdown already."""
    return "".join(f"- {sentence}\n" for sentence in sentences)


def safe(words: str) -> str:
    """Make text from elsewhere inert: no markup, no HTML, no end of a cell, no link, no mention.

    A word joiner, which does not show, parts what would be taken for an address, a person, an issue
    or a picture of a face, wherever the page is looked at.
    """
    parted = LINKED.sub(lambda found: f"{found[0]}{JOINER}", plain(words))
    return MARKUP.sub(r"\\\g<0>", escape(parted, quote=False))


def _row(row: Row, columns: Iterable[Column]) -> list[str]:
    name = _named(row.model, competes=row.competes)
    if row.mark:
        name += f" ({row.mark})"
    headline = row.agreement.text if row.agreement else NOTHING
    cells = [_cell(row.cells[column.name]) for column in columns]
    return [*places(row.standing), name, safe(row.family), headline, *cells]


def overall_markdown(found: Overall) -> str:
    """Return the table of all data sets."""
    heads = ["rank", "group", "model", "family", "agreement ↑", *map(safe, found.datasets)]
    heads += ["originality", "surprise"]
    lines = [
        [
            *places(line.standing),
            f"{_named(line.model, competes=line.competes)}{' (copies)' * line.copies}",
            safe(line.family),
            line.agreement.text,
            *(_short(line.rows.get(name)) for name in found.datasets),
            *(_per_cent(value) for value in (line.originality, line.surprise)),
        ]
        for line in found.lines
    ]
    return grid(heads, lines, sides=[*[":--"] * 4, *["--:"] * (len(heads) - 4)])


def incomplete(found: Overall) -> str:
    """Return a list of what is not in the table of all data sets, and why."""
    return bullets(
        f"**{safe(each.model)}**, {each.done} of {each.of} data sets: "
        + safe(_cut("; ".join(f"{name}: {why}" for name, why in each.reasons.items())))
        for each in found.incomplete
    )


def places(standing: Standing | None) -> list[str]:
    """Return the cells of rank and group; a hollow letter is in brackets."""
    if standing is None:
        return [NOTHING, NOTHING]
    return [standing.rank, f"({standing.letter})" if standing.hollow else standing.letter]


def _named(model: str, *, competes: bool) -> str:
    return safe(model) if competes else f"*{safe(model)}*"


def _short(row: Row | None) -> str:
    if row is None or row.agreement is None:
        return NOTHING
    return f"{row.agreement.mean:z.2f}{'†' * row.copies_train}"


def _per_cent(value: float | None) -> str:
    return NOTHING if value is None else f"{100 * value:.0f} %"


def _cell(cell: Cell) -> str:
    return f"**{cell.text}**" if cell.best else cell.text


def _cut(words: str) -> str:
    """Keep one long reason from filling the page; the CSV has it whole."""
    return words if len(words) <= LONGEST else f"{words[:LONGEST]} …"

"""A card for each model: what it is, and how it does on every data set, seed by seed."""

from collections.abc import Mapping, Sequence

from genbench.report.columns import NOTHING
from genbench.report.html_parts import AXIS, PER_CENT, Look
from genbench.report.leaderboard import Row, Table
from genbench.report.markup import text
from genbench.report.overall import NOVELTY, Overall, why_nothing


def cards(found: Overall, made: Sequence[Table], look: Look, summaries: Mapping[str, str]) -> str:
    """Return the markup of all cards; they open over the page."""
    return "\n".join(
        _card(model, number, found, made, look, summaries) for model, number in look.cards.items()
    )


def _card(
    model: str,
    number: int,
    found: Overall,
    made: Sequence[Table],
    look: Look,
    summaries: Mapping[str, str],
) -> str:
    line = found.by_model.get(model)
    whole = (
        f"<p>Over {found.title}: agreement {line.agreement.text}"
        f"{f', group {line.standing.letter}, places {line.rank}' if line.standing else ''}"
        f"{', all but surely as good as real samples' if line.as_real else ''}.</p>"
        if line
        else ""
    )
    rows = "".join(_row(table, model) for table in made)
    family = next(table.families[model] for table in made if model in table.families)
    about = f"<p class=soft>{text(summaries[model])}</p>" if model in summaries else ""
    return (
        f'<div popover id=c{number} class="card {look.family(family)}">'
        f"<button type=button class=close popovertarget=c{number} aria-label=close>×</button>"
        f"<h3><s></s>{text(model)}</h3>{about}{whole}<table><thead><tr><th scope=col>data set"
        "<th scope=col>group<th scope=col class=seeds>seeds<th scope=col>agreement"
        "<th scope=col>originality<th scope=col>surprise</thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(table: Table, model: str) -> str:
    row = table.by_model.get(model)
    head = f"<tr><th scope=row>{text(table.dataset)}"
    if row is None:
        return f"{head}<td colspan=5 class=why>{text(why_nothing(table, model))}"
    group = row.standing.letter if row.standing else NOTHING
    return (
        f"{head}<td>{group}<td class=seeds><b>{_seeds(row)}</b>"
        f"<td>{row.agreement.text if row.agreement else NOTHING}<td>{_originality(row)}"
        f"<td>{row.cells[NOVELTY].text if NOVELTY in row.cells else NOTHING}"
    )


def _seeds(row: Row) -> str:
    values = row.agreement.values if row.agreement and not row.imputed else ()
    spots = (min(max(value, 0.0), AXIS) * PER_CENT for value in values)
    return "".join(f"<u style=left:{spot:.0f}%></u>" for spot in spots)


def _originality(row: Row) -> str:
    found = row.originality
    if found is None or found.relative is None:
        return NOTHING
    shown = f"{100 * found.relative:.0f} %"
    return f"<mark>{shown}</mark>" if found.copies else shown

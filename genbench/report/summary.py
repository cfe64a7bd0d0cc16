"""What a reader should know after ten seconds: who is in front, who copies, how far to trust it."""

from collections.abc import Iterable, Sequence

from genbench.report.anchors import CONTROLS
from genbench.report.html_parts import Look
from genbench.report.leaderboard import Table
from genbench.report.markup import text
from genbench.report.overall import Line, Overall
from genbench.report.standing import wrongly_shut_out
from genbench.runs.records import REAL

MOST_NAMES = 8
TOLD = {
    REAL: "what a perfect model gets",
    "copycat": "returns training samples",
    "noisy_bootstrap": "returns them with a little noise",
    "noise": "uniform over the range",
}


def summary(found: Overall, made: Sequence[Table], look: Look) -> str:
    """Return the three panels."""
    front, copies = _front(found.lines, look), _copies(found.lines, look)
    return f"<div class=top>{front}{copies}{_trust(found, made)}</div>"


def _front(listed: Sequence[Line], look: Look) -> str:
    able = [each for each in listed if each.may_lead]
    group = [each for each in able if each.standing and each.standing.letter == "A"]
    sure = [each for each in group if _is_sure(each)]
    unsure = [each for each in group if each not in sure]
    if not able:
        return _panel("In front", "", "<p>No model has an agreement on every data set.</p>")
    of_whom = " of the first" if len(group) > 1 else ""
    big = f"{(group or able)[0].agreement.mean:.2f}<small>agreement{of_whom}</small>"
    if not group:
        names = _chips(able[:MOST_NAMES], look)
        words = "Fewer than three seeds: an order, not a ranking. The first are:"
        return _panel("In front", big, f"<p>{words}</p>{names}")
    if len(group) > 1:
        told = f"{len(sure)} model{_s(len(sure))} in front, which cannot be told apart (a solid A):"
    elif any(each.standing for each in able if each not in group):
        told = "One model is told apart from all others:"
    else:
        told = "One model alone has seeds enough for a rank:"
    more = (
        f"<p class=soft>{len(unsure)} more may be as good: a hollow A, for {_their(unsure)}"
        f" numbers scatter too much from seed to seed to tell. {_names(unsure)}.</p>"
        if unsure
        else ""
    )
    return _panel("In front", big, f"<p>{told}</p>{_chips(sure, look)}{more}")


def _is_sure(line: Line) -> bool:
    """Whether a model is in front, and not only because its seeds scatter."""
    standing = line.standing
    return standing is not None and standing.letter == "A" and not standing.hollow


def _copies(listed: Sequence[Line], look: Look) -> str:
    able = [each for each in listed if each.competes and not each.decoded]
    hard = [each for each in able if each.copies]
    soft = [each for each in able if each.copied and not each.copies]
    where: dict[str, int] = {}
    for each in soft:
        for name in each.copied:
            where[name] = where.get(name, 0) + 1
    places = (
        f"on {text(next(iter(where)))} alone"
        if len(where) == 1
        else "on single data sets"
        f" ({', '.join(f'{n} on {text(name)}' for name, n in sorted(where.items()))})"
    )
    front = sum(_is_sure(each) for each in soft)
    among = f", {front} of those in front among them" if front else ""
    words = "on most data sets: shown, not ranked." if hard else "No model does, on most data sets."
    more = (
        f"<p class=soft>{len(soft)} more cop{'ies' if len(soft) == 1 else 'y'} {places}, where"
        f" {_their(soft)} numbers are underlined{among}.</p>"
        if soft
        else ""
    )
    body = f"{_chips(hard, look)}<p>{words}</p>{more}"
    big = f"{len(hard)}<small>model{_s(len(hard))}</small>"
    return _panel("Copies its training data", big, body, kind="warn")


def _trust(found: Overall, made: Sequence[Table]) -> str:
    by_model = found.by_model
    anchors = "".join(
        f"<tr><th scope=row>{text(name.strip('()'))}<td>{by_model[name].agreement.mean:z.2f}"
        f"<td>{TOLD[name]}"
        for name in (CONTROLS[0], *CONTROLS[2:], CONTROLS[1])
        if name in by_model
    )
    told, pairs = found.pairs
    seeds = {len({r.seed for row in table.rows for r in row.records}) for table in made}
    ranked = [each.agreement for each in found.lines if each.standing is not None]
    several = (
        f"<p>{'/'.join(map(str, sorted(seeds)))} seeds tell {told} of {pairs} pairs apart, of"
        f" {len(ranked)} ranked models. Were all of these equally good, such a board would part one"
        f" from the leader by mistake in {_per_cent(wrongly_shut_out(ranked))} of cases.</p>"
        if pairs
        else "<p>One model alone is ranked: there is no pair to tell apart.</p>"
        if ranked
        else "<p>Fewer than three seeds: nothing is told apart.</p>"
    )
    out: dict[str, list[str]] = {}
    for table in made:
        for column in table.columns:
            if column.name in table.headline and not column.anchors.counts:
                out.setdefault(column.words, []).append(table.dataset)
    listed_out = "; ".join(f"{text(n)} on {text(', '.join(where))}" for n, where in out.items())
    dropped = (
        "<p class=soft>Not counted, as noise and real samples are too near to each other there:"
        f" {listed_out}.</p>"
        if out
        else ""
    )
    return _panel("How far to trust it", "", f"<table>{anchors}</table>{several}{dropped}")


def _panel(title: str, big: str, body: str, *, kind: str = "") -> str:
    named = f" class={kind}" if kind else ""
    number = f"<b class=big>{big}</b>" if big else ""
    return f"<article{named}>{number}<h2>{text(title)}</h2>{body}</article>"


def _chips(listed: Iterable[Line], look: Look) -> str:
    chips = "".join(
        f'<button type=button class="chip {look.family(each.family)}"'
        f" popovertarget=c{look.cards[each.model]}><s></s>{text(each.model)}</button>"
        for each in listed
    )
    return f"<p>{chips}</p>" if chips else ""


def _their(listed: Sequence[Line]) -> str:
    return "its" if len(listed) == 1 else "their"


def _names(listed: Sequence[Line]) -> str:
    shown = ", ".join(text(each.model) for each in listed[:MOST_NAMES])
    more = len(listed) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"


def _s(n: int) -> str:
    return "s" * (n != 1)

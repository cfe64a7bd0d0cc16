"""What the tables of a page share: places, names, and the agreement on its axis.

Every name and reason comes from somebody's model and is escaped; nothing else enters the markup.
End tags that HTML does without are left out: there are ten thousand cells on a page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from genbench.report.behaviour import Failing
from genbench.report.columns import NOTHING
from genbench.report.intervals import Interval
from genbench.report.markup import scrolling, text
from genbench.report.reading import KEY
from genbench.report.standing import Standing
from genbench.runs.records import REAL

AXIS = 1.08  # where an axis of agreements ends
PER_CENT = 100 / AXIS


@dataclass(frozen=True, kw_only=True)
class Look:
    """What tables are dressed with; none of it changes a number."""

    colours: Mapping[str, str]  # of families
    meanings: Mapping[str, str]  # of metrics
    failings: Mapping[str, Sequence[Failing]]  # of metrics, in checks of them
    falls: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of metrics, in attacks
    cards: Mapping[str, int]  # the card of each model
    own: frozenset[str] = frozenset()  # models that are no baselines

    def family(self, name: str) -> str:
        """Return the class of a family's rows; what has no colour shares one of its own."""
        known = sorted(self.colours)
        return f"f{known.index(name) if name in known else len(known)}"


def framed(name: str, heads: str, rows: str) -> str:
    """Return a table of that name with its key."""
    table = f"<table><thead><tr>{heads}</thead>\n<tbody>\n{rows}\n</tbody></table>"
    return f"<p class=soft>{text(KEY)}</p>{scrolling(name, table)}"


def row_class(look: Look, family: str, *, competes: bool, copies: bool) -> str:
    """Return the class attribute of a row: its family, and whether it is out of the ranking."""
    kind = " control" if not competes else " copier" if copies else ""
    return f' class="{look.family(family)}{kind}"'


def places(standing: Standing | None) -> str:
    """Return the cells of rank and group."""
    if standing is None:
        return f"<td class=rank>{NOTHING}<td class=group>"
    hollow = ' class=hollow title="only because its seeds scatter too much to tell"'
    depth = min(ord(standing.letter[-1]) - ord("A"), 4) if len(standing.letter) == 1 else 4
    kind = hollow if standing.hollow else f" class=g{depth}"
    rank = standing.rank.replace("-", "–")
    return f"<td class=rank>{rank}<td class=group><em{kind}>{standing.letter}</em>"


def name_cell(look: Look, model: str, badges: Sequence[str]) -> str:
    """Return the cell of a model's name, which opens its card, and what is to be said beside it."""
    marks = "".join(f" <mark>{text(badge)}</mark>" for badge in badges)
    own = " class=own" if model in look.own else ""
    shown = text(model).replace("_", "_<wbr>").replace("/", "/<wbr>")
    return (
        f"<th scope=row{own}><button type=button popovertarget=c{look.cards[model]}>{shown}"
        f"</button>{marks}"
    )


def family_cell(family: str) -> str:
    """Return the cell of a family."""
    return f"<td class=family><s></s>{text(family)}"


def score_cell(found: Interval | None) -> str:
    """Return the agreement as a dot on an axis, with its interval, and in figures."""
    if found is None:
        return f'<td class="score none" title="not to be had here">{NOTHING}'
    half = found.half
    low, mean, high = (_on_axis(value) for value in (found.low, found.mean, found.high))
    spread = f"<i>±{half:.2f}</i>" if half is not None else ""
    return (
        f'<td class=score><b style="--l:{low};--m:{mean};--h:{high}"></b>{found.mean:z.2f}{spread}'
    )


def badges_of(model: str, *, copies: str = "", mark: str = "") -> list[str]:
    """Return what stands beside a name."""
    return [words for words in (copies, mark) if words and model != REAL]


def head(
    label: str,
    *,
    kind: str = "",
    tip: str = "",
    down: bool = False,
    target: float | None = None,
    sign: str = "",
) -> str:
    """Return the head of a column: a button that sorts by it, best first.

    `down` says that more is better, `target` that what is nearest to it is.
    """
    named = f" class={kind}" if kind else ""
    way = " data-down" if down else ""
    aim = f' data-target="{target:.6g}"' if target is not None else ""
    told = f' title="{text(tip)}"' if tip else ""
    return f"<th scope=col{named}{way}{aim}><button type=button{told}>{text(label)}{sign}</button>"


def _on_axis(value: float) -> str:
    return f"{min(max(value, 0.0), AXIS) * PER_CENT:.1f}".removesuffix(".0")

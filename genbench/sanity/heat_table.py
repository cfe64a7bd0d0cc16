"""Every metric by every check as an HTML table: the figure's colours, and each cell's numbers.

It shares nothing with a board's table (`genbench.report.html_table`) but its frame: a cell here is
a verdict, there a number with its rank and interval.
"""

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_hex

from genbench.report.markup import scrolling, text
from genbench.sanity.check import Desideratum
from genbench.sanity.heatmap import COLOURS, ENDS, RANKING, cells_of, sign, strength_of
from genbench.sanity.judging import Judgement
from genbench.sanity.results import Results
from genbench.sanity.summary import Standing

STEPS = 20  # of colour, from -1 to 1
DARK_INK = "#222"  # the colours are light on any screen


def heat_table(results: Results) -> str:
    """Return the markup; rows and columns as in the figure."""
    rows, columns, *_ = cells_of(results.of_sound, results.checks, list(results.sound))
    shown = {(one.finding.metric, one.finding.check): one for one in results.of_sound if one.letter}
    desiderata = [results.checks[name].desideratum for name in columns]
    starts = {j for j, one in enumerate(desiderata) if j == 0 or one != desiderata[j - 1]}
    lines = []
    for name in rows:
        cells = [
            _cell(shown.get((name, check)), first=j in starts) for j, check in enumerate(columns)
        ]
        people = _of_people(results.human.get(name)) if results.human else ""
        lines.append(f'<tr><th scope="row">{words(name)}</th>{"".join(cells)}{people}</tr>')
    heads = "".join(
        f'<th scope="col" class="turned{" first" * (j in starts)}"'
        f' title="{text(results.checks[name].asks)}"><a href="#c-{text(name)}">{words(name)}</a>'
        "</th>"
        for j, name in enumerate(columns)
    )
    groups = "".join(
        f'<th class="first" colspan="{desiderata.count(desiderata[j])}" scope="colgroup">'
        f"{text(desiderata[j])}</th>"
        for j in sorted(starts)
    )
    if results.human:
        heads += f'<th scope="col" class="turned first"><a href="#human">{words(RANKING)}</a></th>'
        groups += f'<th class="first" scope="colgroup">{text(Desideratum.HUMAN)}</th>'
    table = (
        f'<table class="heat"><thead><tr class="group"><th></th>{groups}</tr>'
        f'<tr><th scope="col">metric</th>{heads}</tr></thead>\n<tbody>'
        + "\n".join(lines)
        + "</tbody></table>"
    )
    return f'<p class="soft legend">{_legend()}</p>' + scrolling(
        "Every metric by every check", table
    )


def colours() -> str:
    """Return the same colours as the figure's, one rule for each step."""
    places = (np.linspace(-1, 1, STEPS + 1) / ENDS + 1) / 2
    return "\n".join(
        f".heat tbody tr td.s{step}, .legend .s{step}"
        f" {{ background: {to_hex(mpl.colormaps[COLOURS](place))}; color: {DARK_INK}; }}"
        for step, place in enumerate(places)
    )


def words(name: str) -> str:
    """Return a name for people, escaped."""
    return text(name.replace("_", " "))


def interval(low: float | None, high: float | None) -> str:
    """Return a 95 % interval to stand after a number, if there is one."""
    return "" if low is None or high is None else f" [{low:.2f}, {high:.2f}]"


def _legend() -> str:
    ramp = "".join(f'<i class="s{step}"></i>' for step in range(0, STEPS + 1, 2))
    return (
        f"−1 the opposite {ramp} 1 as the metric claims; grey where it claims nothing, empty where"
        " there is no number. Point at a cell for what it rests on."
    )


def _cell(one: Judgement | None, *, first: bool) -> str:
    kinds = ["first"] * first
    if one is None:
        return f"<td{_class(kinds)}></td>"
    finding = one.finding
    kinds.append(_step(strength_of(one)) if finding.claimed else "no")
    facts = [f"{finding.metric}, {finding.check}"]
    if finding.strength is not None:
        facts.append(f"strength {finding.strength:.2f}{interval(finding.low, finding.high)}")
    if finding.p is not None and one.adjusted_p is not None:
        facts.append(f"p {finding.p:.2g}, corrected {one.adjusted_p:.2g}")
    facts += [finding.note] if finding.note else []
    tip = text("; ".join(facts))
    return f'<td{_class(kinds)} title="{tip}">{sign(one.verdict)}</td>'


def _of_people(one: Standing | None) -> str:
    if one is None:
        return '<td class="first"></td>'
    tip = f"{one.metric}: score {one.score:.2f}{interval(one.low, one.high)}"
    return f'<td class="first {_step(one.score)}" title="{text(tip)}">{sign(one.verdict)}</td>'


def _class(kinds: Sequence[str]) -> str:
    return f' class="{" ".join(kinds)}"' if kinds else ""


def _step(strength: float) -> str:
    """Return the class of a strength's colour."""
    return f"s{round((min(max(strength, -1.0), 1.0) + 1) / 2 * STEPS)}"

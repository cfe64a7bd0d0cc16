"""The headline as a figure: the lead group and the anchors, on one axis, with their groups."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from genbench.report.figures import FAINT, GREY, INK, STYLE, panels, short_name
from genbench.report.intervals import Interval
from genbench.report.leaderboard import Table
from genbench.report.overall import Line, Overall
from genbench.runs.records import REAL

FEWEST = 12  # models that are shown, where there are as many
LEAD = "#0b5d3b"


def agreement_bars(every: Overall, made: Sequence[Table], colours: Mapping[str, str]) -> Figure:
    """Draw who leads over all data sets, and between which anchors everybody stands."""
    shown = _shown(every)
    left_out = [
        line
        for line in every.lines
        if line not in shown and (line.decoded or line.standing is not None)
    ]
    with mpl.rc_context(STYLE):
        height = 0.27 * max(len(shown), 1) + 1.1
        figure, (ax,) = panels(1, columns=1, size=(8.4, height), foot=0.0)
        ax.set_title("Agreement with the data", loc="left", fontsize=12)
        if shown:
            _draw(ax, shown, colours)
        else:
            names = ", ".join(table.dataset for table in made)
            ax.set_axis_off()
            ax.text(0.5, 0.5, f"no agreement on {names}", ha="center", color=GREY)
        if left_out:
            what = "rows" if any(line.decoded for line in left_out) else "models below"
            ax.set_xlabel(f"{len(left_out)} more {what} are in the tables", color=GREY)
    return figure


def _shown(every: Overall) -> list[Line]:
    """Return the lead group, or as many as make a figure; and the anchors.

    What decoders wrote comes after all models.
    """
    able = sorted((line for line in every.lines if line.competes), key=lambda line: line.decoded)
    first = [line for line in able if line.standing and line.standing.letter == "A"]
    models = {line.model for line in (first if len(first) >= FEWEST else able[:FEWEST])}
    return [line for line in every.lines if line.model in models or not line.competes]


def _draw(ax: Axes, shown: Sequence[Line], colours: Mapping[str, str]) -> None:
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlim(-0.04, 1.3)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0\nas noise", "0.25", "0.5", "0.75", "1\nas real"])
    ax.grid(visible=True, axis="x", color=FAINT)
    ax.axvline(1, color=LEAD, lw=1, zorder=1)
    ax.spines["left"].set_visible(False)
    ax.set_yticks(range(len(shown)), [short_name(line.model) for line in shown])
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    for place, line in enumerate(shown):
        _point(ax, place, line.agreement, colours.get(line.family, INK), hollow=not line.competes)
        if not line.competes:
            ax.get_yticklabels()[place].set_fontstyle("italic")
        ax.text(1.12, place, f"{line.agreement.mean:z.2f}", va="center", ha="right", fontsize=8.5)
        ax.text(1.15, place, _said(line), va="center", fontsize=8.5, color=GREY)


def _point(ax: Axes, place: int, found: Interval, colour: str, *, hollow: bool) -> None:
    ends = [min(max(end, -0.04), 1.08) for end in (found.low, found.high)]
    ax.plot(ends, [place, place], color=colour if not hollow else GREY, lw=2.2, alpha=0.5)
    ax.plot(
        [min(max(found.mean, -0.04), 1.08)],
        [place],
        marker="o",
        markersize=6.5,
        color="white" if hollow else colour,
        markeredgecolor=INK if hollow else "white",
        markeredgewidth=1.2 if hollow else 0.6,
        zorder=3,
    )


def _said(line: Line) -> str:
    """Say how a model stands, in a word or two."""
    if line.standing is not None:
        letter = line.standing.letter
        return f"group ({letter})" if line.standing.hollow else f"group {letter}"
    if line.model == REAL:
        return "a perfect model"
    if line.copies or not line.competes:
        return "copies" if line.copies else "control"
    return "a decoder" if line.decoded else ""

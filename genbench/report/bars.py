"""The headline as bars: one panel per data set, best on top, failures named at the foot."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from genbench.report.agreement import FALLBACK
from genbench.report.figures import GREY, INK, STYLE, family_colours, panels, short_name
from genbench.report.leaderboard import Row, Table

PLAIN: Any = {"facecolor": "white", "edgecolor": GREY, "hatch": "////", "linewidth": 0.6}


def agreement_bars(tables: Sequence[Table], colours: Mapping[str, str] | None = None) -> Figure:
    """Draw the headline of each data set as sorted bars, with intervals."""
    families = {row.family for table in tables for row in table.rows if row.competes}
    colours = colours or family_colours(families)
    columns = min(len(tables), 2)
    height = 0.25 * max(len(_names(table)) for table in tables) + 0.9
    with mpl.rc_context(STYLE):
        figure, axes = panels(len(tables), columns=columns, size=(6.4, height), foot=0.9)
        for ax, table in zip(axes, tables, strict=True):
            _draw(ax, table, colours)
        figure.suptitle("Agreement with the data", fontsize=13, fontweight="bold")
        named = [(family, {"color": colours[family]}) for family in sorted(families)]
        figure.legend(
            handles=[Patch(label=label, **look) for label, look in (*named, ("to compare", PLAIN))],
            loc="outside lower center",
            ncols=3 * columns,  # wider figures hold more names a line
            frameon=False,
        )
    return figure


def _names(table: Table) -> list[str]:
    """Return the rows' labels from top to bottom, those that failed altogether last."""
    shown = [row.model for row in table.rows]
    return shown + sorted({record.model for record in table.failures} - set(shown))


def _draw(ax: Axes, table: Table, colours: Mapping[str, str]) -> None:
    names = _names(table)
    ax.set_title(table.dataset, loc="left", fontsize=11)
    ax.set_xlim(0, 1.13)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0\nas noise", "0.25", "0.5", "0.75", "1\nas real"])
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_yticks(range(len(names)), [short_name(name) for name in names])
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.grid(visible=True, axis="x")
    for place, row in enumerate(table.rows):
        _draw_bar(ax, place, row, colours)
        if not row.competes:
            ax.get_yticklabels()[place].set_fontweight("bold")
    statuses = {record.model: record.status for record in table.failures}
    for place in range(len(table.rows), len(names)):
        ax.text(0.01, place, statuses[names[place]], color=GREY, va="center", style="italic")
    if not table.counted:
        ax.text(
            *(0.5, 0.5),
            f"no agreement here: rows are ordered by {FALLBACK.replace('_', ' ')}",
            transform=ax.transAxes,
            ha="center",
            color=GREY,
        )


def _draw_bar(ax: Axes, place: int, row: Row, colours: Mapping[str, str]) -> None:
    found = row.agreement
    if found is None:
        return
    if row.competes:
        ax.barh(place, found.mean, height=0.68, color=colours.get(row.family, GREY))
    else:
        ax.barh(place, found.mean, height=0.68, **PLAIN)
    if found.half:
        ax.plot([found.low, found.high], [place, place], color=INK, lw=1.1, solid_capstyle="butt")
    ax.text(
        max(found.mean, found.high) + 0.012, place, f"{found.mean:.2f}", va="center", fontsize=8
    )

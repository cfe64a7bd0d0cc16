"""The figure of costs: the agreement of models against the seconds of their fits."""

from collections.abc import Mapping

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from genbench.report.captions import write
from genbench.report.cost import Costs, Priced, best_within
from genbench.report.figures import GREY, INK, STYLE, heading, listed, log_axis, short_name
from genbench.report.plots import ANCHORS, DASHES, Shape, family_styles, marks
from genbench.report.tradeoff import FEW
from genbench.runs.records import REAL

WIDTH, HIGH = 10.5, 6.2  # inches of the figure, and of its plane
HEAD, FOOT, LEFT, RIGHT = 0.95, 0.75, 1.15, 0.25  # inches
COLUMNS = 5  # of the legend
LOWEST, TOP = 0.0, 1.08  # agreement that is drawn in its place
Styles = Mapping[str, tuple[str, Shape]]


def cost_figure(found: Costs, colours: Mapping[str, str]) -> Figure:
    """Draw agreement over all data sets against seconds, and the best within so many seconds."""
    styles = family_styles(
        {each.line.family for each in found.priced if each.line.competes}, colours
    )
    controls = {each.model for each in found.priced if not each.line.competes}
    legend = [*marks(styles, [name for name in ANCHORS if name in controls]), *_lines(controls)]
    with mpl.rc_context(STYLE):
        foot = FOOT + 0.2 * -(-len(legend) // COLUMNS)
        height = HEAD + HIGH + foot
        figure = Figure(figsize=(WIDTH, height))
        ax = figure.add_axes(
            (LEFT / WIDTH, foot / height, 1 - (LEFT + RIGHT) / WIDTH, HIGH / height)
        )
        _set_axes(ax, found)
        _draw_best(ax, found)
        for each in found.priced:
            _draw(ax, each, styles)
        figure.legend(
            handles=legend, loc="lower center", ncols=COLUMNS, frameon=False, fontsize=8.5
        )
        absent = [model for model in found.absent if model != REAL]
        heading(
            figure,
            "Agreement against the time of a fit",
            "Bars: 95 % intervals over seeds. Seconds differ from machine to machine."
            + (f"\nNot shown, as their seconds are not known: {listed(absent)}." * bool(absent)),
        )
        _name(ax, found)
    return figure


def _set_axes(ax: Axes, found: Costs) -> None:
    seconds = [each.seconds.mean for each in found.priced]
    log_axis(ax)
    ax.set_xlim(min(seconds) / 1.6, max(seconds) * 1.6)
    ax.set_ylim(LOWEST - 0.03, TOP + 0.03)
    ax.set_xlabel("seconds of a fit, mean over data sets")
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0, as noise", "0.25", "0.5", "0.75", "1, as real"])
    ax.tick_params(labelcolor=INK)
    ax.set_ylabel(f"agreement over {found.over}")
    ax.grid(visible=True)
    ax.axhline(1, color=GREY, lw=0.9, ls=DASHES, zorder=1)


def _draw_best(ax: Axes, found: Costs) -> None:
    best = best_within(found)
    xs = [each.seconds.mean for each in best]
    ys = [_seen(each.agreement.mean) for each in best]
    if best:
        ax.step([*xs, ax.get_xlim()[1]], [*ys, ys[-1]], where="post", color=GREY, lw=1, zorder=1.5)


def _draw(ax: Axes, each: Priced, styles: Styles) -> None:
    colour, shape = styles.get(each.line.family, (INK, "o"))
    if not each.line.competes:
        colour, shape = INK, ANCHORS.get(each.model, "X")
    x, y = _spot(each)
    ends = [_seen(each.agreement.low), _seen(each.agreement.high)]
    ax.plot([x, x], ends, color=colour, lw=1, alpha=0.45, zorder=2)
    ax.plot(
        [x],
        [y],
        marker=shape,
        color="white" if each.line.competes and not each.honest else colour,
        markersize=7.5 if each.line.competes else 9,
        markeredgecolor=(INK if each.honest else colour) if each.line.competes else "white",
        markeredgewidth=0.5 if each.honest or not each.line.competes else 1.4,
        zorder=4,
        clip_on=False,
    )


def _seen(agreement: float) -> float:
    return min(max(agreement, LOWEST), TOP)


def _spot(each: Priced) -> tuple[float, float]:
    return each.seconds.mean, _seen(each.agreement.mean)


def _name(ax: Axes, found: Costs) -> None:
    """Name who is worth it, as far as there is room; controls first."""
    named = _worth_a_name(found)
    write(
        ax,
        [_spot(each) for each in named],
        [short_name(each.model) for each in named],
        bold=[not each.line.competes for each in named],
        others=[_spot(each) for each in found.priced if each not in named],
    )


def _worth_a_name(found: Costs) -> list[Priced]:
    """Return all of a few models; of many the controls, the lead group, and whom nobody beats."""
    if len(found.priced) <= FEW:
        return list(found.priced)
    return [p for p in found.priced if p.leads or p.on_front or not p.line.competes]


def _lines(controls: set[str]) -> list[Line2D]:
    other = Line2D([], [], marker="X", color=INK, ls="none", label="other controls")
    return [
        *([other] if controls - set(ANCHORS) else []),
        Line2D([], [], marker="o", color="white", mec=GREY, mew=1.4, ls="none", label="copies"),
        Line2D([], [], color=GREY, lw=0.9, ls=DASHES, label="real samples"),
        Line2D([], [], color=GREY, lw=1, drawstyle="steps-post", label="the best within that time"),
    ]

"""The figure of novelty against quality: one panel per data set, every model a point."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from genbench.metric import Aim
from genbench.report import figures
from genbench.report.captions import write
from genbench.report.curve_lines import draw_curve, name_curves
from genbench.report.figures import (
    GREY,
    INK,
    STYLE,
    family_colours,
    listed,
    log_axis,
    short_name,
)
from genbench.report.intervals import number
from genbench.report.losses import NOISE
from genbench.report.tradeoff import Panel, Point, worth_a_name
from genbench.runs.records import REAL

ANCHORS = {REAL: "*", "copycat": "X", NOISE: "P"}
UNITS = {"bayesian_surprise": "nats", "log_likelihood": "nats", "kernel_log_likelihood": "nats"}
DASHES = (0, (4, 2))
Shape = str | tuple[int, Literal[1], int]  # (points, 1, angle) is a star
SHAPES: tuple[Shape, ...] = (*"osD^vphd<>", (4, 1, 0), (3, 1, 0), (6, 1, 0))


def novelty_quality(
    panels: Mapping[str, Panel],
    colours: Mapping[str, str] | None = None,
    leads: Mapping[str, Collection[str]] | None = None,
) -> Figure:
    """Draw one panel per data set: every model a point, its seeds a cross, dashes at real samples.

    `leads` are the lead groups of data sets: their members are named first.
    """
    leads = leads or {}
    families = {p.family for panel in panels.values() for p in panel.points if p.competes}
    colours = colours or family_colours(families)
    styles = family_styles(families, colours)
    several = any(len(p.novelty.values) > 1 for panel in panels.values() for p in panel.points)
    with mpl.rc_context(STYLE):
        columns = min(len(panels), 2)
        figure, axes = figures.panels(len(panels), columns=columns, size=(7.0, 5.9), foot=0.9)
        for ax, panel in zip(axes, panels.values(), strict=True):
            _draw_panel(ax, panel, styles)
        figure.suptitle("Novelty against quality", fontsize=13, fontweight="bold")
        figure.legend(
            handles=_legend(styles, several_seeds=several),
            loc="outside lower center",
            ncols=3 * columns,  # wider figures hold more names a line
            frameon=False,
            fontsize=8.5,
        )
        figure.draw_without_rendering()  # the layout is settled: now names can be measured
        figure.set_layout_engine("none")
        for ax, panel in zip(axes, panels.values(), strict=True):
            _name_points(ax, panel, leads.get(panel.dataset, ()))
    return figure


def family_styles(
    families: Iterable[str], colours: Mapping[str, str]
) -> dict[str, tuple[str, Shape]]:
    """Return a colour and a shape for each family, the same whichever of them are drawn."""
    return {
        family: (colour, SHAPES[i % len(SHAPES)])
        for i, (family, colour) in enumerate(sorted(colours.items()))
        if family in set(families)
    }


def _draw_panel(ax: Axes, panel: Panel, styles: Mapping[str, tuple[str, Shape]]) -> None:
    ax.set_title(panel.dataset, loc="left", fontsize=11)
    ax.grid(visible=True)
    ax.set_xlabel(_axis_label(panel, panel.novelty, panel.novelty_aim))
    ax.set_ylabel(_axis_label(panel, panel.quality, panel.quality_aim))
    points = _finite(panel)
    absent = sorted({*panel.absent, *(p.model for p in panel.points if p not in points)})
    if absent:
        ax.set_title(
            f"not shown: {listed(absent)}",
            loc="right",
            fontsize=7.5,
            color=GREY,
            fontweight="normal",
        )
    if not points:
        ax.text(0.5, 0.5, "no model has both numbers", ha="center", transform=ax.transAxes)
        return
    _set_frame(ax, points)
    _draw_cross(ax, points)
    for curve, line in zip(panel.curves, _lines(panel), strict=True):
        draw_curve(ax, line, curve, {family: style[0] for family, style in styles.items()})
    for point in points:
        colour, shape = styles.get(point.family, (INK, "X"))
        if not point.competes:
            colour, shape = INK, ANCHORS.get(point.model, "X")
        x, y = _seen(ax, point)
        if (x, y) == (point.novelty.mean, point.quality.mean):
            xs, ys = point.novelty.values, point.quality.values
            ax.plot([min(xs), max(xs)], [y, y], color=colour, lw=1, alpha=0.5)
            ax.plot([x, x], [min(ys), max(ys)], color=colour, lw=1, alpha=0.5)
        ax.plot(
            [x],
            [y],
            marker=shape,
            color=colour,
            markersize=14 if point.model == REAL else 9 if not point.competes else 7.5,
            markeredgecolor="white" if not point.competes else INK,
            markeredgewidth=0.5,
            zorder=4,
            clip_on=False,
        )


def _set_frame(ax: Axes, points: Sequence[Point]) -> None:
    """Frame everything but noise, which is often so far away that it would squeeze the rest."""
    framed = [point for point in points if point.model != NOISE] or list(points)
    xs = [value for point in framed for value in (point.novelty.mean, *point.novelty.values)]
    ys = [value for point in framed for value in (point.quality.mean, *point.quality.values)]
    if min(xs) > 0 and max(xs) > 20 * sorted(xs)[len(xs) // 2]:
        log_axis(ax)
        ax.set_xlim(min(xs) / 1.5, max(xs) * 1.5)
    else:
        room = 0.16 * (max(xs) - min(xs)) or 0.5
        ax.set_xlim(min(xs) - room, max(xs) + room)
    room = 0.13 * (max(ys) - min(ys)) or 0.5
    ax.set_ylim(min(ys) - room, max(ys) + room)


def _seen(ax: Axes, point: Point) -> tuple[float, float]:
    """Return where a point is drawn: in its place, or at the edge of the frame nearest to it."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    x, y = point.novelty.mean, point.quality.mean
    return min(max(x, left), right), min(max(y, bottom), top)


def _axis_label(panel: Panel, name: str, aim: Aim) -> str:
    unit = UNITS.get(name) or ("share of samples" if panel.bounds.get(name) == (0, 1) else "")
    way = {
        "high": "more is better",
        "low": "less is better",
        "match": "best where real samples are",
    }
    return f"{name.replace('_', ' ')}{f' [{unit}]' if unit else ''}, {way[aim]}"


def _finite(panel: Panel) -> list[Point]:
    return [
        point
        for point in panel.points
        if all(map(math.isfinite, (*point.novelty.values, *point.quality.values)))
    ]


def _draw_cross(ax: Axes, points: Sequence[Point]) -> None:
    """Draw lines through real samples: left of them is nearer to the training samples."""
    for real in (point for point in points if point.model == REAL):
        ax.axvline(real.novelty.mean, color=GREY, lw=0.9, ls=DASHES, zorder=1)
        ax.axhline(real.quality.mean, color=GREY, lw=0.9, ls=DASHES, zorder=1)


def _name_points(ax: Axes, panel: Panel, leads: Collection[str]) -> None:
    every = _finite(panel)
    points = worth_a_name(every, leads)
    taken = write(
        ax,
        [_seen(ax, point) for point in points],
        [_caption(ax, point) for point in points],
        bold=[not point.competes for point in points],
        others=[_seen(ax, point) for point in every if point not in points],
    )
    spots = [_seen(ax, point) for point in every]
    name_curves(ax, _lines(panel), panel.curves, others=spots, taken=taken)


def _lines(panel: Panel) -> list[list[tuple[float, float]]]:
    """Return the spots of each curve."""
    return [[(p.novelty.mean, p.quality.mean) for p in curve.points] for curve in panel.curves]


def _caption(ax: Axes, point: Point) -> str:
    """Return the name, with the numbers if the point is not where they say."""
    x, y = point.novelty.mean, point.quality.mean
    if _seen(ax, point) == (x, y):
        return short_name(point.model)
    return f"{short_name(point.model)} is at ({number(x)}, {number(y)})"


def marks(styles: Mapping[str, tuple[str, Shape]], anchors: Iterable[str]) -> list[Line2D]:
    """Return what a legend says of colours and shapes."""
    known = [
        *((family, *style) for family, style in styles.items()),
        *(("real samples" if n == REAL else n, INK, ANCHORS.get(n, "X")) for n in anchors),
    ]
    return [
        Line2D([], [], marker=shape, color=colour, linestyle="none", label=label)
        for label, colour, shape in known
    ]


def _legend(styles: Mapping[str, tuple[str, Shape]], *, several_seeds: bool) -> list[Line2D]:
    handles = marks(styles, ANCHORS)
    lines = Line2D([], [], color=GREY, ls=DASHES, label="where real samples are")
    cross = Line2D([], [], color=GREY, lw=1, alpha=0.55, label="cross: range of seeds")
    return [*handles, lines, cross] if several_seeds else [*handles, lines]

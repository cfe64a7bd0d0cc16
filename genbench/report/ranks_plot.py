"""The figure of ranks: the places of models from data set to data set, as a bump chart."""

import math
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.optimize import isotonic_regression

from genbench.ground.arrays import Array
from genbench.report.figures import (
    GREY,
    HIGHEST,
    INK,
    STYLE,
    WIDEST,
    heading,
    short_name,
    text_width,
)
from genbench.report.plots import Shape, family_styles, marks
from genbench.report.ranks import Course
from genbench.report.tradeoff import FEW

STEP, PLACE = 1.75, 0.21  # inches from data set to data set, and from place to place
HEAD, FOOT, EDGE = 1.3, 0.35, 0.2  # inches
NARROWEST = 7.5  # inches of the figure
ENTRY = 1.75  # inches of what stands in the legend
SIZE, HEAD_SIZE, TURN = 8.0, 9.0, 25  # points of names and of data sets; degrees, if crowded
BESIDE = 0.18  # inches from a point to its name
CROWD = "#d6d6d6"
Styles = Mapping[str, tuple[str, Shape]]


def ranks_figure(
    datasets: Sequence[str], found: Sequence[Course], colours: Mapping[str, str]
) -> Figure:
    """Draw a line for each model, the lead group in the colours of its families.

    Of more models than a few only the lead group has names.
    """
    lead = [course for course in found if course.leads]
    named = list(found) if len(found) <= FEW else lead
    styles = family_styles({course.line.family for course in lead}, colours)
    legend = _legend(styles)
    last = len(datasets)  # where places over all stand
    with mpl.rc_context(STYLE):
        room = text_width([_caption(c, len(found)) for c in named], SIZE) + BESIDE + EDGE
        across = max(min(STEP * last, WIDEST - 2 * room), NARROWEST - 2 * room)
        width = across + 2 * room
        columns = int((width - EDGE) / ENTRY)
        foot = FOOT + 0.2 * -(-len(legend) // columns)
        heads = [*map(short_name, datasets), "all data sets"]
        high = text_width(heads, HEAD_SIZE)
        turn = 0 if high < 0.95 * across / last else TURN
        head = HEAD + high * math.sin(math.radians(turn))
        wanted = max(PLACE * len(found), 0.17 * len(named))
        down = min(wanted, HIGHEST - head - foot)
        height = down + head + foot
        figure = Figure(figsize=(width, height))
        ax = figure.add_axes((room / width, foot / height, across / width, down / height))
        _set_axes(ax, heads, turn, len(found))
        for course in reversed(found):
            if course.leads:
                _draw_leader(ax, course, datasets, styles)
            else:
                _draw_other(ax, course)
        _mark_copies(ax, datasets, found)
        size = min(SIZE, 72 * down / len(named) / 1.3) if named else SIZE
        gap = min(1.3 * size / 72 / (down / len(found)), (len(found) - 1) / max(len(named) - 1, 1))
        for index, way in ((0, -1), (last, 1)):
            _name(ax, named, index, way * BESIDE * last / across, gap=gap, size=size)
        figure.legend(
            handles=legend, loc="lower center", ncols=columns, frameon=False, fontsize=8.5
        )
        heading(
            figure,
            "Places by agreement, from data set to data set",
            "Coloured: the lead group over all data sets; dashed: in it only because its seeds"
            " scatter too much to tell.\nPlaces within a group are chance.",
        )
    return figure


def spread(wanted: Sequence[float], *, gap: float, most: float) -> Array:
    """Return the places nearest to those wanted, in their order, that lie a gap or more apart.

    They lie from 1 to `most`, as far as there is room; the sum of squares of the ways is least.
    """
    steps = gap * np.arange(len(wanted))
    highest = max(1.0, most - gap * (len(wanted) - 1))
    fitted = isotonic_regression(np.array(wanted, dtype=float) - steps).x
    return np.asarray(np.clip(fitted, 1.0, highest) + steps)


def _set_axes(ax: Axes, heads: Sequence[str], turn: int, n: int) -> None:
    ax.set_xlim(0, len(heads) - 1)
    ax.set_ylim(n + 0.6, 0.4)
    ax.set_yticks([])
    ax.xaxis.tick_top()
    ax.set_xticks(
        range(len(heads)),
        heads,
        fontsize=HEAD_SIZE,
        fontweight="bold",
        rotation=turn,
        ha="left" if turn else "center",
    )
    ax.tick_params(length=0, labelcolor=INK, pad=3)
    for spine in ax.spines.values():
        spine.set_visible(False)
    for x in range(len(heads)):
        ax.axvline(x, color="#ececec", lw=0.8, zorder=0.5, clip_on=False)


def _pieces(course: Course) -> list[Array]:
    """Return curves (n, 2) from place to place; none to or from where it has no place."""
    t = np.linspace(0, 1, 21)
    ease = t * t * (3 - 2 * t)  # level at both ends
    return [
        np.stack([i + t, start + (end - start) * ease], axis=1)
        for i, (start, end) in enumerate(zip(course.places, course.places[1:], strict=False))
        if start is not None and end is not None
    ]


def _draw_other(ax: Axes, course: Course) -> None:
    curves = LineCollection(_pieces(course), colors=CROWD, linewidths=0.9, zorder=1)
    ax.add_collection(curves, autolim=False)
    spots = [(x, y) for x, y in enumerate(course.places) if y is not None]
    ax.plot(*zip(*spots, strict=True), ".", color=CROWD, ms=4, zorder=1.5, clip_on=False)


def _draw_leader(ax: Axes, course: Course, datasets: Sequence[str], styles: Styles) -> None:
    line = course.line
    colour, shape = styles.get(line.family, (INK, "o"))
    hollow = line.standing is not None and line.standing.hollow
    curves = LineCollection(
        _pieces(course),
        colors=colour,
        linewidths=1.8,
        linestyles="dashed" if hollow else "solid",
        zorder=2,
    )
    ax.add_collection(curves, autolim=False)
    rows = [line.rows.get(name) for name in datasets]
    standings = [*(row.standing if row else None for row in rows), line.standing]
    for x, (y, standing) in enumerate(zip(course.places, standings, strict=True)):
        if y is not None:
            leads = standing is not None and standing.letter == "A"
            ax.plot(
                [x],
                [y],
                marker=shape,
                ms=6.5,
                mfc=colour if leads else "white",
                mec=colour,
                mew=1.3,
                zorder=3,
                clip_on=False,
            )


def _mark_copies(ax: Axes, datasets: Sequence[str], found: Sequence[Course]) -> None:
    """Cross out the places that a model has by copying its training data."""
    spots = [
        (x, place)
        for course in found
        for x, (name, place) in enumerate(zip(datasets, course.places, strict=False))
        if place is not None and course.line.rows[name].copies_train
    ]
    if spots:
        ax.plot(*zip(*spots, strict=True), "x", color=INK, ms=6, mew=1.2, zorder=4, clip_on=False)


def _name(
    ax: Axes, named: Sequence[Course], index: int, away: float, *, gap: float, size: float
) -> None:
    """Write names beside the first or the last places, apart, with a line to each place."""
    held = [(course.places[index], course) for course in named]
    spots = sorted(
        ((place, course) for place, course in held if place is not None),
        key=lambda spot: (spot[0], spot[1].line.model),
    )
    most = ax.get_ylim()[0] - 0.6
    heights = spread([place for place, _ in spots], gap=gap, most=most)
    for (place, course), height in zip(spots, heights, strict=True):
        ax.plot(
            [index + 0.45 * away, index + 0.9 * away],
            [place, height],
            color=CROWD,
            lw=0.6,
            clip_on=False,
            zorder=1,
        )
        left = away < 0
        ax.text(
            index + away,
            height,
            _caption(course, place, left=left),
            ha="right" if left else "left",
            va="center",
            fontsize=size,
            color=INK if course.leads else GREY,
        )


def _caption(course: Course, place: float, *, left: bool = True) -> str:
    words = short_name(course.line.model), f"{place:g}"
    return "  ".join(words if left else words[::-1])


def _legend(styles: Styles) -> list[Line2D]:
    def mark(label: str, shape: str, face: str) -> Line2D:
        return Line2D([], [], marker=shape, color=INK, mfc=face, linestyle="none", label=label)

    return [
        *marks(styles, ()),
        mark("in the lead group there", "o", INK),
        mark("not in it", "o", "white"),
        mark("copies there", "x", INK),
        Line2D([], [], color=CROWD, marker=".", label="other ranked models"),
    ]

"""The figure of the frontier: what models of such quality could tell, and what they do tell."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from genbench.report.captions import write
from genbench.report.curve_lines import draw_curve, name_curves
from genbench.report.figures import FAINT, GREY, INK, STYLE, family_colours, short_name
from genbench.report.frontier import Place, Plane
from genbench.report.losses import NOISE
from genbench.report.plots import ANCHORS, Shape, family_styles
from genbench.runs.records import REAL

SHARES = (0.5, 0.75, 0.9)  # of S, as dotted lines
COLUMNS = 2  # of data sets
SIZE = (7.4, 4.9)  # inches of a data set's panels
MOST_HEIGHT = 18.5  # inches
MOST_NAMED, MOST_OF_FRONT = 24, 12  # models: all, or of those that none beats on both
BAND = "#d9e4ee"
DOTS = (0, (1, 2))
FADED = 0.3
Styles = Mapping[str, tuple[str, Shape]]


def frontier_figure(
    planes: Mapping[str, Plane], colours: Mapping[str, str] | None = None
) -> Figure:
    """Draw for each data set the plane of quality and novelty, and beside it efficiencies."""
    families = {p.family for plane in planes.values() for p in plane.places if p.competes}
    styles = family_styles(families, colours or family_colours(families))
    several = any(len(p.seeds) > 1 for plane in planes.values() for p in plane.places)
    columns = min(len(planes), COLUMNS)
    lines = -(-len(planes) // columns)
    foot = 0.75 + 0.2 * -(-(len(styles) + 7) // (4 * columns))
    height = min(SIZE[1] * lines + foot, MOST_HEIGHT)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(SIZE[0] * columns, height), layout="constrained")
        grid = figure.add_gridspec(lines, 2 * columns, width_ratios=[2.6, 1] * columns)
        drawn = []
        for index, plane in enumerate(planes.values()):
            line, column = divmod(index, columns)
            ax = figure.add_subplot(grid[line, 2 * column])
            _draw_plane(ax, plane, styles)
            _draw_efficiencies(figure.add_subplot(grid[line, 2 * column + 1]), plane, styles)
            drawn.append((ax, plane))
        figure.suptitle(
            "Novelty, quality, and the most novelty that quality allows",
            fontsize=13,
            fontweight="bold",
        )
        figure.legend(
            handles=_legend(styles, several_seeds=several),
            loc="outside lower center",
            ncols=4 * columns,
            frameon=False,
            fontsize=8.5,
        )
        figure.draw_without_rendering()  # the layout is settled: now names can be measured
        figure.set_layout_engine("none")
        for ax, plane in drawn:
            _name_places(ax, plane)
    return figure


def _draw_plane(ax: Axes, plane: Plane, styles: Styles) -> None:
    ax.set_title(plane.dataset, loc="left", fontsize=11)
    ax.set_xlabel("quality [share of real samples in places as dense or less]")
    ax.set_ylabel("novelty [nats]")
    top = max(plane.high.max(), *(max(p.novelty.values) for p in plane.places))
    right = max(plane.quality[-1], *(max(p.quality.values) for p in plane.places))
    ax.set_xlim(-0.02 * right, 1.03 * right)
    ax.set_ylim(0, 1.06 * top)
    ax.grid(visible=True)
    ax.fill_between(plane.quality, plane.low, plane.high, color=BAND, lw=0, zorder=1)
    ax.plot(plane.quality, plane.middle, color=INK, lw=1.6, zorder=2)
    for share in SHARES:
        ax.plot(plane.quality, share * plane.middle, color=GREY, lw=0.9, ls=DOTS, zorder=1.5)
        _name_share(ax, plane, share)
    for curve in plane.curves:
        colours = {family: style[0] for family, style in styles.items()}
        draw_curve(ax, list(map(_spot, curve.points)), curve, colours)
    for place in plane.places:
        colour, shape, size = _look(place, styles)
        x, y = place.quality.mean, place.novelty.mean
        xs, ys = place.quality.values, place.novelty.values
        ax.plot([min(xs), max(xs)], [y, y], color=colour, lw=1, alpha=0.5, zorder=3)
        ax.plot([x, x], [min(ys), max(ys)], color=colour, lw=1, alpha=0.5, zorder=3)
        ax.plot([x], [y], **_marker(place, colour, shape, size))


def _name_share(ax: Axes, plane: Plane, share: float) -> None:
    """Write a share on its line, at the place that is farthest from all points."""
    spots = np.array([(p.quality.mean, p.novelty.mean) for p in plane.places])
    unit = np.array([plane.quality[-1], plane.high.max()])
    choices = range(8, int(0.85 * len(plane.quality)), 8)
    line = np.stack([plane.quality, share * plane.middle], axis=1)
    room = [np.linalg.norm((spots - line[i]) / unit, axis=1).min() for i in choices]
    x, y = line[choices[int(np.argmax(np.minimum(np.round(room, 6), 0.12)))]]
    ax.text(
        x,
        y,
        f"{share:.0%}",
        fontsize=7.5,
        color=GREY,
        ha="center",
        va="center",
        bbox={"facecolor": "white", "pad": 0.8, "linewidth": 0},
        zorder=1.6,
    )


def _draw_efficiencies(ax: Axes, plane: Plane, styles: Styles) -> None:
    """Draw a line of dots for each family; what is of low quality is faint."""
    families = sorted({p.family for p in plane.places if p.competes})
    lines = ["anchors", *families]
    ax.set_title("efficiency", loc="left", fontsize=9, fontweight="normal", color=GREY)
    for place in plane.places:
        colour, shape, size = _look(place, styles)
        y = lines.index(place.family) if place.competes else 0
        marker = _marker(place, colour, shape, 0.85 * size)
        ax.plot([place.efficiency.mean], [y], **marker | {"alpha": 1 if place.clear else FADED})
    for share in SHARES:
        ax.axvline(share, color=GREY, lw=0.9, ls=DOTS, zorder=1)
    ax.set_yticks(range(len(lines)), ["real, controls", *families], fontsize=7.5, color=INK)
    ax.set_ylim(len(lines) - 0.4, -0.6)
    least = min(p.efficiency.mean for p in plane.places)
    ax.set_xlim(max(0.0, min(SHARES[0], least) - 0.05), 1.01)
    ax.set_xticks(SHARES, ["50", "75", "90 %"], fontsize=7.5)
    ax.set_xlabel("novelty as a share of S")
    ax.tick_params(left=False)
    ax.spines["left"].set_visible(False)
    for y in range(len(lines)):
        ax.axhline(y, color=FAINT, lw=0.8, zorder=0.5)


def _look(place: Place, styles: Styles) -> tuple[str, Shape, float]:
    if place.competes:
        return (*styles.get(place.family, (INK, "X")), 6.5)
    return INK, ANCHORS.get(place.model, "X"), 13 if place.model == REAL else 8


def _marker(place: Place, colour: str, shape: Shape, size: float) -> dict[str, Any]:
    return {
        "marker": shape,
        "color": colour,
        "markersize": size,
        "markeredgecolor": INK if place.competes else "white",
        "markeredgewidth": 0.5,
        "linestyle": "none",
        "zorder": 4,
        "clip_on": False,
    }


def _name_places(ax: Axes, plane: Plane) -> None:
    """Name anchors, and models where there is room; the shares have their names already."""
    shares = list(ax.texts)
    named = [p for p in plane.places if not p.competes or p in _to_name(plane.places)]
    taken = write(
        ax,
        [_spot(p) for p in named],
        ["real samples" if p.model == REAL else short_name(p.model) for p in named],
        bold=[not p.competes for p in named],
        others=[
            *(_spot(p) for p in plane.places if p not in named),
            *map(Text.get_position, shares),
        ],
    )
    others = [*map(_spot, plane.places), *map(Text.get_position, shares)]
    lines = [list(map(_spot, curve.points)) for curve in plane.curves]
    name_curves(ax, lines, plane.curves, others=others, taken=taken)


def _to_name(places: Sequence[Place]) -> list[Place]:
    """Return the models to name: all if they are few, else some that none beats on both.

    These are evenly chosen along the edge that they make.
    """
    rivals = [place for place in places if place.competes]
    if len(rivals) <= MOST_NAMED:
        return rivals
    front = [
        mine
        for mine in rivals
        if not any(
            other.quality.mean > mine.quality.mean and other.novelty.mean > mine.novelty.mean
            for other in rivals
        )
    ]
    front.sort(key=_spot)
    return front[:: -(-len(front) // MOST_OF_FRONT)]


def _spot(place: Place) -> tuple[float, float]:
    return place.quality.mean, place.novelty.mean


def _legend(styles: Styles, *, several_seeds: bool) -> list[Line2D | Patch]:
    known = [
        *((family, *style) for family, style in styles.items()),
        ("real samples", INK, ANCHORS[REAL]),
        ("copycat", INK, ANCHORS["copycat"]),
        (NOISE, INK, ANCHORS[NOISE]),
    ]
    handles: list[Line2D | Patch] = [
        *(
            Line2D([], [], marker=shape, color=colour, linestyle="none", label=label)
            for label, colour, shape in known
        ),
        Line2D([], [], color=INK, lw=1.6, label="S: the most that any law has"),
        Patch(color=BAND, label="S with half, twice as many kinds"),
        Line2D([], [], color=GREY, lw=0.9, ls=DOTS, label="shares of S"),
    ]
    cross = Line2D([], [], color=GREY, lw=1, alpha=0.55, label="cross: range of seeds")
    return [*handles, cross] if several_seeds else handles

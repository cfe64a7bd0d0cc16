"""Names written beside points: where they hide nothing, with a thin line to a point that is far."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D, ScaledTranslation

from genbench.report.figures import GREY
from genbench.report.labels import Box, Spot, place

FAR = 11  # points of print from a name to its point: from there on a line joins them
SHORT = 4  # points of print from a point to the end of its line


def write(
    ax: Axes,
    points: Sequence[Spot],
    words: Sequence[str],
    *,
    bold: Sequence[bool],
    others: Sequence[Spot] = (),
    taken: Sequence[Box] = (),
) -> list[Box]:
    """Write words beside points of a drawing whose layout is settled, all in units of data.

    `others` are points without words, which are not to be hidden, nor are the boxes that are
    `taken`. Words that would hide something all the same are left out; bold ones choose their place
    first. Return the boxes of what was written, in points of print.
    """
    figure = ax.get_figure(root=True)
    if figure is None or not points:
        return []
    scale = 72 / figure.dpi
    everything = [
        (float(x * scale), float(y * scale)) for x, y in ax.transData.transform([*points, *others])
    ]
    spots = everything[: len(points)]
    texts = [
        ax.annotate(
            word,
            point,
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=8,
            fontweight="bold" if strong else "normal",
            ha="center",
            va="center",
            zorder=5,
            bbox={"facecolor": "white", "alpha": 0.65, "pad": 0.6, "linewidth": 0},
        )
        for word, point, strong in zip(words, points, bold, strict=True)
    ]
    renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]
    # One for all: left to itself, each text makes one, as large as the figure.
    extents = [text.get_window_extent(renderer) for text in texts]
    sizes = [(box.width * scale, box.height * scale) for box in extents]
    left, bottom, right, top = (edge * scale for edge in ax.get_window_extent().extents)
    frame = (left + 2, bottom + 2, right - 2, top - 2)
    centres = place(spots, sizes, frame, first=bold, others=everything[len(points) :], taken=taken)
    boxes = []
    for text, spot, centre, size in zip(texts, spots, centres, sizes, strict=True):
        if centre is None:
            text.remove()
            continue
        (x, y), (wide, high) = centre, size
        boxes.append((x - wide / 2, y - high / 2, x + wide / 2, y + high / 2))
        dx, dy = x - spot[0], y - spot[1]
        text.set_position((dx, dy))
        gap = max(abs(dx) - size[0] / 2, abs(dy) - size[1] / 2)
        if gap > FAR:
            edge = (
                min(max(0.0, dx - size[0] / 2), dx + size[0] / 2),
                min(max(0.0, dy - size[1] / 2), dy + size[1] / 2),
            )
            _join(ax, text.xy, edge)
    return boxes


def _join(ax: Axes, point: Spot, edge: Spot) -> None:
    """Draw a line from an edge, in points of print from a point, almost to it.

    Where an arrow of matplotlib's is to end short is found by halving, whose last step may go
    either way on another processor: this end is written down.
    """
    end = [SHORT * part / math.hypot(*edge) for part in edge]
    printed = Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans
    # Any transform will do for it, also that of a logarithmic axis.
    at_point = ScaledTranslation(*point, ax.transData)  # type: ignore[arg-type]
    ax.add_line(
        Line2D(
            *zip(edge, end, strict=True),
            transform=printed + at_point,
            color=GREY,
            lw=0.6,
            solid_capstyle="round",
            zorder=3,
        )
    )

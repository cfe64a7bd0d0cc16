"""The look that all figures share, and how they become bytes.

Figures are made without pyplot, so nothing is shared between them, and saved without a date or a
version, so that the same records give the same bytes.
"""

import io
import math
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ticker import FuncFormatter, NullFormatter

from genbench.report.losses import CONTROL

DOTS_PER_INCH = 160
WIDEST, HIGHEST = 15.0, 18.75  # inches of a figure
TITLE_ROOM = 60  # characters
NIGHT = (
    b"<style>@media (prefers-color-scheme: dark) {"
    b'[style*="fill: #ffffff"], pattern rect { fill: #14181d !important }'
    b'[style*="fill: #222222"], text { fill: #e4e8ed !important }'
    b'[style*="stroke: #222222"] { stroke: #e4e8ed !important }'
    b'[style*="fill: #6b6b6b"] { fill: #98a3b0 !important }'
    b'[style*="stroke: #6b6b6b"] { stroke: #98a3b0 !important }'
    b'[style*="stroke: #ececec"] { stroke: #262d36 !important }'
    b"}</style>"
)
INK, GREY, FAINT = "#222222", "#6b6b6b", "#ececec"
STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titleweight": "bold",
    "font.family": "DejaVu Sans",  # it comes with matplotlib: every machine draws the same
    "font.size": 9.0,
    "grid.color": FAINT,
    "text.color": INK,
    "text.parse_math": False,  # a dollar in a model's name is a dollar
    "xtick.color": GREY,
    "ytick.color": GREY,
}


def family_colours(families: Iterable[str]) -> dict[str, str]:
    """Return a colour for each family, told apart also by those who see no red or green.

    There are ten, and ten darker ones; the shapes of markers tell families apart as well.
    """
    bright = sns.color_palette("colorblind")
    palette = [*bright.as_hex(), *(to_hex((0.7 * c[0], 0.7 * c[1], 0.7 * c[2])) for c in bright)]
    named = sorted(set(families) - {CONTROL, "real"})
    return {family: palette[i % len(palette)] for i, family in enumerate(named)}


def panels(
    n: int, *, columns: int, size: tuple[float, float], foot: float, sharey: bool = False
) -> tuple[Figure, Sequence[Axes]]:
    """Return a figure of n panels of this size, with room at its foot for a legend; in inches."""
    lines = max(1, math.ceil(n / columns))
    height = size[1] * lines + foot
    figure = Figure(figsize=(size[0] * columns, height), layout="constrained")
    axes = figure.subplots(lines, columns, squeeze=False, sharey=sharey).ravel()
    for ax in axes[n:]:
        ax.set_axis_off()
    return figure, list(axes[:n])


def png(figure: Figure) -> bytes:
    """Return the figure as a picture of dots."""
    return _saved(figure, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})


def svg(figure: Figure, *, letters: bool = False) -> bytes:
    """Return the figure as a drawing.

    Its text is outlines, the same everywhere; or letters, which take less room, and then the
    drawing also turns dark where the reader's screen is.
    """
    plain = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with mpl.rc_context({"svg.fonttype": "none" if letters else "path"}):
        drawing = _saved(figure, format="svg", metadata=plain)
    return drawing.replace(b"<defs>", NIGHT + b"<defs>", 1) if letters else drawing


def short_name(name: str, most: int = 28) -> str:
    """Keep a user's long path from covering the figure."""
    clean = "".join(c if c.isprintable() else "?" for c in name)
    return clean if len(clean) <= most else f"…{clean[1 - most :]}"


def listed(names: Iterable[str]) -> str:
    """Write as many names as a title has room for, and how many more there are."""
    shown = [short_name(name) for name in names]
    n = max(1, sum(total <= TITLE_ROOM for total in accumulate(len(name) + 2 for name in shown)))
    more = f" and {len(shown) - n} more" if len(shown) > n else ""
    return f"{', '.join(shown[:n])}{more}"


def text_width(words: Iterable[str], size: float) -> float:
    """Return the width in inches of the widest word, were it bold, in points of this size."""
    bold = FontProperties(weight="bold", size=size)
    ruler = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=DOTS_PER_INCH)).get_renderer()  # type: ignore[no-untyped-call]
    widths = (ruler.get_text_width_height_descent(word, bold, ismath=False)[0] for word in words)
    return float(max(widths, default=0.0)) / DOTS_PER_INCH


def heading(figure: Figure, title: str, words: str) -> None:
    """Write a title and what is to be known, in grey, at the upper left of a figure."""
    left, inch = 0.2 / figure.get_figwidth(), 1 / figure.get_figheight()
    figure.text(left, 1 - 0.12 * inch, title, va="top", fontsize=12, fontweight="bold")
    figure.text(left, 1 - 0.4 * inch, words, va="top", fontsize=8.5, color=GREY, linespacing=1.35)


def log_axis(ax: Axes) -> None:
    """Make the axis along the foot logarithmic, its numbers written out: powers are formulas."""
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _saved(figure: Figure, **options: Any) -> bytes:
    with mpl.rc_context({"svg.hashsalt": "genbench"}), io.BytesIO() as file:
        figure.savefig(file, facecolor="white", **options)
        return file.getvalue()

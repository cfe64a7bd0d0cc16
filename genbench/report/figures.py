"""The look that all figures share, and how they become bytes.

Figures are made without pyplot, so nothing is shared between them, and saved without a date or a
version, so that the same records give the same bytes.
"""

import io
import math
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from genbench.report.losses import CONTROL

DOTS_PER_INCH = 160
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


def short_name(name: str) -> str:
    """Keep a user's long path from covering the figure."""
    clean = "".join(c if c.isprintable() else "?" for c in name)
    return clean if len(clean) <= 28 else f"…{clean[-27:]}"


def _saved(figure: Figure, **options: Any) -> bytes:
    with mpl.rc_context({"svg.hashsalt": "genbench"}), io.BytesIO() as file:
        figure.savefig(file, facecolor="white", **options)
        return file.getvalue()

"""The figure of metrics: a heat map of their rank correlations, like ones side by side."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import dendrogram

from genbench.report.figures import (
    FAINT,
    GREY,
    HIGHEST,
    INK,
    STYLE,
    WIDEST,
    heading,
    listed,
    short_name,
    text_width,
)
from genbench.report.metric_correlations import Correlations

CELL = 0.36  # inches of a side
READABLE = 0.3  # inches of a cell that holds its number
TREE, HEAD, EDGE = 1.1, 1.1, 0.2  # inches
SIZE, LONGEST = 8.0, 36  # points and characters of names
DARK = 0.6  # correlations beyond which ink is white
COLOURS = "RdBu"


def correlation_figure(found: Correlations) -> Figure:
    """Draw the mean over data sets of every two metrics' rank correlation, and the tree of them."""
    n = len(found.metrics)
    with mpl.rc_context(STYLE):
        words = [short_name(name.replace("_", " "), LONGEST) for name in found.metrics]
        room = text_width(words, SIZE) + 0.15
        cell = min(
            CELL, (WIDEST - room - TREE - 2 * EDGE) / n, (HIGHEST - HEAD - room - 2 * EDGE) / n
        )
        side = n * cell
        width = max(room + side + TREE + 2 * EDGE, 7.0)
        height = HEAD + side + room + EDGE
        figure = Figure(figsize=(width, height))

        def axes(left: float, top: float, wide: float, high: float) -> Axes:
            return figure.add_axes(
                (left / width, 1 - (top + high) / height, wide / width, high / height)
            )

        ax = axes(EDGE + room, HEAD, side, side)
        _draw_cells(ax, found, cell)
        for set_ticks, turn in ((ax.set_xticks, 90), (ax.set_yticks, 0)):
            set_ticks(np.arange(n) + 0.5, words, rotation=turn, fontsize=min(SIZE, 60 * cell))
        ax.tick_params(length=0, labelcolor=INK)
        for labels in (ax.get_xticklabels(), ax.get_yticklabels()):
            for metric, label in zip(found.metrics, labels, strict=True):
                label.set_fontweight("bold" if metric in found.headline else "normal")
        _draw_tree(axes(EDGE + room + side + 0.06, HEAD, TREE - 0.06, side), found)
        _draw_scale(axes(EDGE + 0.15, HEAD + side + 0.5, max(room - 0.5, 0.6), 0.1))
        n_sets = len(found.by_dataset)
        words = [
            "Spearman's correlation of losses over models that compete and do not copy"
            f"{f', mean over {n_sets} data sets' * (n_sets > 1)}.",
            "Bold: counted in the agreement.",
            f"Can be held against no other: {listed(found.absent)}." * bool(found.absent),
        ]
        heading(figure, "Which metrics order models alike", "\n".join(filter(None, words)))
    return figure


def _draw_cells(ax: Axes, found: Correlations, cell: float) -> None:
    """Draw all cells, and numbers below the diagonal, where they can be read."""
    n = len(found.metrics)
    ax.set_facecolor(FAINT)  # of two metrics that have no correlation
    edges = np.arange(n + 1)
    ax.pcolormesh(
        edges,
        edges,
        np.ma.masked_invalid(found.mean),
        cmap=COLOURS,
        vmin=-1,
        vmax=1,
        edgecolors="white",
        linewidth=0.6 if cell >= READABLE else 0.0,
        rasterized=True,
    )
    ax.set_ylim(n, 0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    if cell < READABLE:
        return
    for i, j in zip(*np.tril_indices(n, -1), strict=True):
        value = found.mean[i, j]
        if np.isfinite(value):
            ax.text(
                j + 0.5,
                i + 0.52,
                f"{value:z.2f}".replace("-", "−"),
                ha="center",
                va="center",
                fontsize=6.5,
                color="white" if abs(value) > DARK else INK,
            )


def _draw_tree(ax: Axes, found: Correlations) -> None:
    """Draw which metrics are joined at which correlation, beside their rows."""
    drawn = dendrogram(found.tree, no_plot=True)
    lines = [
        np.stack([far, np.array(along) / 10], axis=1)  # scipy has ten to a leaf
        for far, along in zip(drawn["dcoord"], drawn["icoord"], strict=True)
    ]
    ax.add_collection(LineCollection(lines, colors=GREY, linewidths=1.0))
    ax.set_ylim(len(found.metrics), 0)
    ax.set_xlim(0, 1.03 * max(found.tree[:, 2].max(), 1e-3))
    ax.set_axis_off()


def _draw_scale(ax: Axes) -> None:
    """Draw which colour is which correlation."""
    values = np.linspace(-1, 1, 101)
    ax.pcolormesh(
        np.linspace(-1.01, 1.01, 102),
        [0, 1],
        values[None],
        cmap=COLOURS,
        vmin=-1,
        vmax=1,
        rasterized=True,
    )
    ax.set_xticks([-1, 0, 1], ["−1", "0", "1"], fontsize=7.5)
    ax.set_yticks([])
    ax.set_title("rank correlation", fontsize=7.5, color=GREY, fontweight="normal")
    ax.tick_params(length=2)
    for spine in ax.spines.values():
        spine.set_visible(False)

"""Novel samples drawn: pictures beside their nearest of training, points among all of training."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from genbench.datasets import Dataset
from genbench.ground.arrays import Array, flat
from genbench.report.figures import GREY, STYLE
from genbench.scoring.novelty import Novelty

PLANE = 2  # numbers of a point that can be drawn
INCHES = 1.2  # of a picture
COLOURS = ("#d55e00", "#0072b2")  # vermilion, blue: told apart by those who see no red or green


def figure(dataset: Dataset, shown: Mapping[str, Novelty]) -> Figure:
    """Return the drawing of samples of each kind, for pictures and points of the plane."""
    with mpl.rc_context(STYLE):
        return _pictures(dataset, shown) if dataset.picture else _points(dataset, shown)


def _pictures(dataset: Dataset, shown: Mapping[str, Novelty]) -> Figure:
    """Draw a row for each kind: a sample and its nearest of training, side by side, and so on."""
    n = max(len(found.samples) for found in shown.values())
    size = (2 * n * INCHES, len(shown) * (INCHES + 0.35))
    drawing = Figure(figsize=size, layout="constrained")
    axes = drawing.subplots(len(shown), 2 * n, squeeze=False)
    for row, (kind, found) in zip(axes, shown.items(), strict=True):
        for ax in row:
            ax.set_axis_off()
        for place, surprise in enumerate(found.surprise):
            title = f"{kind}\n{surprise:.2f} nats"
            _picture(row[2 * place], dataset, found.samples[place], title)
            _picture(row[2 * place + 1], dataset, found.nearest[place], "nearest of\ntraining")
    return drawing


def _picture(ax: Any, dataset: Dataset, sample: Array, title: str) -> None:
    low, high = dataset.train.min(), dataset.train.max()
    values = (sample.reshape(dataset.picture) - low) / ((high - low) or 1.0)
    ax.imshow(values.clip(0, 1), cmap="Greys_r", vmin=0, vmax=1, interpolation="nearest")
    ax.set_title(title, fontsize=7, fontweight="normal")


def _points(dataset: Dataset, shown: Mapping[str, Novelty]) -> Figure:
    """Draw all of training, and each sample with a line to its nearest."""
    drawing = Figure(figsize=(5, 5), layout="constrained")
    ax = drawing.subplots()
    ax.plot(*flat(dataset.train).T, ".", color=GREY, markersize=2, label="training")
    for (kind, found), colour in zip(shown.items(), COLOURS, strict=True):
        drawn, nearest = flat(found.samples), flat(found.nearest)
        ax.plot(*drawn.T, "o", color=colour, markersize=6, markeredgecolor="white", label=kind)
        for pair in zip(drawn, nearest, strict=True):
            ax.plot(*zip(*pair, strict=True), "-", color=colour, linewidth=1)
    ax.set_aspect("equal", adjustable="datalim")
    ax.legend(frameon=False, loc="upper right")
    return drawing

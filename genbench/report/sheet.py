"""A sheet of pictures: what each model draws in the plane, over the true density.

`python -m genbench.report.sheet RECORDS baselines/sheet.png` draws it from the few samples that
records keep.
"""

import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, cast

import numpy as np

from genbench.datasets import Density, load
from genbench.ground.arrays import Array
from genbench.models.find import baselines
from genbench.runs.records import REAL, Record, read

PIXELS = 100  # along each side of a density
MARGIN = 0.15  # of the range of real samples, around it
INCHES = 1.1  # of a panel


def panels(records: Iterable[Record]) -> dict[tuple[str, str], Array]:
    """Return the samples (n, 2) to draw for each model and data set, of the lowest seed."""
    found: dict[tuple[str, str], Array] = {}
    for record in sorted(records, key=lambda each: each.seed, reverse=True):
        points = np.array(record.preview)
        if points.ndim == 2 and points.shape[1] == 2 and load(record.dataset).density is not None:
            found[record.model, record.dataset] = points
    return found


def draw(path: Path, records: Iterable[Record]) -> None:
    """Write the sheet to a file: a row for each model, a column for each data set."""
    from matplotlib.figure import Figure

    found = panels(records)
    models = [name for name in (REAL, *baselines()) if any(name == model for model, _ in found)]
    datasets = sorted({dataset for _, dataset in found})
    size = (INCHES * (len(datasets) + 1.6), INCHES * len(models))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(len(models), len(datasets), squeeze=False)
    for row, model in zip(axes, models, strict=True):
        row[0].set_ylabel(model, rotation=0, ha="right", va="center", fontsize=8)
        for ax, dataset in zip(row, datasets, strict=True):
            _panel(ax, found.get((model, dataset)), dataset)
    for ax, dataset in zip(axes[0], datasets, strict=True):
        ax.set_title(dataset, fontsize=8)
    figure.savefig(path, dpi=80)


@cache
def _density(dataset: str) -> tuple[Array, tuple[float, float, float, float]]:
    """Return the density on a grid, as a share of its greatest, and where the grid lies."""
    data = load(dataset)
    low, high = data.test.min(axis=0), data.test.max(axis=0)
    low, high = low - MARGIN * (high - low), high + MARGIN * (high - low)
    x, y = (np.linspace(low[i], high[i], PIXELS) for i in (0, 1))
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    log_density = cast("Density", data.density).log_prob(grid).reshape(PIXELS, PIXELS)
    return np.exp(log_density - log_density.max()), (low[0], high[0], low[1], high[1])


def _panel(ax: Any, points: Array | None, dataset: str) -> None:
    density, extent = _density(dataset)
    ax.imshow(density**0.5, origin="lower", extent=extent, cmap="Greys", vmax=1.6, aspect="auto")
    if points is not None:
        ax.plot(*points.T, ".", color="tab:red", markersize=1.5, markeredgewidth=0)
    ax.set(xlim=extent[:2], ylim=extent[2:], xticks=[], yticks=[])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Give a board's records and the file to which the sheet should be drawn.")
    draw(Path(sys.argv[2]), read(Path(sys.argv[1])))

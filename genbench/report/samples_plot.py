"""The figure of samples: a few of every model on every data set, all models to one scale."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from genbench.ground.arrays import Array
from genbench.report.figures import (
    DOTS_PER_INCH,
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
from genbench.report.frames import frame_of
from genbench.report.leaderboard import Table
from genbench.report.overall import Overall, why_nothing
from genbench.report.sprites import (
    PICTURES,
    are_points,
    arrays_of,
    middle_and_width,
    shades,
    strip,
    with_samples,
)
from genbench.runs.records import REAL

if TYPE_CHECKING:
    import pandas

COLUMNS = ("dataset", "model", "seed", "samples", "reason")
TILE = 0.62  # inches of a side, at most
FILLED = 0.92  # of a tile's height
GAP = 0.4  # tiles between data sets
HEAD, FOOT, EDGE = 1.4, 0.15, 0.2  # inches
SIZE = 8.0  # points of names
MOST_BLOCKS = 12  # side by side
NARROWEST = 6.6  # inches
FINE = 16  # dots of a picture's side, at least, that the line between two is narrow
KINDS = {False: "Pictures, on one scale", True: "Points, the outermost at the edge"}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The samples of models on one data set, that are drawn, and of which seed they are."""

    samples: Mapping[str, Array]  # points (n, 2), or pictures (n, side, side, channels)
    seeds: Mapping[str, int]
    lacking: Mapping[str, str]  # models without, and why

    @property
    def points(self) -> bool:
        """Whether samples are points; else they are pictures."""
        return are_points(self.samples)

    @property
    def tiles(self) -> int:
        """The width of what is drawn of a model, in tiles."""
        return 1 if self.points else max(map(len, self.samples.values()))


@dataclass(frozen=True, kw_only=True)
class Samples:
    """What a sheet of samples shows."""

    models: tuple[str, ...]  # real samples, then the highest agreement first
    controls: frozenset[str]
    datasets: Mapping[str, Shown]


@dataclass(frozen=True)
class _Layout:
    """Where things stand on a sheet, in inches from its upper left."""

    blocks: int  # side by side, each of the next models
    rows: int
    head: float  # height of what is above the samples
    tile: float
    names: float  # width of the column of names

    def place(self, index: int, block_width: float) -> tuple[float, float]:
        """Return the left end and the top of a model's row."""
        block, row = divmod(index, self.rows)
        return EDGE + block * (block_width + EDGE), self.head + row * self.tile


def samples_of(made: Sequence[Table], every: Overall) -> Samples | None:
    """Return the samples that records keep of every model; None where they keep none."""
    order = {line.model: place for place, line in enumerate(every.lines)}
    found = {table.dataset: _shown(table) for table in made}
    found = {name: shown for name, shown in found.items() if shown.samples}
    models = {model for shown in found.values() for model in (*shown.samples, *shown.lacking)}
    if not found:
        return None
    return Samples(
        models=tuple(sorted(models, key=lambda m: (m != REAL, order.get(m, len(order)), m))),
        controls=frozenset(r.model for t in made for r in t.rows if not r.competes),
        datasets=found,
    )


def _shown(table: Table) -> Shown:
    first = with_samples(record for row in table.rows for record in row.records)
    arrays = arrays_of({model: record.preview for model, record in first.items()})
    pictures = bool(arrays) and not are_points(arrays)
    drawn = {model: each[:PICTURES] if pictures else each for model, each in arrays.items()}
    scored = table.by_model
    return Shown(
        samples=drawn,
        seeds={model: record.seed for model, record in first.items()},
        lacking={
            model: "no samples are kept" if model in scored else why_nothing(table, model)
            for model in table.families
            if model not in drawn
        },
    )


def samples_frame(found: Samples) -> "pandas.DataFrame":
    """Return a row for each data set and model; its samples are JSON, a list for each."""
    return frame_of(_rows(found), COLUMNS)


def _rows(found: Samples) -> Iterable[Mapping[str, Any]]:
    for dataset, shown in found.datasets.items():
        for model in found.models:
            row = {"dataset": dataset, "model": model}
            if model in shown.samples:
                values = shown.samples[model]
                text = json.dumps(values.reshape(len(values), -1).tolist())
                yield row | {"seed": shown.seeds[model], "samples": text}
            else:
                yield row | {"reason": shown.lacking.get(model, "not run")}


def samples_figure(found: Samples) -> Figure:
    """Draw a row for each model, in as many blocks side by side as make samples largest."""
    with mpl.rc_context(STYLE):
        layout = _layout(found)
        across = layout.names + layout.tile * _tiles(found)
        width = max(layout.blocks * (across + EDGE) + EDGE, NARROWEST)
        height = layout.head + layout.rows * layout.tile + FOOT
        figure = Figure(figsize=(width, height), dpi=DOTS_PER_INCH)
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        size = min(SIZE, 0.8 * 72 * layout.tile)
        for index, model in enumerate(found.models):
            left, top = layout.place(index, across)
            ax.text(
                left + layout.names - 0.08,
                top + layout.tile * FILLED / 2,
                short_name(model),
                ha="right",
                va="center",
                fontsize=size,
                fontweight="bold" if model in found.controls else "normal",
            )
        for dataset, shown, offset in _columns(found, layout):
            for block in range(layout.blocks):
                left = EDGE + block * (across + EDGE) + offset
                room = (shown.tiles + GAP) * layout.tile
                _name(ax, dataset, left, layout.head - 0.06, room)
            spots = {
                model: (x + offset, y)
                for model, (x, y) in (
                    (m, layout.place(i, across)) for i, m in enumerate(found.models)
                )
            }
            draw = _draw_points if shown.points else _draw_pictures
            draw(ax, shown.samples, spots, layout.tile * FILLED)
            for model, (x, y) in spots.items():
                if model not in shown.samples:
                    middle = x + layout.tile * FILLED / 2, y + layout.tile * FILLED / 2
                    ax.text(*middle, "–", ha="center", va="center", fontsize=size, color=GREY)
        ax.set(xlim=(0, width), ylim=(height, 0))
        kinds = [
            f"{said}: {listed(names)}."
            for kind, said in KINDS.items()
            if (names := [name for name, each in found.datasets.items() if each.points == kind])
        ]
        first = "Of its first seed, in order of agreement over all data sets; bold: controls."
        heading(figure, "Samples of every model", "\n".join((first, *kinds)))
    return figure


def _tiles(found: Samples) -> float:
    """Return the width of all data sets, in tiles."""
    return sum(shown.tiles + GAP for shown in found.datasets.values())


def _layout(found: Samples) -> _Layout:
    """Return the layout whose tiles are largest; names of data sets that are wide are upright."""
    flat = _largest(found, HEAD)
    wide = [
        name
        for name, shown in found.datasets.items()
        if not _fits(name, (shown.tiles + GAP) * flat.tile)
    ]
    return _largest(found, HEAD + text_width(map(short_name, wide), SIZE)) if wide else flat


def _fits(dataset: str, width: float) -> bool:
    return text_width([short_name(dataset)], SIZE) < width


def _largest(found: Samples, head: float) -> _Layout:
    n, names = len(found.models), text_width(map(short_name, found.models), SIZE) + 0.12
    choices = []
    for blocks in range(1, MOST_BLOCKS + 1):
        rows = -(-n // blocks)
        high = (HIGHEST - head - FOOT) / rows
        wide = ((WIDEST - EDGE) / blocks - EDGE - names) / _tiles(found)
        choices.append(_Layout(blocks, rows, head, min(TILE, high, wide), names))
    return max(choices, key=lambda layout: layout.tile)


def _columns(found: Samples, layout: _Layout) -> Iterator[tuple[str, Shown, float]]:
    """Return each data set with the left end of its column in a block."""
    offset = layout.names
    for dataset, shown in found.datasets.items():
        yield dataset, shown, offset
        offset += (shown.tiles + GAP) * layout.tile


def _name(ax: Axes, dataset: str, left: float, bottom: float, width: float) -> None:
    turn = 0 if _fits(dataset, width) else 90
    ax.text(
        left, bottom, short_name(dataset), va="bottom", fontsize=SIZE, color=GREY, rotation=turn
    )


def _draw_points(
    ax: Axes,
    samples: Mapping[str, Array],
    spots: Mapping[str, tuple[float, float]],
    side: float,
) -> None:
    """Draw points in frames; as dots of a picture, in a drawing too, as there are many."""
    middle, width = middle_and_width(samples)
    drawn, frames = [], []
    for model, points in samples.items():
        x, y = spots[model]
        within = np.clip((points - middle) / width, -0.5, 0.5) * [1, -1]
        drawn.append(within * 0.94 * side + [x + side / 2, y + side / 2])
        frames.append(Rectangle((x, y), side, side))
    ax.add_collection(
        PatchCollection(frames, facecolor="none", edgecolor="#e0e0e0", linewidth=0.5, zorder=1)
    )
    ax.plot(
        *np.concatenate(drawn).T,
        "o",
        color=INK,
        markersize=max(0.9, 2.2 * side),
        markeredgewidth=0,
        alpha=0.55,
        rasterized=True,
    )


def _draw_pictures(
    ax: Axes,
    samples: Mapping[str, Array],
    spots: Mapping[str, tuple[float, float]],
    side: float,
) -> None:
    for model, pictures in shades(samples).items():
        x, y = spots[model]
        times = -(-FINE // pictures.shape[1])
        row = strip(pictures.repeat(times, axis=1).repeat(times, axis=2))
        colours = np.broadcast_to(row, (*row.shape[:2], 3))
        right = x + side * row.shape[1] / row.shape[0]
        ax.imshow(
            colours, extent=(x, right, y + side, y), aspect="auto", interpolation="none", zorder=2
        )

"""Curves on a figure: small points on a line, named once, after all models have their names."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes

from genbench.report.captions import write
from genbench.report.curves import Curve
from genbench.report.figures import INK, short_name
from genbench.report.labels import Box, Spot


class Member(Protocol):
    """A point of a curve."""

    @property
    def model(self) -> str:
        """The model's name, with its parameters."""
        ...

    @property
    def family(self) -> str:
        """The model's family."""
        ...


def draw_curve(
    ax: Axes, line: Sequence[Spot], curve: Curve[Member], colours: Mapping[str, str]
) -> None:
    """Draw a curve along these spots, in units of data, in the colour of its family."""
    xs, ys = zip(*line, strict=True)
    colour = colours.get(curve.points[0].family, INK)
    ax.plot(xs, ys, color=colour, lw=1, marker="o", markersize=3, alpha=0.8, zorder=3.5)


def name_curves(
    ax: Axes,
    lines: Sequence[Sequence[Spot]],
    curves: Sequence[Curve[Member]],
    *,
    others: Sequence[Spot],
    taken: Sequence[Box],
) -> None:
    """Name each curve once, beside the point of it that is farthest from the models, `others`.

    `taken` are the boxes of names that are written already, as of `write`.
    """
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    found = []
    for line, curve in zip(lines, curves, strict=True):
        inside = [(x, y) for x, y in line if left <= x <= right and bottom <= y <= top]
        if inside:
            words = f"{short_name(curve.model)}, {curve.told}"
            found.append((max(inside, key=_room_beside(ax, others)), words))
    spots = [spot for spot, _ in found]
    write(
        ax,
        spots,
        [words for _, words in found],
        bold=[False] * len(found),
        others=[*others, *(spot for line in lines for spot in line if spot not in spots)],
        taken=taken,
    )


def _room_beside(ax: Axes, others: Sequence[Spot]) -> Callable[[Spot], float]:
    """Return what says how far a spot is from the nearest of the others, as drawn."""
    places = ax.transData.transform(np.array(others).reshape(-1, 2))

    def room(spot: Spot) -> float:
        away = np.linalg.norm(places - ax.transData.transform(spot), axis=1)
        return round(float(away.min(initial=np.inf)), 6)

    return room

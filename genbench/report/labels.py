"""Where to put the names of points so that none hides another: greedy, deterministic, small."""

import math
from collections.abc import Sequence

import numpy as np

from genbench.ground.arrays import Array, Flags

Spot = tuple[float, float]
Box = tuple[float, float, float, float]  # left, bottom, right, top

DIRECTIONS = 16
DISTANCES = (8.0, 14.0, 22.0, 32.0, 44.0, 58.0, 76.0, 98.0, 124.0)
MARKER = 6.0  # half the side of the square that a marker takes


def place(
    points: Sequence[Spot],
    sizes: Sequence[Spot],
    frame: Box,
    *,
    first: Sequence[bool] = (),
    others: Sequence[Spot] = (),
    taken: Sequence[Box] = (),
) -> list[Spot | None]:
    """Return the centre of each point's label, for labels of these widths and heights, in points.

    Those that are `first` choose first, and of these the most crowded; each takes the nearest spot
    where it hides nothing. Where there is none, the label is left out: None. `others` are points
    without a label, `taken` are boxes where no label may lie.
    """
    spots = np.array(points, dtype=float).reshape(-1, 2)
    nameless = np.array(others, dtype=float).reshape(-1, 2)
    every = np.vstack([spots, nameless])
    markers = np.hstack([every - MARKER, every + MARKER])
    full = np.array(taken, dtype=float).reshape(-1, 4)
    boxes = np.full((len(points), 4), np.nan)  # left, bottom, right, top of each label
    placed: list[int] = []
    crowding = (1 / (1 + np.linalg.norm(spots[:, None] - spots, axis=-1) / 20)).sum(axis=1)
    later = [not urgent for urgent in first] or [False] * len(points)

    def turn(index: int) -> tuple[bool, float, int]:
        return later[index], -round(float(crowding[index]), 9), index

    for index in sorted(range(len(points)), key=turn):
        choices = _around(points[index], sizes[index])
        obstacles = np.vstack([np.delete(markers, index, axis=0), full, boxes[placed]])
        lines = (spots[placed], _centres(boxes[placed]))
        costs, hidden = _costs(spots[index], choices, np.array([frame]), obstacles, lines)
        if not hidden.all():
            boxes[index] = choices[int(np.where(hidden, np.inf, costs).argmin())]
            placed.append(index)
    centres = _centres(boxes)
    return [
        (float(centres[i, 0]), float(centres[i, 1])) if i in placed else None
        for i in range(len(points))
    ]


def _around(point: Spot, size: Spot) -> Array:
    """Return boxes for the label around its point, the nearest first."""
    turns = 2 * math.pi * np.arange(DIRECTIONS) / DIRECTIONS
    far = np.array(DISTANCES)[:, None]
    x = point[0] + np.cos(turns) * (far + size[0] / 2)
    y = point[1] + np.sin(turns) * (far + size[1] / 2)
    half = np.array(size) / 2
    centres = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.hstack([centres - half, centres + half])


def _costs(
    point: Array, choices: Array, frame: Array, others: Array, lines: tuple[Array, Array]
) -> tuple[Array, Flags]:
    """Return how bad each choice is (what it crosses, how far it is), and whether it hides aught.

    To lie outside the frame in part is as bad as to hide.
    """
    padded = choices + np.array([-2.5, -1.5, 2.5, 1.5])
    area = np.prod(choices[:, 2:] - choices[:, :2], axis=1)
    hidden = _overlaps(padded, others).sum(axis=1)
    outside = area - _overlaps(choices, frame)[:, 0]
    crossing = _crosses(lines[0], lines[1], padded).sum(axis=0)
    crossing += _crosses(np.broadcast_to(point, (len(choices), 2)), _centres(choices), others).sum(
        axis=1
    )
    away = np.linalg.norm(point - np.clip(point, choices[:, :2], choices[:, 2:]), axis=1)
    return np.round(60 * crossing + away, 6), np.round(hidden + outside, 6) > 0


def _overlaps(boxes: Array, others: Array) -> Array:
    """Return the area that each box (n, 4) shares with each of the others (m, 4), as (n, m)."""
    low = np.maximum(boxes[:, None, :2], others[:, :2])
    high = np.minimum(boxes[:, None, 2:], others[:, 2:])
    shared: Array = np.prod(np.maximum(high - low, 0.0), axis=-1)
    return shared


def _crosses(starts: Array, ends: Array, boxes: Array) -> Array:
    """Say which straight lines (n, 2) run through which boxes (m, 4), as (n, m)."""
    way = (ends - starts)[:, None]
    way = np.where(np.abs(way) < 1e-9, 1e-9, way)
    one = (boxes[:, :2] - starts[:, None]) / way
    two = (boxes[:, 2:] - starts[:, None]) / way
    enters = np.maximum(np.minimum(one, two).max(axis=-1), 0.0)
    leaves = np.minimum(np.maximum(one, two).min(axis=-1), 1.0)
    inside: Array = enters < leaves
    return inside


def _centres(boxes: Array) -> Array:
    centres: Array = (boxes[:, :2] + boxes[:, 2:]) / 2
    return centres

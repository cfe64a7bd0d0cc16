"""A plane of models as a bare drawing for a page: small, and dark where the page is."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from genbench.report.html_parts import Look
from genbench.report.intervals import Estimate
from genbench.report.labels import Box, Spot, place
from genbench.report.losses import NOISE
from genbench.report.markup import text
from genbench.runs.records import REAL

WIDTH, HEIGHT = 460.0, 330.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 10.0, 26.0, 34.0
LETTER = 5.9  # usual width of a letter of 11 pixels
LINE = 12.0
ROOM = 0.08  # of the span, around the points
SIZE, SMALL = 4.5, 2.4  # radius of a point, and of one of a curve
FAR = 11.0  # from a point to its name, beyond which a line joins them


@dataclass(frozen=True, kw_only=True)
class Dot:
    """A model on a plane, and the range of its seeds."""

    model: str
    family: str
    competes: bool
    x: Estimate
    y: Estimate
    told: str  # when it is pointed at
    ring: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve on a plane: small points, in order, under one name."""

    label: str
    dots: tuple[Dot, ...]


class Frame:
    """Where numbers lie on a drawing; what lies beyond is at the edge."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        self.x0, self.x1 = _span(xs)
        self.y0, self.y1 = _span(ys)

    @classmethod
    def around(cls, dots: Sequence[Dot]) -> "Frame":
        """Return a frame around all but noise: often so far off that others would touch."""
        near = [dot for dot in dots if dot.model != NOISE] or dots
        return cls([dot.x.mean for dot in near], [dot.y.mean for dot in near])

    def spot(self, x: float, y: float) -> Spot:
        """Return the place of a pair of numbers."""
        across = min(max((x - self.x0) / (self.x1 - self.x0), 0.0), 1.0)
        up = min(max((y - self.y0) / (self.y1 - self.y0), 0.0), 1.0)
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM),
        )

    def of(self, dot: Dot) -> Spot:
        """Return the place of a dot."""
        return self.spot(dot.x.mean, dot.y.mean)

    def line(self, xs: Sequence[float], ys: Sequence[float]) -> str:
        """Return the path along pairs of numbers."""
        spots = (self.spot(float(x), float(y)) for x, y in zip(xs, ys, strict=True))
        return "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in spots)

    def ticks(self) -> str:
        """Return a few numbers along both axes."""
        across = (
            f'<text class=tick x="{self.spot(value, self.y0)[0]:.0f}" y="{HEIGHT - BOTTOM + 13:g}"'
            f" text-anchor=middle>{value:g}</text>"
            for value in _ticks(self.x0, self.x1)
        )
        up = (
            f'<text class=tick x="{LEFT - 4:g}" y="{self.spot(self.x0, value)[1] + 3.5:.0f}"'
            f" text-anchor=end>{value:g}</text>"
            for value in _ticks(self.y0, self.y1)
        )
        return "".join((*across, *up))


def drawing(
    title: str,
    axes: tuple[str, str],
    dots: Sequence[Dot],
    look: Look,
    *,
    frame: Frame,
    behind: str,
    named: Collection[str],
    lines: Sequence[Line] = (),
) -> str:
    """Return a drawing: what lies behind the dots is markup already, `named` have their names.

    The names of lines come last, where there is room left.
    """
    across, up = map(text, axes)
    middle = (TOP + HEIGHT - BOTTOM) / 2
    around = (
        f"<text x={LEFT:g} y=16 class=title>{text(title)}</text>"
        f'<path class=axis d="M{LEFT:g} {TOP:g}V{HEIGHT - BOTTOM:g}H{WIDTH - RIGHT:g}"/>'
        f"{frame.ticks()}"
        f'<text class=soft x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 4:g}"'
        f" text-anchor=middle>{across}</text>"
        f'<text class=soft transform="translate(11 {middle:g}) rotate(-90)"'
        f" text-anchor=middle>{up}</text>"
    )
    marks = "".join(
        (
            *(_curve(line, frame, look) for line in lines),
            *(_mark(dot, frame, look) for dot in dots),
        )
    )
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role=img'
        f' aria-label="{text(title)}: {up} against {across}">'
        f"{around}{behind}{marks}{_names(dots, frame, named, lines)}</svg>"
    )


def _mark(dot: Dot, frame: Frame, look: Look) -> str:
    x, y = frame.spot(dot.x.mean, dot.y.mean)
    title = f"<title>{text(dot.told)}</title>"
    if dot.model == REAL:
        return f'<text class=star x="{x:.0f}" y="{y + 6:.0f}" text-anchor=middle>★{title}</text>'
    left, low = frame.spot(min(dot.x.values), min(dot.y.values))
    right, high = frame.spot(max(dot.x.values), max(dot.y.values))
    kind = look.family(dot.family) if dot.competes else "anchor"
    several = len(dot.x.values) > 1
    reach = f'<path d="M{left:.0f} {y:.0f}H{right:.0f}M{x:.0f} {low:.0f}V{high:.0f}"/>' * several
    ring = f'<circle class=ring cx="{x:.0f}" cy="{y:.0f}" r="{SIZE + 3:g}"/>' * dot.ring
    return (
        f"<g class={kind}>{reach}{ring}"
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{SIZE:g}">{title}</circle></g>'
    )


def _curve(line: Line, frame: Frame, look: Look) -> str:
    """Draw small points, joined in order."""
    spots = [frame.of(dot) for dot in line.dots]
    way = "L".join(f"{x:.0f} {y:.0f}" for x, y in spots)
    points = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{SMALL:g}"><title>{text(dot.told)}</title></circle>'
        for dot, (x, y) in zip(line.dots, spots, strict=True)
    )
    return f'<g class="{look.family(line.dots[0].family)} curve"><path d="M{way}"/>{points}</g>'


def _names(dots: Sequence[Dot], frame: Frame, named: Collection[str], lines: Sequence[Line]) -> str:
    """Write names where they hide nothing; there may be no room for some."""
    wanted = [dot for dot in dots if dot.model in named]
    placed = _placed(
        [frame.of(dot) for dot in wanted],
        [dot.model.strip("()") for dot in wanted],
        first=[not dot.competes for dot in wanted],
        others=[frame.of(dot) for dot in dots if dot.model not in named],
    )
    at = [
        _loneliest([frame.of(dot) for dot in line.dots], list(map(frame.of, dots)))
        for line in lines
    ]
    small = [frame.of(dot) for line in lines for dot in line.dots]
    placed += _placed(
        at,
        [line.label for line in lines],
        others=[*map(frame.of, dots), *(spot for spot in small if spot not in at)],
        taken=[_box(size, centre) for _, _, size, centre in placed],
    )
    return "".join(_name(*one) for one in placed)


def _placed(
    spots: Sequence[Spot], words: Sequence[str], **around: Any
) -> list[tuple[str, Spot, Spot, Spot]]:
    """Return the words that have room, each with its point, its size and its centre."""
    sizes = [(LETTER * len(word) + 4, LINE) for word in words]
    edges = (LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM)
    centres = place(spots, sizes, edges, **around)
    return [
        (word, spot, size, centre)
        for word, spot, size, centre in zip(words, spots, sizes, centres, strict=True)
        if centre is not None
    ]


def _box(size: Spot, centre: Spot) -> Box:
    (wide, high), (x, y) = size, centre
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _loneliest(spots: Sequence[Spot], others: Sequence[Spot]) -> Spot:
    """Return the spot that is farthest from all others."""
    return max(spots, key=lambda spot: min((math.dist(spot, other) for other in others), default=0))


def _name(word: str, spot: Spot, size: Spot, centre: Spot) -> str:
    """Write a name, with a thin line to its point if it is far from it."""
    x, y = centre
    edge = tuple(
        min(max(at, middle - side / 2), middle + side / 2)
        for at, middle, side in zip(spot, centre, size, strict=True)
    )
    far = math.dist(spot, edge) > FAR
    line = (
        f'<path class=leader d="M{spot[0]:.0f} {spot[1]:.0f}L{edge[0]:.0f} {edge[1]:.0f}"/>' * far
    )
    return f'{line}<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor=middle>{text(word)}</text>'


def _span(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = ROOM * (high - low) or 0.5
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers of an interval."""
    step = 10 ** math.floor(math.log10(high - low))
    while (high - low) / step < 3:
        step /= 2
    first = math.ceil(low / step)
    return [round(k * step, 10) + 0.0 for k in range(first, math.floor(high / step) + 1)]

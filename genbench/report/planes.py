"""Novelty against quality as drawings for a page: a plane per data set, a cross at real samples."""

import math
from collections.abc import Sequence

from genbench.report.html_parts import Look
from genbench.report.labels import Spot, place
from genbench.report.leaderboard import Table
from genbench.report.markup import text
from genbench.report.tradeoff import Panel, Point, worth_a_name
from genbench.runs.records import REAL

WIDTH, HEIGHT = 460.0, 330.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 10.0, 26.0, 34.0
LETTER = 5.9  # usual width of a letter of 11 pixels
LINE = 12.0
ROOM = 0.08  # of the span, around the points
SIZE = 4.5  # radius of a point
FAR = 24.0  # from its point, beyond which a name has a line to it


def plane(panel: Panel, table: Table, look: Look) -> str:
    """Return the drawing of a data set, or nothing if it has no points."""
    points = [
        point for point in panel.points if math.isfinite(point.novelty.mean + point.quality.mean)
    ]
    if not points:
        return ""
    frame = Frame(points)
    real = next((point for point in points if point.model == REAL), None)
    leads = table.leaders
    marks = "".join(_mark(point, frame, look, lead=point.model in leads) for point in points)
    title = text(table.dataset)
    axes = (
        f"<text x={LEFT:g} y=16 class=title>{title}</text>"
        f'<path class=axis d="M{LEFT:g} {TOP:g}V{HEIGHT - BOTTOM:g}H{WIDTH - RIGHT:g}"/>'
        f"{''.join(frame.ticks())}"
        f'<text class=soft x="{(LEFT + WIDTH - RIGHT) / 2:g}" y="{HEIGHT - 4:g}"'
        f" text-anchor=middle>{text(panel.novelty.replace('_', ' '))}</text>"
        f'<text class=soft transform="translate(11 {(TOP + HEIGHT - BOTTOM) / 2:g}) rotate(-90)"'
        f" text-anchor=middle>{text(panel.quality.replace('_', ' '))}</text>"
    )
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role=img'
        f' aria-label="{title}: {text(panel.quality)} against {text(panel.novelty)}">'
        f"{axes}{_cross(frame, real)}{marks}{_names(points, frame, leads)}</svg>"
    )


class Frame:
    """Where a plane's numbers lie on the drawing; noise, often far off, is drawn at the edge."""

    def __init__(self, points: Sequence[Point]) -> None:
        near = [point for point in points if point.model != "noise"] or list(points)
        self.x0, self.x1 = _span([point.novelty.mean for point in near])
        self.y0, self.y1 = _span([point.quality.mean for point in near])

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a pair of numbers, at the edge if it lies beyond."""
        across = min(max((x - self.x0) / (self.x1 - self.x0), 0.0), 1.0)
        up = min(max((y - self.y0) / (self.y1 - self.y0), 0.0), 1.0)
        return (
            LEFT + across * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM),
        )

    def ticks(self) -> list[str]:
        """Return a few numbers along both axes."""
        found = []
        for value in _ticks(self.x0, self.x1):
            x, _ = self.spot(value, self.y0)
            found.append(
                f'<text class=tick x="{x:.0f}" y="{HEIGHT - BOTTOM + 13:g}"'
                f" text-anchor=middle>{value:g}</text>"
            )
        for value in _ticks(self.y0, self.y1):
            _, y = self.spot(self.x0, value)
            found.append(
                f'<text class=tick x="{LEFT - 4:g}" y="{y + 3.5:.0f}"'
                f" text-anchor=end>{value:g}</text>"
            )
        return found


def _cross(frame: Frame, real: Point | None) -> str:
    """Draw a cross at real samples, and the zone of what is nearer to the training samples."""
    if real is None:
        return ""
    x, y = frame.spot(real.novelty.mean, real.quality.mean)
    low = HEIGHT - BOTTOM
    return (
        f'<rect class=zone x="{LEFT:g}" y="{TOP:g}" width="{max(x - LEFT, 0):.0f}"'
        f' height="{low - TOP:g}"/>'
        f'<path class=cross d="M{x:.0f} {TOP:g}V{low:g}M{LEFT:g} {y:.0f}H{WIDTH - RIGHT:g}"/>'
    )


def _mark(point: Point, frame: Frame, look: Look, *, lead: bool) -> str:
    """Draw a model with the range of its seeds; its name is told on hovering."""
    x, y = frame.spot(point.novelty.mean, point.quality.mean)
    told = f"{point.model}: novelty {point.novelty.text}, quality {point.quality.text}"
    title = f"<title>{text(told)}</title>"
    if point.model == REAL:
        return f'<text class=star x="{x:.1f}" y="{y + 6:.1f}" text-anchor=middle>★{title}</text>'
    left, low = frame.spot(min(point.novelty.values), min(point.quality.values))
    right, high = frame.spot(max(point.novelty.values), max(point.quality.values))
    kind = look.family(point.family) if point.competes else "anchor"
    several = len(point.novelty.values) > 1
    reach = f'<path d="M{left:.0f} {y:.0f}H{right:.0f}M{x:.0f} {low:.0f}V{high:.0f}"/>' * several
    ring = f'<circle class=ring cx="{x:.1f}" cy="{y:.1f}" r="{SIZE + 3:g}"/>' * lead
    return (
        f'<g class="{kind}">{reach}{ring}<circle cx="{x:.1f}" cy="{y:.1f}" r="{SIZE:g}">{title}'
        "</circle></g>"
    )


def _names(points: Sequence[Point], frame: Frame, leads: set[str]) -> str:
    """Name the anchors, the lead group and the front, as far as there is room for names."""
    wanted = worth_a_name(points, leads)
    spots = [frame.spot(point.novelty.mean, point.quality.mean) for point in wanted]
    names = [point.model.strip("()") for point in wanted]
    sizes = [(LETTER * len(name) + 4, LINE) for name in names]
    edges = (LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM)
    others = [
        frame.spot(point.novelty.mean, point.quality.mean)
        for point in points
        if point not in wanted
    ]
    centres = place(spots, sizes, edges, others=others)
    return "".join(
        _name(name, spot, size, centre)
        for name, spot, size, centre in zip(names, spots, sizes, centres, strict=True)
        if centre is not None
    )


def _name(name: str, spot: Spot, size: Spot, centre: Spot) -> str:
    """Write a name, with a thin line to its point if it is far from it."""
    x, y = centre
    far = math.hypot(x - spot[0], y - spot[1]) > FAR + size[0] / 2
    line = f'<path class=leader d="M{spot[0]:.0f} {spot[1]:.0f}L{x:.0f} {y:.0f}"/>' * far
    return f'{line}<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor=middle>{text(name)}</text>'


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

"""The planes of a page: novelty against quality, and models under the frontier."""

import math
from collections.abc import Collection

from genbench.report import frontier
from genbench.report.drawing import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Dot,
    Frame,
    Line,
    drawing,
)
from genbench.report.html_parts import Look
from genbench.report.leaderboard import Table
from genbench.report.tradeoff import Panel, Point, worth_a_name
from genbench.runs.records import REAL

EVERY = 4  # points of the frontier's line: a page is small
SHARES = (0.5, 0.75, 0.9)  # of S, as dotted lines
MOST_NAMES = 8  # of leaders, under the frontier


def plane(panel: Panel, table: Table, look: Look) -> str:
    """Return novelty against quality on a data set, or nothing if it has no points."""
    leads = table.leaders
    points = [
        point for point in panel.points if math.isfinite(point.novelty.mean + point.quality.mean)
    ]
    if not points:
        return ""
    dots = [_of_point(point, leads) for point in points]
    frame = Frame.around(dots)
    return drawing(
        table.dataset,
        (panel.novelty.replace("_", " "), panel.quality.replace("_", " ")),
        dots,
        look,
        frame=frame,
        behind=_cross(frame, dots),
        named={point.model for point in worth_a_name(points, leads)},
        lines=[
            Line(label=curve.label, dots=tuple(_of_point(point, leads) for point in curve.points))
            for curve in panel.curves
        ],
    )


def _of_point(point: Point, leads: Collection[str]) -> Dot:
    return Dot(
        model=point.model,
        family=point.family,
        competes=point.competes,
        x=point.novelty,
        y=point.quality,
        told=f"{point.model}: novelty {point.novelty.text}, quality {point.quality.text}",
        ring=point.model in leads,
    )


def frontier_plane(found: frontier.Plane, table: Table, look: Look) -> str:
    """Return models under S(Q), the most novelty that quality allows, with its band."""
    leads = table.leaders
    dots = [_of_place(place, leads) for place in found.places]
    qualities = [*found.quality[::EVERY], found.quality[-1]]
    low, middle, high = (
        [*curve[::EVERY], curve[-1]] for curve in (found.low, found.middle, found.high)
    )
    frame = Frame([0.0, max(qualities)], [0.0, max(high)])
    band = f"{frame.line(qualities, high)}L{frame.line(qualities[::-1], low[::-1])[1:]}Z"
    shares = "".join(
        f'<path class=share d="{frame.line(qualities, [share * s for s in middle])}"/>'
        for share in SHARES
    )
    behind = (
        f'<path class=band d="{band}"/>{shares}'
        f'<path class=most d="{frame.line(qualities, middle)}"/>'
    )
    anchors = {dot.model for dot in dots if not dot.competes}
    return drawing(
        f"{found.dataset}: the frontier",
        ("quality: share of real samples in places as dense or less", "novelty, nats"),
        dots,
        look,
        frame=frame,
        behind=behind,
        named=anchors | leads if len(leads) <= MOST_NAMES else anchors,
        lines=[
            Line(label=curve.label, dots=tuple(_of_place(place, leads) for place in curve.points))
            for curve in found.curves
        ],
    )


def _of_place(place: frontier.Place, leads: Collection[str]) -> Dot:
    return Dot(
        model=place.model,
        family=place.family,
        competes=place.competes,
        x=place.quality,
        y=place.novelty,
        told=f"{place.model}: {100 * place.efficiency.mean:.0f} % of what its quality allows",
        ring=place.model in leads,
    )


def _cross(frame: Frame, dots: list[Dot]) -> str:
    """Draw a cross at real samples, and the zone of what is nearer to the training samples."""
    real = next((dot for dot in dots if dot.model == REAL), None)
    if real is None:
        return ""
    x, y = frame.spot(real.x.mean, real.y.mean)
    low = HEIGHT - BOTTOM
    return (
        f'<rect class=zone x="{LEFT:g}" y="{TOP:g}" width="{max(x - LEFT, 0):.0f}"'
        f' height="{low - TOP:g}"/>'
        f'<path class=cross d="M{x:.0f} {TOP:g}V{low:g}M{LEFT:g} {y:.0f}H{WIDTH - RIGHT:g}"/>'
    )

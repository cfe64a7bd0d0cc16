"""Novelty against quality: the points of the plane, and which models nobody beats on both.

Copying gives quality without novelty, noise gives novelty without quality; what a model is worth
shows only where both are looked at together.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from genbench.ground.arrays import Flags
from genbench.metric import Aim
from genbench.report.curves import Curve, by_decoder, parted
from genbench.report.frames import frame_of
from genbench.report.intervals import Estimate, Interval
from genbench.report.losses import BySeed, competes, estimates, losses, numbers
from genbench.report.standing import p_values
from genbench.runs.records import REAL, Record, by_dataset
from genbench.sequences import decoders

if TYPE_CHECKING:
    import pandas

SURPRISE = "bayesian_surprise"
# Novelty and quality: the first that a data set's records have. Noise of symbols surprises no more
# than real rows do; what it is not is likely, or grammatical.
PLANES = (
    ("novel_ngrams", "grammatical_share"),
    ("novel_ngrams", "judged_bits"),
    (SURPRISE, "high_density_share"),
    (SURPRISE, "precision"),
)
# Which way is better in the plane: noise is newer than anything, and some ask for the rarest rows.
AIMS: Mapping[str, Aim] = {
    SURPRISE: "match",
    "grammatical_share": "high",
    "judged_bits": "low",
    "high_density_share": "high",
    "precision": "high",
}
SURE = 0.05  # p-value on each axis, below which one model is better than another
FEW = 24  # points that are all named
MOST_NAMES = 12  # of many, beside the anchors
COLUMNS = ("dataset", "model", "family", "seed", "novelty", "quality", "on_front", "reason")


@dataclass(frozen=True, kw_only=True)
class Point:
    """A model's place in the plane, and the place of each seed, in order of the seeds."""

    model: str
    family: str
    competes: bool
    seeds: tuple[int, ...]
    novelty: Estimate
    quality: Estimate
    on_front: bool = False  # no other model is better on both, for sure


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The plane of one data set: its axes (metric and which way is better) and its points."""

    dataset: str
    novelty: str
    quality: str
    novelty_aim: Aim
    quality_aim: Aim
    bounds: Mapping[str, tuple[float, float]]
    points: tuple[Point, ...]  # in order of name
    absent: tuple[str, ...]  # models that failed, or lack one of the two numbers
    curves: tuple[Curve[Point], ...] = ()


def novelty_quality_points(
    records: Iterable[Record], quality: str | None = None, novelty: str | None = None
) -> dict[str, Panel]:
    """Return the plane of each data set.

    Axes that are not said are those of the first of `PLANES` that has numbers, not all the same.
    """
    found = {}
    for dataset, own in by_dataset(records).items():
        usual = _usual(parted(own)[0], quality, novelty)
        found[dataset] = _panel(dataset, own, quality or usual[1], novelty or usual[0])
    return found


def _usual(cells: Sequence[Record], quality: str | None, novelty: str | None) -> tuple[str, str]:
    """Return the first plane that tells models apart on the axes that are not said, or the last."""
    for plane in PLANES:
        asked = [name for name, said in zip(plane, (novelty, quality), strict=True) if not said]
        if all(_tells(cells, name) for name in asked):
            return plane
    return PLANES[-1]


def _tells(cells: Sequence[Record], name: str) -> bool:
    """Return whether a metric has numbers, and not one for all: what may be is all of a chain."""
    found = [value for seeds in numbers(cells, name).values() for value in seeds.values()]
    return len(found) == 1 or len(set(found)) > 1


def _panel(dataset: str, records: Sequence[Record], quality: str, novelty: str) -> Panel:
    cells = [record for record in records if record.status == "ok"]
    aims = {name: _aim(cells, name) for name in (quality, novelty)}
    values = {name: numbers(cells, name) for name in (quality, novelty)}
    badness = {name: losses(cells, name, aims[name]) for name in (quality, novelty)}
    points: dict[str, Point] = {}
    out = {cell.model for cell in cells if not competes(cell)}
    for cell in cells:
        seeds = sorted(
            set(values[quality].get(cell.model, {})) & set(values[novelty].get(cell.model, {}))
        )
        if not seeds or cell.model in points:
            continue
        points[cell.model] = Point(
            model=cell.model,
            family=cell.family,
            competes=cell.model not in out,
            seeds=tuple(seeds),
            novelty=_estimate(values[novelty], cell.model, seeds),
            quality=_estimate(values[quality], cell.model, seeds),
        )
    alone, curves = parted(points.values())
    front = _front(points, badness[quality], badness[novelty], aims[quality])
    return Panel(
        dataset=dataset,
        novelty=novelty,
        quality=quality,
        novelty_aim=aims[novelty],
        quality_aim=aims[quality],
        bounds={c: s.bounds for cell in cells for c, s in cell.scores.items() if c in aims},
        points=tuple(replace(point, on_front=point.model in front) for point in alone),
        absent=tuple(sorted({record.model for record in records} - set(points))),
        curves=(*curves, *by_decoder(alone)),
    )


def _aim(cells: Sequence[Record], name: str) -> Aim:
    """Return which way is better in the plane."""
    if name in AIMS:
        return AIMS[name]
    return next((cell.scores[name].aim for cell in cells if name in cell.scores), "high")


def _front(
    points: Mapping[str, Point], quality: BySeed, novelty: BySeed, quality_aim: Aim
) -> set[str]:
    """Return the models that none beats on both, for sure where there are seeds to tell.

    What a decoder wrote is drawn, and neither on it nor in the way of a model that is.
    What is not half as good as real samples is on no front: nobody wants it, however new it is.
    """
    real = points.get(REAL)
    able = [
        point.model
        for point in points.values()
        if point.competes
        and not decoders.is_decoded(point.model)
        and set(quality.get(point.model, ())) & set(novelty.get(point.model, ()))
        and not (quality_aim == "high" and real and 2 * point.quality.mean < real.quality.mean)
    ]
    if not able:
        return set()
    axes = [[estimates(bad, able)[model] for model in able] for bad in (quality, novelty)]
    front = unbeaten([(each, "low") for each in axes])
    return {model for model, stands in zip(able, front, strict=True) if stands}


def unbeaten(axes: Iterable[tuple[Sequence[Interval], Aim]]) -> Flags:
    """Return which models (n,) none beats on all axes, on each for sure if there are seeds to tell.

    An axis has an interval for each model, and says whether "low" or "high" is better.
    """
    beaten = []  # row i by column j
    for found, aim in axes:
        means = np.array([each.mean for each in found]) * (-1 if aim == "high" else 1)
        worse = means[:, None] > means
        if all(each.variance is not None for each in found):
            worse &= p_values(found) < SURE
        beaten.append(worse)
    stands: Flags = ~np.all(beaten, axis=0).any(axis=1)
    return stands


def worth_a_name(points: Sequence[Point], leads: Collection[str]) -> list[Point]:
    """Return the points to be named, those first that matter most.

    Those are all of a few; of many the anchors, and of the lead group and the front those first.
    """
    few = len(points) <= FEW
    anchors = [point for point in points if not point.competes]
    others = sorted(
        (point for point in points if point.competes),
        key=lambda point: (
            point.model not in leads,
            not point.on_front,
            -point.quality.mean,
            point.model,
        ),
    )
    wanted = [point for point in others if few or point.model in leads or point.on_front]
    return [*anchors, *(wanted if few else wanted[:MOST_NAMES])]


def novelty_quality_frame(panels: Mapping[str, Panel]) -> "pandas.DataFrame":
    """Return a row for each data set and model, without a seed, and one for each of its seeds."""
    return frame_of((row for panel in panels.values() for row in _rows(panel)), COLUMNS)


def _rows(panel: Panel) -> Iterable[Mapping[str, object]]:
    of = {"dataset": panel.dataset}
    for point in panel.points:
        own = of | {"model": point.model, "family": point.family}
        means = {"novelty": point.novelty.mean, "quality": point.quality.mean}
        yield own | means | {"on_front": point.on_front}
        pairs = zip(point.seeds, point.novelty.values, point.quality.values, strict=True)
        for seed, novelty, quality in pairs:
            yield own | {"seed": seed, "novelty": novelty, "quality": quality}
    for model in panel.absent:
        reason = f"it lacks {panel.novelty} or {panel.quality}"
        yield of | {"model": model, "reason": reason}


def _estimate(by_seed: Mapping[str, Mapping[int, float]], model: str, seeds: list[int]) -> Estimate:
    return Estimate(tuple(by_seed[model][seed] for seed in seeds))

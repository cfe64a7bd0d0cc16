"""Novelty against quality: the points of the plane, and which models nobody beats on both.

Copying gives quality without novelty, noise gives novelty without quality; what a model is worth
shows only where both are looked at together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from genbench.metric import Aim
from genbench.report.intervals import Estimate
from genbench.report.losses import competes, losses, numbers
from genbench.runs.records import Record, by_dataset

NOVELTY = "bayesian_surprise"
QUALITIES = ("high_density_share", "precision")  # the first that a data set's records have


@dataclass(frozen=True, kw_only=True)
class Point:
    """A model's place in the plane, and the place of each seed, in order of the seeds."""

    model: str
    family: str
    competes: bool
    novelty: Estimate
    quality: Estimate
    on_front: bool = False  # no other model is better on both


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


def novelty_quality_points(
    records: Iterable[Record], quality: str | None = None, novelty: str = NOVELTY
) -> dict[str, Panel]:
    """Return the plane of each data set.

    Without `quality` it is the share of samples where the data are dense, if the data set's density
    is known, else precision. A model is off the front only if another is strictly better on both.
    """
    return {
        dataset: _panel(dataset, found, quality or _default_quality(found), novelty)
        for dataset, found in by_dataset(records).items()
    }


def _default_quality(cells: Sequence[Record]) -> str:
    return next((name for name in QUALITIES if numbers(cells, name)), QUALITIES[-1])


def _panel(dataset: str, records: Sequence[Record], quality: str, novelty: str) -> Panel:
    cells = [record for record in records if record.status == "ok"]
    aims = {name: _aim(cells, name) for name in (quality, novelty)}
    values = {name: numbers(cells, name) for name in (quality, novelty)}
    badness = {name: losses(cells, name, aims[name]) for name in (quality, novelty)}
    points: dict[str, Point] = {}
    standing: dict[str, tuple[float, float]] = {}
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
            novelty=_estimate(values[novelty], cell.model, seeds),
            quality=_estimate(values[quality], cell.model, seeds),
        )
        if cell.model not in out and all(
            set(seeds) <= set(bad.get(cell.model, {})) for bad in badness.values()
        ):
            standing[cell.model] = (
                _estimate(badness[novelty], cell.model, seeds).mean,
                _estimate(badness[quality], cell.model, seeds).mean,
            )
    return Panel(
        dataset=dataset,
        novelty=novelty,
        quality=quality,
        novelty_aim=aims[novelty],
        quality_aim=aims[quality],
        bounds={c: s.bounds for cell in cells for c, s in cell.scores.items() if c in aims},
        points=tuple(
            replace(point, on_front=_on_front(point.model, standing)) for point in points.values()
        ),
        absent=tuple(sorted({record.model for record in records} - set(points))),
    )


def _aim(cells: Sequence[Record], name: str) -> Aim:
    """Return which way is better in the plane, where novelty and quality are both worth having."""
    if name == NOVELTY or name in QUALITIES:
        return "high"
    return next((cell.scores[name].aim for cell in cells if name in cell.scores), "high")


def _on_front(model: str, standing: Mapping[str, tuple[float, float]]) -> bool:
    if model not in standing:
        return False
    mine = standing[model]
    return not any(other[0] < mine[0] and other[1] < mine[1] for other in standing.values())


def _estimate(by_seed: Mapping[str, Mapping[int, float]], model: str, seeds: list[int]) -> Estimate:
    return Estimate(tuple(by_seed[model][seed] for seed in seeds))

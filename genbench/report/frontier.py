"""How near models come to the frontier: the most that samples of such quality can surprise.

A model's law is a histogram over kinds of samples. Its novelty is the mutual information of kind
and belief: mean Bayesian surprise of its kinds, less what it loses by making few of them. Its
efficiency is its share of S(Q), the most of any law as good. Noise is efficient, too: efficiency is
looked at beside quality, and ranks nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from genbench.creativity.capacity import divergences
from genbench.creativity.envelope import Envelope
from genbench.evidence.kinds import channel_of
from genbench.ground.arrays import Array
from genbench.report.curves import Curve, parted
from genbench.report.frames import frame_of
from genbench.report.intervals import Estimate
from genbench.report.losses import competes
from genbench.report.reasons import one_reason
from genbench.runs.codebooks import Book
from genbench.runs.records import REAL, Record, by_dataset

if TYPE_CHECKING:
    import pandas

N_QUALITIES = 201  # at which the frontier is drawn
CLEAR = 0.5  # of real samples' quality: of what has less, efficiency says little
COLUMNS = (
    "dataset",
    "what",
    "name",
    "family",
    "seed",
    "quality",
    "novelty",
    "low",
    "high",
    "surprise",
    "efficiency",
    "reason",
)


class Measures(NamedTuple):
    """What laws are worth, (n_laws,) each."""

    quality: Array  # mean typicality
    novelty: Array  # mutual information of kind and belief, in nats
    surprise: Array  # mean Bayesian surprise of the kinds, in nats: never below novelty
    efficiency: Array  # novelty over the most of any law of such quality


@dataclass(frozen=True, kw_only=True)
class Place:
    """A model's place in the plane; each estimate is of its seeds, in their order."""

    model: str
    family: str
    competes: bool
    seeds: tuple[int, ...]
    quality: Estimate
    novelty: Estimate
    surprise: Estimate
    efficiency: Estimate
    clear: bool  # its quality is at least half of real samples', as far as that is known


@dataclass(frozen=True, eq=False, kw_only=True)
class Plane:
    """The plane of one data set: the frontier, with its band over numbers of cells, and models."""

    dataset: str
    quality: Array  # (n,) at which the frontier is given
    middle: Array  # (n,) S, over the kinds that laws are counted by, in nats
    low: Array  # (n,) least and ...
    high: Array  # (n,) ... greatest S with half and twice as many cells
    places: tuple[Place, ...]  # in order of name
    curves: tuple[Curve[Place], ...] = ()
    absent: Mapping[str, str]  # models without a law, and why


def planes(records: Iterable[Record], books: Mapping[str, Book]) -> dict[str, Plane]:
    """Return the plane of each data set that some law can be placed in."""
    found = {
        dataset: _plane(dataset, cells, books[dataset])
        for dataset, cells in by_dataset(records).items()
        if dataset in books
    }
    return {dataset: plane for dataset, plane in found.items() if plane.places}


def unplaced(records: Iterable[Record], found: Mapping[str, Plane]) -> dict[str, str]:
    """Return why each of the other data sets has no plane."""
    return {
        dataset: _why(cells)
        for dataset, cells in by_dataset(records).items()
        if dataset not in found
    }


def _why(records: Sequence[Record]) -> str:
    laws = [record.kinds for record in records if record.kinds is not None]
    if any(law.codebook for law in laws):
        return "its codebook does not come out here as where its samples were scored"
    return one_reason(law.reason for law in laws if law.reason) or "its kinds were not counted"


def measures(laws: Array, dataset: str, book: Book) -> Measures:
    """Return what laws (n_laws, n_kinds), each adding up to 1, are worth."""
    channel = channel_of(dataset, book.weights, book.total)
    before = np.full(channel.shape[1], 1 / channel.shape[1])
    surprise = laws @ divergences(channel, before)
    novelty = np.maximum(surprise - divergences(laws @ channel, before), 0.0)
    quality = laws @ book.quality
    most = book.frontier.at(quality)
    efficiency = np.divide(novelty, most, out=np.zeros(len(laws)), where=most > 0)
    return Measures(quality, novelty, surprise, efficiency)


def frontier_frame(
    found: Mapping[str, Plane], missing: Mapping[str, str] | None = None
) -> "pandas.DataFrame":
    """Return all that is drawn: lines of the frontier, of each model and seed, and of who lacks.

    A model's line without a seed is the mean over its seeds. `missing` are data sets without a
    plane, and why.
    """
    rows = [row for plane in found.values() for row in _rows(plane)]
    for dataset, reason in (missing or {}).items():
        rows.append({"dataset": dataset, "what": "absent", "reason": reason})
    return frame_of(rows, COLUMNS)


def _plane(dataset: str, records: Sequence[Record], book: Book) -> Plane:
    held = [r for r in records if _reason(r, book) is None]
    places: tuple[Place, ...] = ()
    if held:
        counts = np.array([_counts(r) for r in held], dtype=float)
        found = measures(counts / counts.sum(axis=1, keepdims=True), dataset, book)
        places = _places(held, found)
    alone, curves_of_models = parted(places)
    present = {place.model for place in places}
    reasons: dict[str, set[str]] = {}
    for record in records:
        if record.model not in present:
            reasons.setdefault(record.model, set()).add(_reason(record, book) or "")
    grid = np.linspace(0.0, book.frontier.best, N_QUALITIES)
    curves = np.array([_curve(envelope, grid) for envelope in book.frontiers.values()])
    return Plane(
        dataset=dataset,
        quality=grid,
        middle=_curve(book.frontier, grid),
        low=curves.min(axis=0),
        high=curves.max(axis=0),
        places=alone,
        curves=curves_of_models,
        absent={model: one_reason(why) for model, why in sorted(reasons.items())},
    )


def _curve(envelope: Envelope, quality: Array) -> Array:
    """Return S at these qualities; 0 where no law is so good."""
    return np.where(quality <= envelope.best, np.maximum(envelope.at(quality), 0.0), 0.0)


def _reason(record: Record, book: Book) -> str | None:
    """Say why a record has no place in the plane, if it has none."""
    if record.status != "ok":
        return record.reason or record.status
    if record.kinds is None:
        return "its kinds were not counted"
    if record.kinds.reason is not None:
        return record.kinds.reason
    if record.kinds.codebook != book.codebook or len(record.kinds.counts) != len(book.quality):
        return "its kinds were counted by another codebook"
    return None


def _counts(record: Record) -> tuple[int, ...]:
    return () if record.kinds is None else record.kinds.counts


def _places(held: Sequence[Record], found: Measures) -> tuple[Place, ...]:
    """Join the seeds of each model; records come in the order of their places."""
    real = [q for r, q in zip(held, found.quality, strict=True) if r.model == REAL]
    least = CLEAR * float(np.mean(real)) if real else 0.0
    places = []
    rows = enumerate(held)
    for model, group in groupby(rows, key=lambda row: row[1].model):
        index, own = zip(*group, strict=True)
        values = Measures(*(column[list(index)] for column in found))
        quality = _estimate(values.quality)
        places.append(
            Place(
                model=model,
                family=own[0].family,
                competes=all(map(competes, own)),
                seeds=tuple(map(attrgetter("seed"), own)),
                quality=quality,
                novelty=_estimate(values.novelty),
                surprise=_estimate(values.surprise),
                efficiency=_estimate(values.efficiency),
                clear=quality.mean >= least,
            )
        )
    return tuple(places)


def _estimate(values: Array) -> Estimate:
    return Estimate(tuple(map(float, values)))


def _rows(plane: Plane) -> Iterable[Mapping[str, object]]:
    of = {"dataset": plane.dataset}
    columns = zip(plane.quality, plane.middle, plane.low, plane.high, strict=True)
    for quality, middle, low, high in columns:
        at = {"quality": float(quality), "novelty": float(middle)}
        yield of | at | {"what": "frontier", "low": float(low), "high": float(high)}
    points = [("curve", place) for curve in plane.curves for place in curve.points]
    for what, place in (*(("model", place) for place in plane.places), *points):
        own = of | {"what": what, "name": place.model, "family": place.family}
        measured = {n: getattr(place, n) for n in Measures._fields}
        yield own | {name: estimate.mean for name, estimate in measured.items()}
        for i, seed in enumerate(place.seeds):
            yield own | {"seed": seed} | {n: e.values[i] for n, e in measured.items()}
    for model, reason in plane.absent.items():
        yield of | {"what": "absent", "name": model, "reason": reason}

"""The headline: how far a model has come from noise (0) towards real samples (1).

A mean of raw metrics would follow whichever has the largest unit, and a mean of ranks changes when
a clone joins. Anchors at both ends give every metric the same unit and depend on nobody else.
Metrics that say much the same are one face, so that kin do not vote several times.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from genbench.report.anchors import Anchors, anchors_of
from genbench.report.intervals import joined
from genbench.report.losses import NOISE, BySeed, losses
from genbench.report.reasons import notes_on
from genbench.runs.records import REAL, Record

Faces = Mapping[str, Sequence[str]]  # what is looked at -> the metrics that tell of it

FACES: Faces = {
    "distance": ("frechet_distance", "maximum_mean_discrepancy", "wasserstein_distance"),
    "test": ("classifier_two_sample_test",),
    "fidelity": ("precision",),
    "coverage": ("coverage",),
}
FEWEST_FACES = 2


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The headline of one data set: a number per model and seed, and what it counts."""

    of: BySeed = field(default_factory=dict)
    faces: Mapping[str, BySeed] = field(default_factory=dict)  # of which it is the mean
    metrics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def agreement(cells: Sequence[Record], faces: Faces = FACES) -> Agreement:
    """Return the headline of the cells of one data set that went well.

    It is the mean over faces, each the mean over its metrics that count. A metric whose anchors are
    missing, too near or not in the expected order does not count, and a note names it. A value that
    a model lacks, or that is infinite, counts as 0, as noise does, and a note names it.
    """
    absent = {REAL, NOISE} - {cell.model for cell in cells}
    if absent:
        return Agreement(notes=(f"No agreement: it needs the row {joined(absent)}.",))
    notes: list[str] = []
    left_out: dict[str, str] = {}
    found: dict[str, BySeed] = {}
    counted: list[str] = []
    for face, names in faces.items():
        shares = []
        for metric in names:
            anchors = anchors_of(cells, metric)
            if anchors.problem and not anchors.counts:
                left_out[metric] = f"{anchors.problem}."
            elif anchors.problem:
                notes.append(f"{metric} counts, but {anchors.problem}.")
            if anchors.counts:
                share, lacking = _shares(cells, metric, anchors)
                shares.append(share)
                counted.append(metric)
                if lacking:
                    notes.append(
                        f"{metric} is missing for {joined(lacking)};"
                        " it counts as 0 in the agreement."
                    )
        if shares:
            found[face] = _mean(cells, shares)
    notes = [*notes_on("left out of the agreement", left_out), *notes]
    if len(found) < min(FEWEST_FACES, len(faces)):
        left = f"only {joined(found)} is left" if found else "no metric is left"
        return Agreement(notes=(*notes, f"No agreement: {left} to count."))
    return Agreement(
        of=_mean(cells, list(found.values())),
        faces=found,
        metrics=tuple(counted),
        notes=tuple(notes),
    )


def _shares(cells: Sequence[Record], metric: str, anchors: Anchors) -> tuple[BySeed, set[str]]:
    """Return the share of every cell, and the models that have none."""
    found = losses(cells, metric)
    shares: dict[str, dict[int, float]] = {}
    lacking = set()
    for cell in cells:
        loss = found.get(cell.model, {}).get(cell.seed, math.inf)
        if not math.isfinite(loss):
            lacking.add(cell.model)
        share = anchors.share(loss) if math.isfinite(loss) else 0.0
        shares.setdefault(cell.model, {})[cell.seed] = share
    return shares, lacking


def _mean(cells: Sequence[Record], each: Sequence[BySeed]) -> BySeed:
    """Return the mean of several numbers of every cell."""
    found: dict[str, dict[int, float]] = {}
    for cell in cells:
        values = [values[cell.model][cell.seed] for values in each]
        found.setdefault(cell.model, {})[cell.seed] = fmean(values)
    return found

"""The headline: how far a model has come from noise (0) towards real samples (1).

A mean of raw metrics would follow whichever has the largest unit, and a mean of ranks changes when
a clone joins. Anchors at both ends give every metric the same unit and depend on nobody else.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from genbench.metric import Aim, loss
from genbench.report.intervals import Estimate, joined, number
from genbench.runs.records import REAL, Record

NOISE = "noise"
CONTROL = "control"  # the family of rows that are there to be compared with
HEADLINE = (
    "frechet_distance",
    "maximum_mean_discrepancy",
    "wasserstein_distance",
    "classifier_two_sample_test",
    "precision",
    "coverage",
)

FALLBACK = HEADLINE[0]  # orders the rows where there is no headline

BySeed = Mapping[str, Mapping[int, float]]  # model -> seed -> number


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The headline of one data set: a number per model and seed, and what it counts."""

    of: BySeed
    metrics: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def competes(record: Record) -> bool:
    """Say whether a record is of a model that wants to win; real samples and controls do not.

    Nor does the test set, handed in as samples.
    """
    return record.model != REAL and record.family != CONTROL and not record.test_copies


def numbers(cells: Iterable[Record], metric: str) -> dict[str, dict[int, float]]:
    """Return the values of a metric that are there, by model and seed."""
    found: dict[str, dict[int, float]] = {}
    for cell in cells:
        value = cell.value(metric)
        if value is not None and not math.isnan(value):
            found.setdefault(cell.model, {})[cell.seed] = value
    return found


def losses(
    cells: Sequence[Record], metric: str, aim: Aim | None = None
) -> dict[str, dict[int, float]]:
    """Return how bad each value is, smaller being better, by model and seed.

    To match is to be near the ideal of the score, or else near what real samples get; where there
    is neither, nothing can be said.
    """
    values = numbers(cells, metric)
    real = Estimate(tuple(values[REAL].values())).mean if REAL in values else None
    found: dict[str, dict[int, float]] = {}
    for cell in cells:
        if cell.seed not in values.get(cell.model, {}):
            continue
        score = cell.scores[metric]
        target = real if score.ideal is None else score.ideal
        way = aim or score.aim
        if way == "match" and target is None:
            continue
        value = values[cell.model][cell.seed]
        # Only a match looks at its target.
        found.setdefault(cell.model, {})[cell.seed] = loss(way, value, target=target or 0.0)
    return found


def agreement(cells: Sequence[Record]) -> Agreement:
    """Return the headline of the cells of one data set that went well.

    A metric whose anchors are missing, or do not stand in the expected order, does not count, and
    a note names it. A value that a model lacks counts as 0, as noise does, and a note names it.
    """
    absent = {REAL, NOISE} - {cell.model for cell in cells}
    if absent:
        return Agreement(of={}, notes=(f"No agreement: it needs the row {joined(absent)}.",))
    shares, notes = {}, []
    for metric in HEADLINE:
        found = losses(cells, metric)
        problem = _problem(found)
        if problem:
            notes.append(f"{metric} is left out of the agreement: {problem}.")
        else:
            shares[metric] = _shares(found)
    lacking = {
        metric: [cell.model for cell in cells if cell.seed not in share.get(cell.model, {})]
        for metric, share in shares.items()
    }
    notes += [
        f"{metric} is missing for {joined(set(models))}; it counts as 0 in the agreement."
        for metric, models in lacking.items()
        if models
    ]
    if not shares:
        return Agreement(of={}, notes=(*notes, "No agreement: no metric is left to count."))
    of: dict[str, dict[int, float]] = {}
    for cell in cells:
        each = [share.get(cell.model, {}).get(cell.seed, 0.0) for share in shares.values()]
        of.setdefault(cell.model, {})[cell.seed] = math.fsum(each) / len(each)
    return Agreement(of=of, metrics=tuple(shares), notes=tuple(notes))


def _problem(found: BySeed) -> str | None:
    """Say why a metric cannot be normalised, if so."""
    missing = {REAL, NOISE} - set(found)
    if missing:
        return f"{joined(missing)} has no value" if found else "nothing has a value"
    real, noise = _anchor(found, REAL), _anchor(found, NOISE)
    if not (math.isfinite(real) and math.isfinite(noise)):
        return "an anchor is infinite"
    if noise <= real:
        return (
            f"noise does not score worse than real samples (loss {number(noise)}"
            f" against {number(real)})"
        )
    return None


def _shares(found: BySeed) -> BySeed:
    """Return the way from noise to real samples that each loss has come, from 0 to 1."""
    real, noise = _anchor(found, REAL), _anchor(found, NOISE)
    return {
        model: {
            seed: min(max((noise - loss) / (noise - real), 0.0), 1.0)
            for seed, loss in by_seed.items()
        }
        for model, by_seed in found.items()
    }


def _anchor(found: BySeed, model: str) -> float:
    return Estimate(tuple(found[model].values())).mean

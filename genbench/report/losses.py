"""How bad the numbers of a data set's cells are, by model and seed: smaller is better."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import fmean

from genbench.metric import Aim, Score, loss
from genbench.models.parameters import has_parameters
from genbench.report.intervals import Estimate
from genbench.runs.records import REAL, Record

NOISE = "noise"
CONTROL = "control"  # the family of rows that are there to be compared with

BySeed = Mapping[str, Mapping[int, float]]  # model -> seed -> number


def competes(record: Record) -> bool:
    """Say whether a record is of a model that wants to win; real samples and controls do not.

    Nor do the points of a curve, and the test set, handed in as samples.
    """
    return (
        record.model != REAL
        and record.family != CONTROL
        and not has_parameters(record.model)
        and not record.test_copies
    )


def numbers(cells: Iterable[Record], metric: str) -> dict[str, dict[int, float]]:
    """Return the values of a metric that are there, by model and seed."""
    found: dict[str, dict[int, float]] = {}
    for cell, _, value in _scored(cells, metric):
        found.setdefault(cell.model, {})[cell.seed] = value
    return found


def _scored(cells: Iterable[Record], metric: str) -> Iterator[tuple[Record, Score, float]]:
    """Yield the cells in which a metric has a number, its score, and the number."""
    for cell in cells:
        score = cell.scores.get(metric)
        if score is not None and score.value is not None and not math.isnan(score.value):
            yield cell, score, score.value


def losses(
    cells: Sequence[Record], metric: str, aim: Aim | None = None
) -> dict[str, dict[int, float]]:
    """Return how bad each value is, smaller being better, by model and seed.

    To match is to be near the ideal of the score, or else near what real samples get; where there
    is neither, nothing can be said.
    """
    scored = list(_scored(cells, metric))
    of_real = {cell.seed: value for cell, _, value in scored if cell.model == REAL}
    real = Estimate(tuple(of_real.values())).mean if of_real else None
    found: dict[str, dict[int, float]] = {}
    for cell, score, value in scored:
        target = real if score.ideal is None else score.ideal
        way = aim or score.aim
        if way == "match" and target is None:
            continue
        # Only a match looks at its target.
        found.setdefault(cell.model, {})[cell.seed] = loss(way, value, target=target or 0.0)
    return found


def standard_errors(cells: Iterable[Record], metric: str) -> dict[str, float]:
    """Return the standard error of each model's value, the root of the mean square over seeds."""
    found: dict[str, list[float]] = {}
    for cell in cells:
        score = cell.scores.get(metric)
        if score is not None and score.value is not None and score.standard_error is not None:
            found.setdefault(cell.model, []).append(score.standard_error**2)
    return {model: math.sqrt(fmean(squares)) for model, squares in found.items()}


def estimates(by_seed: BySeed, models: Iterable[str]) -> dict[str, Estimate]:
    """Return what the seeds of these models say together, where they have any."""
    return {
        model: Estimate(tuple(value for _, value in sorted(by_seed[model].items())))
        for model in sorted(models)
        if by_seed.get(model)
    }

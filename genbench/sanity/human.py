"""Do metrics rank models as people do? From published tables; nothing is computed anew.

Stein et al., "Exposing flaws of generative model evaluation metrics and their unfair treatment of
diffusion models", NeurIPS 2023, https://arxiv.org/abs/2306.04675. People were shown samples and
real pictures one by one; the more often they err about a model's, the more real these look.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
from scipy.stats import rankdata

from genbench.ground.arrays import Array
from genbench.ground.csv_rows import read_rows
from genbench.ground.randomness import rng_for
from genbench.sanity.check import Desideratum
from genbench.sanity.summary import Standing

N_DRAWS = 2000
FEWEST_MODELS = 5
SCORED_ON = "DINOv2"  # the features that all metrics were published with
TEST_ROWS = {"Test Set", "Validation Set"}  # what real samples get


@dataclass(frozen=True)
class Column:
    """A column of the published table: the metric, the features, and how the number is read."""

    metric: str
    features: str
    better: str  # "low", "high", "near one" or "as real"


COLUMNS = {
    "FD": Column("frechet_distance", "DINOv2", "low"),
    "KD": Column("kernel_distance", "DINOv2", "low"),
    "FLS": Column("feature_likelihood_divergence", "DINOv2", "high"),  # a score made of it
    "precision": Column("precision", "DINOv2", "high"),
    "recall": Column("recall", "DINOv2", "high"),
    "density": Column("density", "DINOv2", "near one"),
    "coverage": Column("coverage", "DINOv2", "high"),
    "authpct": Column("authenticity", "DINOv2", "as real"),
    "inception_fid_rank_worst1": Column("frechet_distance", "Inception", "high"),
}


@dataclass(frozen=True)
class Agreement:
    """Spearman's correlation of a metric's order of models with that of people, on one data set.

    The 95 % interval is over models and participants drawn anew. The ceiling is how well two halves
    of the participants agree, on average.
    """

    dataset: str
    metric: str
    features: str
    n_models: int
    correlation: float
    low: float
    high: float
    ceiling: float
    redrawn: Array = field(repr=False, compare=False)  # correlations (n_draws,)


@cache
def agreements() -> tuple[Agreement, ...]:
    """Return the agreement of every published metric on every data set that has its numbers."""
    people = {(row["dataset"], row["model"]): row for row in _rows("stein2023_human_errors.csv")}
    table = _rows("stein2023_metrics.csv")
    found = []
    for dataset in dict.fromkeys(row["dataset"] for row in table):
        of_set = [row for row in table if row["dataset"] == dataset]
        real = next((row for row in of_set if row["model"] in TEST_ROWS), None)
        for name, column in COLUMNS.items():
            models = [row for row in of_set if row["human_model_key"] and row[name]]
            as_real = None if real is None or not real[name] else float(real[name])
            if len(models) < FEWEST_MODELS or (column.better == "as real" and as_real is None):
                continue
            worth = np.array([_worth(column, float(row[name]), as_real) for row in models])
            judged = [people[dataset, row["human_model_key"]] for row in models]
            errors, spreads, counts = (
                np.array([float(row[part]) for row in judged])
                for part in ("error", "error_sd", "participants")
            )
            found.append(_agreement(dataset, column, worth, errors, spreads / np.sqrt(counts)))
    return tuple(found)


def _agreement(
    dataset: str, column: Column, worth: Array, errors: Array, standard_errors: Array
) -> Agreement:
    n = len(worth)
    rng = rng_for(0, "human agreement", dataset, column.metric, column.features)
    chosen = rng.integers(n, size=(N_DRAWS, n))
    noise = rng.normal(size=(N_DRAWS, n))
    redrawn = (errors + standard_errors * noise)[np.arange(N_DRAWS)[:, None], chosen]
    correlations = spearman(worth[chosen], redrawn)
    low, high = np.nanquantile(correlations, [0.025, 0.975])
    halves = errors + np.sqrt(2) * standard_errors * rng.normal(size=(2, N_DRAWS, n))
    return Agreement(
        dataset=dataset,
        metric=column.metric,
        features=column.features,
        n_models=n,
        correlation=float(spearman(worth[None], errors[None])[0]),
        low=float(low),
        high=float(high),
        ceiling=float(spearman(*halves).mean()),
        redrawn=correlations,
    )


def human_standings(
    agreed: Iterable[Agreement] | None = None,
) -> dict[tuple[str, Desideratum], Standing]:
    """Return each metric's score in agreement with people: its correlation over the ceiling.

    The score is a mean over data sets, its 95 % interval over models, participants and data sets
    drawn anew. A data set counts as passed if its own interval is above zero, failed if below. Only
    numbers on one kind of features count, so that metrics can be compared with one another.
    """
    grouped: dict[str, list[Agreement]] = {}
    for one in agreements() if agreed is None else agreed:
        if one.features == SCORED_ON:
            grouped.setdefault(one.metric, []).append(one)
    return {(metric, Desideratum.HUMAN): _standing(metric, of) for metric, of in grouped.items()}


def _standing(metric: str, agreed: Sequence[Agreement]) -> Standing:
    rng = rng_for(0, "human standing", metric)
    shares = np.array([_share(one.correlation, one.ceiling) for one in agreed])
    # Models drawn anew that are all one model have no order, and nothing to agree with.
    redrawn = np.stack(
        [_share(np.nan_to_num(one.redrawn, nan=0.0), one.ceiling) for one in agreed], axis=1
    )
    chosen = rng.integers(len(shares), size=redrawn.shape)
    means = np.take_along_axis(redrawn, chosen, axis=1).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    passed, failed = sum(one.low > 0 for one in agreed), sum(one.high < 0 for one in agreed)
    return Standing(
        metric=metric,
        desideratum=Desideratum.HUMAN,
        score=float(shares.mean()),
        low=float(low),
        high=float(high),
        least=float(shares.min()),
        passed=passed,
        failed=failed,
        undecided=len(agreed) - passed - failed,
    )


def _share(correlation: Array | float, ceiling: float) -> Array:
    """Return the correlation as a share of what people reach among themselves, at most one."""
    return np.clip(np.asarray(correlation) / ceiling, -1.0, 1.0)


def spearman(one: Array, other: Array) -> Array:
    """Return the rank correlation of each pair of rows (n_rows, n); NaN where one is constant."""
    first, second = (rankdata(rows, axis=1) for rows in (one, other))
    first = first - first.mean(axis=1, keepdims=True)
    second = second - second.mean(axis=1, keepdims=True)
    norms = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    with np.errstate(invalid="ignore"):
        return np.asarray((first * second).sum(axis=1) / norms)


def _worth(column: Column, value: float, as_real: float | None) -> float:
    if column.better == "low":
        return -value
    if column.better == "near one":
        return -abs(value - 1)
    if column.better == "as real" and as_real is not None:
        return -abs(value - as_real)
    return value


def _rows(name: str) -> list[dict[str, str]]:
    return read_rows(files("genbench.sanity") / "data" / name)

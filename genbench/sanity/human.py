"""Do metrics rank models as people do? From published tables; nothing is computed anew.

Stein et al., "Exposing flaws of generative model evaluation metrics and their unfair treatment of
diffusion models", NeurIPS 2023, https://arxiv.org/abs/2306.04675. People were shown samples and
real pictures one by one; the more often they err about a model's, the more real these look.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from scipy.stats import rankdata

from genbench.arrays import Array
from genbench.randomness import rng_for

N_DRAWS = 2000
FEWEST_MODELS = 5
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
    low, high = np.nanquantile(spearman(worth[chosen], redrawn), [0.025, 0.975])
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
    )


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
    path = files("genbench.sanity").joinpath("data", name)
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))

"""Metric against metric: which of them order a board's honest models alike.

On each data set the losses of models, means over seeds, are correlated by rank (Spearman), and the
correlations averaged over data sets. Only models that compete and do not copy the training data
count: controls stand at one end of nearly every metric and would make all of them look alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.ground.arrays import Array
from genbench.report.clustering import tree_of
from genbench.report.frames import frame_of
from genbench.report.leaderboard import Table
from genbench.report.losses import estimates, losses

if TYPE_CHECKING:
    import pandas

FEWEST = 3  # metrics that are worth a figure, and models that two metrics must have in common
COLUMNS = ("dataset", "metric", "other", "correlation", "models", "reason")


@dataclass(frozen=True, eq=False, kw_only=True)
class Correlations:
    """Rank correlations of metrics, like ones side by side; NaN where there is none."""

    metrics: tuple[str, ...]
    by_dataset: Mapping[str, Array]  # (n, n) each
    models: Mapping[str, Array]  # (n, n) each: how many have both
    mean: Array  # (n, n) over the data sets that have one
    tree: Array  # (n - 1, 4) whose leaves are the metrics, in this order
    headline: frozenset[str]  # metrics that count in the agreement on some data set
    absent: tuple[str, ...]  # metrics that can be held against no other


def metric_correlations(made: Sequence[Table]) -> Correlations | None:
    """Return the correlations of a board's metrics; None if fewer than three have any."""
    from scipy.cluster.hierarchy import leaves_list

    names = sorted({column.name for table in made for column in table.columns})
    measured = {table.dataset: _losses(table, names) for table in made}
    found = {dataset: spearman(values) for dataset, values in measured.items()}
    mean = _mean(list(found.values()), len(names))
    paired = np.flatnonzero((np.isfinite(mean) & ~np.eye(len(names), dtype=bool)).any(axis=0))
    if len(paired) < FEWEST:
        return None
    tree = tree_of(mean[np.ix_(paired, paired)])
    order = paired[leaves_list(tree)]
    part = np.ix_(order, order)
    return Correlations(
        metrics=tuple(names[i] for i in order),
        by_dataset={dataset: values[part] for dataset, values in found.items()},
        models={dataset: _in_common(values)[part] for dataset, values in measured.items()},
        mean=mean[part],
        tree=tree,
        headline=frozenset(name for table in made for name in table.counted),
        absent=tuple(name for i, name in enumerate(names) if i not in paired),
    )


def spearman(values: Array) -> Array:
    """Return the rank correlation of every two rows of (n, n_models), over what both have: (n, n).

    Ties share the mean of their ranks. NaN, which a row has where it has no value, is also the
    correlation where fewer than three models have both, or of a row that is the same for all.
    """
    from scipy.stats import rankdata

    n = len(values)
    known = ~np.isnan(values)
    shared = (known[:, None] & known).reshape(n * n, values.shape[1])
    patterns, which = np.unique(shared, axis=0, return_inverse=True)
    found = np.full((n, n), np.nan)
    for place, models in enumerate(patterns):
        if models.sum() >= FEWEST:
            # Twice the ranks, centred: whole numbers, whose sums are the same on any machine.
            ranks = 2 * rankdata(values[:, models], axis=1) - (models.sum() + 1)
            products = ranks @ ranks.T
            squares = np.diag(products)
            with np.errstate(invalid="ignore"):
                all_pairs = products / np.sqrt(squares[:, None] * squares)
            of_these = which.reshape(n, n) == place
            found[of_these] = all_pairs[of_these]
    return np.asarray(np.clip(found, -1.0, 1.0))


def correlation_frame(found: Correlations) -> "pandas.DataFrame":
    """Return a row for every two metrics, the mean over data sets first, without a data set."""
    return frame_of(_rows(found), COLUMNS)


def _rows(found: Correlations) -> Iterable[Mapping[str, Any]]:
    tables = {None: (found.mean, None)} | {
        dataset: (values, found.models[dataset]) for dataset, values in found.by_dataset.items()
    }
    for dataset, (values, models) in tables.items():
        for i, j in zip(*np.triu_indices(len(values), 1), strict=True):
            known = bool(np.isfinite(values[i, j]))
            yield {
                "dataset": dataset,
                "metric": found.metrics[i],
                "other": found.metrics[j],
                "correlation": float(values[i, j]) if known else None,
                "models": None if models is None else int(models[i, j]),
                "reason": None if known else _reason(models, int(i), int(j)),
            }
    for name in found.absent:
        yield {"metric": name, "reason": "it can be held against no other metric"}


def _reason(models: Array | None, i: int, j: int) -> str:
    if models is None:
        return "no data set has a correlation"
    if models[i, j] < FEWEST:
        return "fewer than three models have both"
    return "one of the two is the same for all models"


def _losses(table: Table, names: Sequence[str]) -> Array:
    """Return the loss of each honest model by each metric, (n_metrics, n_models); NaN: none."""
    honest = sorted(row.model for row in table.rows if row.competes and not row.copies_train)
    cells = [record for row in table.rows for record in row.records]
    found = [estimates(losses(cells, name), honest) for name in names]
    values = [[own[m].mean if m in own else np.nan for m in honest] for own in found]
    return np.array(values, dtype=float).reshape(len(names), len(honest))


def _in_common(values: Array) -> Array:
    known = ~np.isnan(values)
    return np.asarray((known[:, None] & known).sum(axis=-1))


def _mean(each: Sequence[Array], n: int) -> Array:
    """Return the mean of tables (n, n) over those that have a number; NaN where none has."""
    values = np.array(each, dtype=float).reshape(len(each), n, n)
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0))

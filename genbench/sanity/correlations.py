"""Metric against metric: which ones say the same of samples that get worse and worse.

Losses are ranked within each check and seed, so that neither a metric's scale nor the checks'
differences count, and the ranks are correlated over all that both metrics have: Spearman's
correlation within strata. Families of checks weigh the same. Only checks of faults count, and only
pairs of metrics that have a few families in common.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.cluster.hierarchy import leaves_list
from scipy.stats import rankdata

from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.report.clustering import tree_of
from genbench.report.figures import FAINT, STYLE
from genbench.sanity.check import Check, Response
from genbench.sanity.expectations import Worsens, losses_of
from genbench.sanity.heatmap import name_cells
from genbench.sanity.judging import table_of

COLOURS = "RdBu"
CELL = 0.155  # inches
FEWEST_FAMILIES = 3  # of checks, that two metrics must have in common


def correlations(
    responses: Iterable[Response], checks: Mapping[str, Check], metrics: Mapping[str, Metric]
) -> tuple[list[str], Array]:
    """Return metrics and their correlations (n, n), like ones side by side.

    NaN stands where two metrics have too little in common. A metric that has with all is left out.
    """
    ranked = {name: row for name, row in _ranks(responses, checks, metrics).items() if row}
    places = sorted({place for row in ranked.values() for place in row})
    nothing = {place: np.full(len(checks[place[0]].levels), np.nan) for place in places}
    names = list(ranked)
    table = [[row.get(place, nothing[place]) for place in places] for row in ranked.values()]
    found = _correlated(np.array([np.concatenate(row) for row in table]) if table else np.eye(0))
    families = [{checks[check].counted_as for check, _ in row} for row in ranked.values()]
    for i, j in np.ndindex(found.shape):
        if len(families[i] & families[j]) < FEWEST_FAMILIES:
            found[i, j] = np.nan
    paired = np.flatnonzero(np.isfinite(found).sum(axis=0) > 1)
    order = paired[_order(found[np.ix_(paired, paired)])]
    return [names[i] for i in order], found[np.ix_(order, order)]


def correlation_figure(names: Sequence[str], found: Array) -> Figure:
    """Draw correlations (n, n) of metrics in this order."""
    import seaborn as sns

    side = CELL * max(len(names), 10)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(side + 4.6, side + 3.4), layout="constrained")
        ax = figure.subplots()
        ax.set_facecolor(FAINT)  # of two metrics with too little in common
        sns.heatmap(
            found,
            cmap=COLOURS,
            vmin=-1,
            vmax=1,
            square=True,
            mask=np.isnan(found),
            rasterized=True,
            cbar_kws={"shrink": 0.3, "label": "rank correlation of losses within checks and seeds"},
            ax=ax,
        )
        name_cells(ax, names, names, fontsize=6.5)
        figure.suptitle(
            "Which metrics say the same as faults grow: 1 always, 0 no relation, −1 the opposite",
            fontsize=11,
            fontweight="bold",
        )
    return figure


def _correlated(ranks: Array) -> Array:
    """Return the correlations of the rows of centred ranks (n, n_places); NaN: no number."""
    known = np.isfinite(ranks)
    ranks = np.where(known, ranks, 0.0)
    squares = ranks**2 @ known.T  # over what both have
    with np.errstate(invalid="ignore"):
        return np.asarray(ranks @ ranks.T / np.sqrt(squares * squares.T))


def _ranks(
    responses: Iterable[Response], checks: Mapping[str, Check], metrics: Mapping[str, Metric]
) -> dict[str, dict[tuple[str, int], Array]]:
    """Return the ranks of each metric's losses for each check and seed, families alike."""
    grouped: dict[tuple[str, str], list[Response]] = {}
    for one in responses:
        if one.metric in metrics and isinstance(checks[one.check].expects, Worsens):
            grouped.setdefault((one.metric, one.check), []).append(one)
    families = Counter(checks[name].counted_as for name in {check for _, check in grouped})
    rows: dict[str, dict[tuple[str, int], Array]] = {name: {} for name in metrics}
    for (name, check), found in grouped.items():
        asked = checks[check]
        weight = 1 / families[asked.counted_as]
        rows[name] |= {
            place: row * np.sqrt(weight)
            for place, row in _ranked(metrics[name], asked, found).items()
        }
    return rows


def _ranked(
    metric: Metric, check: Check, responses: Sequence[Response]
) -> dict[tuple[str, int], Array]:
    """Return the centred ranks of the losses (n_levels,) for each seed with all its levels.

    They are scaled so that all seeds together have length one, however many levels there are.
    """
    table = table_of(check, responses)
    losses = losses_of(metric, table)
    whole = ~np.isnan(table.values).any(axis=(1, 2))
    seeds = np.array(table.seeds)[whole]
    if len(seeds) != len(losses):
        return {}  # there is no telling which seeds its target was to be had for
    n = len(check.levels)
    scale = np.sqrt(12 / (n * (n**2 - 1) * max(len(seeds), 1)))
    ranks = (rankdata(losses, axis=1) - (n + 1) / 2) * scale
    return {(check.name, int(seed)): row for seed, row in zip(seeds, ranks, strict=True)}


def _order(found: Array) -> NDArray[np.intp]:
    """Return an order in which like metrics stand side by side."""
    order = np.arange(len(found)) if len(found) < 3 else leaves_list(tree_of(found))
    return np.asarray(order, dtype=np.intp)

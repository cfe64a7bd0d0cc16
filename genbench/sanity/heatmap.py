"""The heatmap: every metric by every check, the colour how well, the letter the verdict."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from genbench.ground.arrays import Array
from genbench.report.figures import FAINT, GREY, INK, STYLE
from genbench.sanity.check import Check, Desideratum, Verdict
from genbench.sanity.judging import Judgement
from genbench.sanity.summary import Standing

COLOURS = "RdYlBu"  # told apart also by those who see no red or green
ENDS = 1.5  # of the colours: at 1 letters are still read
CELL = 0.26  # inches
RANKING = "ranking_of_models"  # by people
NARROW = 3  # columns: a desideratum of so few is named aslant


def heatmap(
    judgements: Iterable[Judgement],
    checks: Mapping[str, Check],
    metrics: Sequence[str],
    human: Mapping[str, Standing],
) -> Figure:
    """Draw the heatmap; rows in the order of `metrics`, columns by desideratum.

    `human` are scores in agreement with people, which is not a check and stands in a last column.

    Where a metric claims nothing the cell is grey; the letter there tells what it happens to do.
    A white cell means that there is no number.
    """
    import seaborn as sns

    rows, columns, strengths, letters = cells_of(judgements, checks, metrics)
    desiderata = [checks[name].desideratum for name in columns]
    if human:
        scores = [human[name].score if name in human else math.nan for name in rows]
        signs = [sign(human[name].verdict) if name in human else "" for name in rows]
        strengths = np.column_stack([strengths, scores])
        letters = np.column_stack([letters, np.array(signs, dtype="<U1")])
        columns, desiderata = [*columns, RANKING], [*desiderata, Desideratum.HUMAN]
    unclaimed = np.isnan(strengths) & (letters != "")
    with mpl.rc_context(STYLE):
        size = (4.8 + CELL * 1.25 * len(columns), 3.4 + CELL * len(rows))
        figure = Figure(figsize=size, layout="constrained")
        ax = figure.subplots()
        looks = {"linewidths": 0.5, "linecolor": "white", "rasterized": True, "ax": ax}
        sns.heatmap(
            np.ones_like(strengths),
            cmap=[FAINT],
            cbar=False,
            mask=~unclaimed,
            vmin=0,
            vmax=1,
            **looks,
        )
        sns.heatmap(
            strengths,
            cmap=COLOURS,
            vmin=-ENDS,
            vmax=ENDS,
            mask=np.isnan(strengths),
            cbar_kws={
                "shrink": 0.25,
                "label": "strength: 1 as it should be, 0 no response, −1 the opposite",
                "boundaries": np.linspace(-1, 1, 101),
                "ticks": [-1, -0.5, 0, 0.5, 1],
            },
            **looks,
        )
        for (i, j), letter in np.ndenumerate(letters):
            claims = not np.isnan(strengths[i, j])
            look: dict[str, Any] = (
                {"fontsize": 8, "color": INK} if claims else {"fontsize": 7, "color": GREY}
            )
            ax.text(j + 0.5, i + 0.5, str(letter), ha="center", va="center", **look)
        name_cells(ax, rows, columns, fontsize=8)
        _mark_desiderata(ax, desiderata, len(rows))
        figure.suptitle(
            "How metrics behave: + as they claim, − the opposite, · undecided; "
            "grey where they claim nothing",
            fontsize=11,
            fontweight="bold",
        )
    return figure


def cells_of(
    judgements: Iterable[Judgement], checks: Mapping[str, Check], metrics: Sequence[str]
) -> tuple[list[str], list[str], Array, NDArray[np.str_]]:
    """Return metrics, checks, strengths (n_metrics, n_checks), NaN: no claim, and letters."""
    order, places = list(Desideratum), list(checks)
    shown = {(one.finding.metric, one.finding.check): one for one in judgements if one.letter}
    asked = {check for _, check in shown}
    columns = sorted(
        asked, key=lambda name: (order.index(checks[name].desideratum), places.index(name))
    )
    claiming = {metric for (metric, _), one in shown.items() if one.finding.claimed}
    rows = [name for name in metrics if name in claiming]
    strengths = np.full((len(rows), len(columns)), np.nan)
    letters = np.full(strengths.shape, "", dtype="<U1")
    for i, metric in enumerate(rows):
        for j, check in enumerate(columns):
            if (metric, check) in shown:
                one = shown[metric, check]
                letters[i, j] = sign(one.verdict)
                if one.finding.claimed:
                    strengths[i, j] = strength_of(one)
    return rows, columns, strengths, letters


def sign(verdict: Verdict) -> str:
    """Return the verdict as it is drawn: with a minus that is as wide as the plus."""
    return "−" if verdict == Verdict.FAIL else str(verdict)


def strength_of(one: Judgement) -> float:
    """Return the strength; where only yes or no can be told, the verdict's."""
    if one.finding.strength is not None:
        return one.finding.strength
    return {Verdict.PASS: 1.0, Verdict.FAIL: -1.0}.get(one.verdict, 0.0)


def name_cells(ax: Axes, rows: Sequence[str], columns: Sequence[str], *, fontsize: float) -> None:
    """Write the names of a heatmap's rows and columns beside its cells."""
    for set_ticks, names, rotation in ((ax.set_xticks, columns, 90), (ax.set_yticks, rows, 0)):
        labels = [name.replace("_", " ") for name in names]
        set_ticks(np.arange(len(names)) + 0.5, labels, rotation=rotation, fontsize=fontsize)
    ax.tick_params(length=0)


def _mark_desiderata(ax: Axes, desiderata: Sequence[Desideratum], n_rows: int) -> None:
    """Name each desideratum above its columns and part it from the next."""
    start = 0
    for j in range(1, len(desiderata) + 1):
        if j == len(desiderata) or desiderata[j] != desiderata[start]:
            wide = j - start > NARROW
            ax.text(
                (start + j) / 2,
                -0.4,
                desiderata[start],
                ha="center" if wide else "left",
                va="bottom",
                fontsize=8.5,
                fontweight="bold",
                color=INK,
                rotation=0 if wide else 60,
            )
            if j < len(desiderata):
                ax.plot([j, j], [0, n_rows], color=INK, lw=1)
            start = j

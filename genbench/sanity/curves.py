"""Small multiples: how each metric responds as the knob of a check is turned."""

from collections.abc import Iterable, Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.report.figures import GREY, STYLE, panels
from genbench.sanity.check import Check, Response, Verdict
from genbench.sanity.expectations import Worsens, losses_of
from genbench.sanity.judging import Judgement, table_of

COLUMNS = 5
LOOKS: dict[Verdict, dict[str, Any]] = {
    Verdict.PASS: {"color": "#2166ac", "lw": 0.8, "alpha": 0.7, "zorder": 3},
    Verdict.UNDECIDED: {"color": "#e08214", "lw": 0.8, "alpha": 0.8, "zorder": 2},
    Verdict.FAIL: {"color": "#b2182b", "lw": 1.3, "alpha": 0.9, "zorder": 4},
}
NO_CLAIM: dict[str, Any] = {"color": GREY, "lw": 0.6, "alpha": 0.25, "zorder": 1}
SAYS = {
    Verdict.PASS: "claims the fault, and gets worse",
    Verdict.UNDECIDED: "claims it; undecided",
    Verdict.FAIL: "claims it, and gets better",
}


def curves(
    responses: Iterable[Response],
    judgements: Iterable[Judgement],
    checks: Mapping[str, Check],
    metrics: Mapping[str, Metric],
) -> Figure:
    """Draw a panel per check whose level a sound metric gets worse with; a line per metric.

    Losses are means over seeds, on the metric's own range: 0 is its least, 1 its largest.
    """
    grouped: dict[tuple[str, str], list[Response]] = {}
    for one in responses:
        if one.metric in metrics:
            grouped.setdefault((one.check, one.metric), []).append(one)
    judged = {(one.finding.check, one.finding.metric): one for one in judgements}
    shown = [
        check
        for check in checks.values()
        if isinstance(check.expects, Worsens) and any(name == check.name for name, _ in judged)
    ]
    with mpl.rc_context(STYLE):
        figure, axes = panels(len(shown), columns=COLUMNS, size=(2.0, 1.6), foot=0.8, sharey=True)
        for ax, check in zip(axes, shown, strict=True):
            _name(ax, check)
            for (name, metric), found in grouped.items():
                if name == check.name and (name, metric) in judged:
                    _draw(ax, losses_of(metrics[metric], table_of(check, found)),
                          judged[name, metric])  # fmt: skip
        figure.supylabel("mean loss, on the metric's own range", fontsize=8.5)
        figure.suptitle("Loss of each metric as a fault grows", fontsize=11, fontweight="bold")
        handles = [Line2D([], [], label=says, **LOOKS[verdict]) for verdict, says in SAYS.items()]
        handles.append(Line2D([], [], label="claims nothing", **NO_CLAIM))
        figure.legend(
            handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=8.5
        )
    return figure


def _name(ax: Axes, check: Check) -> None:
    ax.set_title(check.name.replace("_", " "), fontsize=7.5, loc="left")
    ax.set_xticks(np.arange(len(check.levels)))
    ax.set_xticklabels([f"{level:g}" for level in check.levels], fontsize=7)
    ax.set_xlabel(check.knob, fontsize=6.5)
    ax.set_ylim(-0.05, 1.05)


def _draw(ax: Axes, losses: Array, judgement: Judgement) -> None:
    """Draw the mean loss (n_seeds, n_levels), unless it never moves or is not finite."""
    if not len(losses) or not np.isfinite(losses).all():
        return
    mean = losses.mean(axis=0)
    span = np.ptp(mean)
    if span > 0:
        look = LOOKS[judgement.verdict] if judgement.finding.claimed else NO_CLAIM
        ax.plot(np.arange(len(mean)), (mean - mean.min()) / span, **look)

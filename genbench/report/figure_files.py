"""The figures of a board: each as a picture, as a drawing, and as the numbers that are drawn.

A figure that has nothing to show has no files.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from genbench.report.frontier import Plane, frontier_frame
from genbench.report.leaderboard import Table
from genbench.report.overall import Overall
from genbench.report.tradeoff import Panel

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

Found = TypeVar("Found")

ENDINGS = ("csv", "png", "svg")
MORE = {  # the figures that a board's README folds away, and how they are read
    "metrics": "Which metrics order models alike: those that do are one piece of evidence, not two."
    " Controls and models that copy are left out, as they stand at the ends of every metric.",
    "ranks": "The places of the ranked models on each data set. A line that runs level is a model"
    " that is as good everywhere; within a group places are chance.",
    "cost": "Agreement against the mean seconds of a fit. The line is the best that is to be had"
    " within so many seconds.",
    "samples": "Samples of every model, of its first seed.",
}
FIGURES = ("novelty_quality", "frontier", *MORE)
NAMES = frozenset(f"{name}.{ending}" for name in FIGURES for ending in ENDINGS)  # there may be


def figure_files(
    made: Sequence[Table],
    every: Overall,
    panels: Mapping[str, Panel],
    planes: Mapping[str, Plane],
    missing: Mapping[str, str],
    colours: Mapping[str, str],
) -> dict[str, bytes]:
    """Return the files of all figures that have something to show, by their names.

    `missing` are data sets without a plane, and why; `colours` are those of families.
    """
    from genbench.report import cost, cost_plot, plots, ranks, ranks_plot, samples_plot, tradeoff
    from genbench.report.frontier_plot import frontier_figure
    from genbench.report.metric_correlations import correlation_frame, metric_correlations
    from genbench.report.metric_correlations_plot import correlation_figure

    leads = {table.dataset: table.leaders for table in made}
    names = every.datasets
    return {
        **_files(
            "novelty_quality",
            panels,
            lambda found: plots.novelty_quality(found, colours, leads),
            tradeoff.novelty_quality_frame,
        ),
        **_files(
            "frontier",
            planes or None,
            lambda found: frontier_figure(found, colours),
            lambda found: frontier_frame(found, missing),
        ),
        **_files("metrics", metric_correlations(made), correlation_figure, correlation_frame),
        **_files(
            "ranks",
            ranks.courses(every),
            lambda found: ranks_plot.ranks_figure(names, found, colours),
            lambda found: ranks.ranks_frame(names, found),
        ),
        **_files(
            "cost",
            cost.costs(every),
            lambda found: cost_plot.cost_figure(found, colours),
            cost.cost_frame,
        ),
        **_files(
            "samples",
            samples_plot.samples_of(made, every),
            samples_plot.samples_figure,
            samples_plot.samples_frame,
        ),
    }


def _files(
    name: str,
    found: Found | None,
    draw: Callable[[Found], "Figure"],
    numbers: Callable[[Found], "pandas.DataFrame"],
) -> dict[str, bytes]:
    """Return what is drawn of what was found, if anything was."""
    from genbench.report import figures, frames

    if found is None:
        return {}
    figure = draw(found)
    files = frames.to_csv(numbers(found)), figures.png(figure), figures.svg(figure)
    return {f"{name}.{ending}": file for ending, file in zip(ENDINGS, files, strict=True)}

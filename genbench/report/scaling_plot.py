"""The figure of losses by size and data: laws are lines, dashed beyond what was tried."""

from collections.abc import Callable, Sequence
from functools import partial

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from genbench.ground.arrays import Array
from genbench.report.figures import GREY, STYLE, heading, log_axis, short_name
from genbench.report.plots import DASHES
from genbench.report.scaling import OVERFITTING, Scaling, Trial

WIDTH, HIGH = 11.5, 8.6  # inches
BEYOND = 8.0  # how much further than what was tried a law is drawn
POINTS = 60  # of a line


def scaling_figure(found: Scaling) -> Figure:
    """Draw losses by data and by parameters, overfitting, and what the law leaves."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, HIGH))
        grid = figure.subplots(2, 2, gridspec_kw={"hspace": 0.32, "wspace": 0.25})
        figure.subplots_adjust(left=0.08, right=0.97, top=0.9, bottom=0.08)
        (by_data, by_size), (gaps, errors) = grid
        _draw_by_data(by_data, found)
        _draw_by_size(by_size, found)
        _draw_gaps(gaps, found)
        _draw_errors(errors, found)
        name = f"{short_name(found.model)} on {found.dataset}"
        heading(figure, f"Loss by size and data: {name}", _words(found))
    return figure


def _words(found: Scaling) -> str:
    if found.fit is None:
        return f"No law: {found.why_no_law}"
    law = found.fit.law
    return (
        f"L = {law.floor:.3g} + {law.size_factor:.3g} N^-{law.size_exponent:.3g} + "
        f"{law.data_factor:.3g} D^-{law.data_exponent:.3g}; N parameters without embeddings, D "
        "symbols of training rows. Dashed: beyond what was tried. Small points: seeds."
    )


def _draw_by_data(ax: Axes, found: Scaling) -> None:
    for width, colour in zip(found.widths, _colours(found.widths), strict=True):
        line = found.of_width(width)
        size, amounts = line[0].size, np.array([one.amount for one in line])
        _points(ax, amounts, line, colour, f"width {width}, N = {size:.3g}")
        if found.fit is not None:
            _law(ax, amounts, partial(found.fit.law, size), colour)
    _finish(ax, found, "D, symbols to learn from")


def _draw_by_size(ax: Axes, found: Scaling) -> None:
    for rows, colour in zip(found.all_rows, _colours(found.all_rows), strict=True):
        line = found.of_rows(rows)
        amount, sizes = line[0].amount, np.array([one.size for one in line])
        _points(ax, sizes, line, colour, f"{rows} rows, D = {amount:.3g}")
        if found.fit is not None:
            _law(ax, sizes, partial(found.fit.law, amounts=amount), colour)
    _finish(ax, found, "N, parameters without embeddings")


def _points(ax: Axes, xs: Array, line: Sequence[Trial], colour: str, label: str) -> None:
    for x, one in zip(xs, line, strict=True):
        seeds = [x] * len(one.losses)
        ax.plot(seeds, one.losses, ls="none", marker=".", markersize=3, color=colour, alpha=0.6)
    means = [one.loss for one in line]
    ax.plot(xs, means, ls="none", marker="o", markersize=5, color=colour, label=label)


def _law(ax: Axes, tried: Array, law: Callable[[Array], Array], colour: str) -> None:
    inside = np.geomspace(tried.min(), tried.max(), POINTS)
    beyond = np.geomspace(tried.max(), BEYOND * tried.max(), POINTS)
    ax.plot(inside, law(inside), color=colour, lw=1)
    ax.plot(beyond, law(beyond), color=colour, lw=1, ls=DASHES)


def _finish(ax: Axes, found: Scaling, across: str) -> None:
    log_axis(ax)
    if found.entropy is not None:
        ax.axhline(found.entropy, color=GREY, lw=0.9, label="the true law")
    ax.set_xlabel(across)
    ax.set_ylabel("bits a symbol of test rows")
    ax.grid(visible=True)
    ax.legend(frameon=False, fontsize=7.5)


def _draw_gaps(ax: Axes, found: Scaling) -> None:
    for width, colour in zip(found.widths, _colours(found.widths), strict=True):
        line = [one for one in found.of_width(width) if one.gaps]
        xs = [one.overfitting for one in line]
        ys = [sum(one.gaps) / len(one.gaps) for one in line]
        ax.plot(xs, ys, marker="o", markersize=5, lw=0.8, color=colour, label=f"width {width}")
    log_axis(ax)
    ax.axhline(0, color=GREY, lw=0.9)
    ax.set_xlabel(f"N^{OVERFITTING} / D")
    ax.set_ylabel("bits a symbol that training rows are shorter")
    ax.set_title("Overfitting", loc="left", fontsize=9)
    ax.grid(visible=True)
    ax.legend(frameon=False, fontsize=7.5)


def _draw_errors(ax: Axes, found: Scaling) -> None:
    ax.set_title("What the law leaves", loc="left", fontsize=9)
    if found.fit is None:
        ax.set_axis_off()
        return
    by_trial = list(zip(found.trials, 100 * found.fit.errors, strict=True))
    for width, colour in zip(found.widths, _colours(found.widths), strict=True):
        mine = [(one.amount, error) for one, error in by_trial if one.width == width]
        xs, ys = zip(*mine, strict=True)
        ax.plot(xs, ys, marker="o", markersize=5, lw=0.8, color=colour, label=f"width {width}")
    log_axis(ax)
    ax.axhline(0, color=GREY, lw=0.9)
    ax.set_xlabel("D, symbols to learn from")
    ax.set_ylabel("the law above the loss, per cent")
    ax.grid(visible=True)
    ax.legend(frameon=False, fontsize=7.5)


def _colours(values: Sequence[int]) -> list[str]:
    """Return a colour for each value, from light to dark as they rise."""
    return list(sns.color_palette("flare", len(values)).as_hex())

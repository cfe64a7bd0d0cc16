"""Boards of scaling: one model of several widths on several amounts of a data set's samples."""

from collections.abc import Sequence

from genbench.ground.errors import BadInput
from genbench.ground.paths import brief, shown
from genbench.models.find import find
from genbench.models.parameters import with_parameter
from genbench.models.signatures import parameters_of
from genbench.runs.boards import Board
from genbench.runs.cells import load_once

WIDTH = "width"  # what makes a model larger
WIDTHS = (16, 32, 64, 128)
HALVINGS = 5  # amounts of data: all, a half, a quarter, ...
METRICS = ("bits_per_symbol", "excess_bits", "likelihood_gap")
DEADLINE = 900.0  # seconds of a phase: the largest model takes longest


def scaling_board(
    model: str,
    dataset: str,
    *,
    widths: Sequence[int] = WIDTHS,
    rows: Sequence[int] | None = None,
    seeds: Sequence[int] = (0, 1),
    budget: float | None = None,
) -> Board:
    """Return the board of a model of these widths on so many training rows of a data set.

    Without `rows` there are all training rows, half of them, and so on.

    Raises:
        BadInput: there is no such model or data set, the model has no width, the data are no
            symbols, or widths or rows are not whole numbers above 0.
    """
    known = parameters_of(find(model).target)
    if known is not None and WIDTH not in known:
        raise BadInput(
            f"{shown(model)} has no {WIDTH}: to be made larger a model needs a parameter of that "
            "name, as recurrent_text and transformer_text have."
        )
    if "/" in dataset:
        raise BadInput(
            f"{brief(repr(dataset))} is a part of a data set: give the whole one, and --rows."
        )
    data = load_once(dataset)
    if data.symbols is None:
        raise BadInput(f"{dataset} has no symbols, of which the loss is counted in bits each.")
    if rows is None:
        rows = [len(data.train) // 2**i for i in range(HALVINGS)]
    for name, values in ((f"{WIDTH}s", widths), ("rows", rows)):
        if not values or min(values) < 1:
            raise BadInput(f"--{name} must be whole numbers from 1 up, one at least.")
    datasets = tuple(f"{dataset}/{n}" for n in sorted(set(rows)))
    for part in datasets:
        load_once(part)  # says at once what there is too little of
    return Board(
        name=f"scaling_{dataset}",
        summary=f"Losses by size and data on {dataset}",
        datasets=datasets,
        seeds=tuple(seeds),
        models=tuple(with_parameter(model, WIDTH, width) for width in sorted(set(widths))),
        metrics=METRICS,
        deadline=DEADLINE,
        budget=budget,
    )

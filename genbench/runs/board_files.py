"""Boards from TOML files: ours, which are shipped, and yours, with your own data.

What each key means stands in `template.toml` beside this. Relative paths are relative to the file.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, get_args

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief, is_file, shown
from genbench.models.parameters import with_parameter
from genbench.runs.board_data import KEYS, NAME, NAMED, data_name, data_of
from genbench.runs.boards import STANDARD, Board, Copies, with_controls
from genbench.runs.own_data import OwnData
from genbench.runs.toml_tables import (
    Table,
    is_count,
    is_number,
    is_positive,
    is_seed,
    is_table,
    is_text,
    list_of,
)
from genbench.runs.with_decoders import find_decoded
from genbench.scoring.own_metrics import find_any
from genbench.sequences import decoders

TOML = ".toml"
TEMPLATE = "template"
BUDGET = 5.0  # seconds of a fit, unless the file says otherwise: a board is to take minutes
NO_BUDGET = "none"
SEEDS, MOST_SEEDS = 3, 10_000
BOARD_KEYS = (
    "summary",
    "seeds",
    "models",
    "curves",
    "decoders",
    "decoded",
    "metrics",
    "copies",
    "deadline",
    "budget",
    "headline",
    "data",
)


def names() -> list[str]:
    """Return the names of the boards that are shipped."""
    found = (Path(file.name) for file in resources.files(__package__).iterdir())
    return sorted(file.stem for file in found if file.suffix == TOML and file.stem != TEMPLATE)


def find(board: str) -> Board:
    """Return the board of that name, or the one that a .toml file describes.

    Raises:
        BadInput: there is none, or the file is not what it should be.
    """
    known = names()
    if board in known:
        with resources.as_file(resources.files(__package__) / f"{board}{TOML}") as path:
            return replace(read(path), file="", home=None)
    if not is_board_file(board):
        raise unknown_name("board", board, known, hint="Or give the path of a .toml file.")
    path = Path(board)
    if path.stem in known:
        raise BadInput(f"{shown(path)}: {path.stem} is the name of a board of ours; rename yours.")
    return read(path)


def is_board_file(board: str) -> bool:
    """Return whether a board is named by its file."""
    return board.lower().endswith(TOML)


def folder_name(board: str) -> str:
    """Return what the folder of a board is called: its name, or that of its file."""
    return Path(board).stem if is_board_file(board) else board


def read(path: Path) -> Board:
    """Return the board that a file describes; its data are not read yet.

    Raises:
        BadInput: there is no such file, or it is not what it should be.
    """
    if not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # not UTF-8, or not TOML
        raise BadInput(f"{shown(path)} is not TOML: {brief(error)}.") from error
    board = board_of(values, name=path.stem, home=path.parent, where=shown(path))
    return replace(board, file=path.name)


def of_data(data: Path) -> Board:
    """Return the board of the samples in one file or folder, without a file of its own.

    Raises:
        BadInput: the name of the data is that of a board of ours.
    """
    name = data_name(data)
    if name in names():
        raise BadInput(f"{shown(data)}: {name} is the name of a board of ours; rename yours.")
    values = {"data": [{"name": name, "samples": str(data)}]}
    return board_of(values, name=name, home=Path(), where=shown(data))


def board_of(values: Mapping[str, Any], *, name: str, home: Path, where: str) -> Board:
    """Return the board of a file's values; `home` is what its paths are relative to.

    Raises:
        BadInput: they are not what they should be; the message begins with `where`.
    """
    if not NAME.fullmatch(name):
        raise BadInput(f"{where}: a board's name must be {NAMED}, not {brief(repr(name))}.")
    home = home.resolve()
    table = Table(values, where, BOARD_KEYS)
    told = table.take("data", list_of(is_table), "one or more tables [[data]]")
    parts = [data_of(Table(part, f"{where}, [[data]]", KEYS), home) for part in told]
    datasets = [part if isinstance(part, str) else part.name for part in parts]
    if twice := next((each for each in datasets if datasets.count(each) > 1), None):
        raise BadInput(f"{where} has two data sets named {twice!r}.")
    models = table.take("models", list_of(is_text), "a list of models", None)
    budget = table.take("budget", _is_budget, "a positive number of seconds, or 'none'", BUDGET)
    deadline = table.take("deadline", is_positive, "a positive number of seconds", Board.deadline)
    metrics = _metrics(table, home)
    board = Board(
        name=name,
        summary=table.take("summary", is_text, "a text", ""),
        datasets=tuple(datasets),
        own=tuple(part for part in parts if isinstance(part, OwnData)),
        seeds=_seeds(table),
        models=None if models is None else with_controls(tuple(models)),
        curves=_curves(table),
        decoders=_decoders(table),
        decoded=_decoded(table),
        metrics=metrics,
        deadline=float(deadline),
        budget=None if budget == NO_BUDGET else float(budget),
        copies=table.take(
            "copies", get_args(Copies).__contains__, "'unranked' or 'ranked'", "unranked"
        ),
        headline=_headline(table, metrics),
        home=home,
    )
    for model in (*(board.models or ()), *board.curves, *(board.decoded or ())):
        find_decoded(model, home)  # says at once what is misspelt
    return board


def _curves(table: Table) -> tuple[str, ...]:
    """Return the models that curves are made of, by their names with parameters."""
    told = table.take("curves", is_table, "a table of models", {})
    curves = Table(told, f"{table.where}, [curves]", list(told))
    expected = "one parameter and its values, such as { bandwidth = [0.1, 0.2] }"
    points = (
        with_parameter(model, parameter, value)
        for model in told
        for parameter, values in curves.take(model, _is_curve, expected).items()
        for value in values
    )
    return tuple(dict.fromkeys(points))


def _decoders(table: Table) -> tuple[str, ...]:
    told = table.take("decoders", list_of(is_text), "a list of decoders", [])
    return tuple(dict.fromkeys(decoders.parse(each).name for each in told))


def _decoded(table: Table) -> tuple[str, ...] | None:
    told = table.take("decoded", list_of(is_text), "a list of models", None)
    if told is not None and "decoders" not in table.values:
        raise BadInput(f"{table.where}: decoded would do nothing without decoders.")
    return None if told is None else tuple(told)


def _is_curve(value: Any) -> bool:
    return is_table(value) and len(value) == 1 and all(map(list_of(is_number), value.values()))


def _seeds(table: Table) -> tuple[int, ...]:
    expected = "a number of seeds from 1 up, or a list of seeds, whole numbers from 0 up"
    seeds = table.take("seeds", lambda one: is_count(one) or list_of(is_seed)(one), expected, SEEDS)
    found = tuple(range(seeds)) if isinstance(seeds, int) else tuple(dict.fromkeys(seeds))
    if len(found) > MOST_SEEDS:
        raise BadInput(f"{table.where} asks for {len(found)} seeds: at most {MOST_SEEDS} will do.")
    return found


def _metrics(table: Table, home: Path) -> tuple[str, ...]:
    """Return names of ours, and `file.py:function` of yours with the whole path."""
    told = table.take(
        "metrics",
        lambda one: one == "standard" or list_of(is_text)(one),
        "'standard' or a list of metrics",
        "standard",
    )
    if told == "standard":
        return STANDARD
    by_name: dict[str, str] = {}
    for given in told:
        address = str(home / given) if ".py" in given else given
        name = find_any(address).name
        address = address if ".py" in given else name
        if by_name.setdefault(name, address) != address:
            raise BadInput(f"{table.where}: metrics names two functions called {name}.")
    return tuple(by_name.values())


def _headline(table: Table, metrics: Sequence[str]) -> dict[str, tuple[str, ...]]:
    faces = table.take(
        "headline",
        lambda one: is_table(one) and all(map(list_of(is_text), one.values())),
        "a table of lists of metrics, a face each",
        {},
    )
    yours = {find_any(metric).name for metric in metrics}
    return {
        face: tuple(name if name in yours else find_any(name).name for name in of)
        for face, of in faces.items()
    }


def _is_budget(value: Any) -> bool:
    return bool(value == NO_BUDGET) or is_positive(value)

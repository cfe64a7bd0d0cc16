"""The door for Python to boards: data and models in, a table out."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.ground.arrays import as_samples
from genbench.ground.columns import columns_of
from genbench.ground.errors import BadInput
from genbench.report.folder import report
from genbench.report.frames import wide_frame
from genbench.runs.board_data import data_name
from genbench.runs.board_files import BUDGET, NO_BUDGET, board_of, find, is_board_file, names
from genbench.runs.boards import Board
from genbench.runs.engines import Engine
from genbench.runs.limits import Limits
from genbench.runs.own_data import PARTS
from genbench.runs.run import run

if TYPE_CHECKING:
    import pandas

NAME = "my_data"


def board(
    data: Any,
    *,
    models: Iterable[str] | str | None = None,
    metrics: Iterable[str] | str | None = None,
    labels: Any = None,
    seeds: int | Iterable[int] | None = None,
    budget: float | None = BUDGET,
    name: str | None = None,
    folder: Path | str = "leaderboards",
    jobs: int | None = None,
) -> "pandas.DataFrame":
    """Run models on your data and return the table: a row a model, means over seeds.

    What is done is kept in `folder`: the same call again does what is missing. The page is written
    there too; where, says `.attrs["page"]` of the table. Models run in processes of their own: in a
    script, call it under `if __name__ == "__main__":`.

    Args:
        data: samples, which are dealt out into train, test and fresh, or these three in a tuple:
            arrays or tensors (n, ...), or DataFrames, whose columns of words are categories. Or the
            path of a file or a folder of samples; or of a board, a .toml file, which says all else.
        models: names of baselines, or of yours, file.py:Class; all baselines by default. The
            controls are always run.
        metrics: names, or of yours, file.py:function; those of ordinary boards by default.
        labels: the class of each sample (n,), of each part in a tuple where data are; or the title
            of a column.
        seeds: how many, or which; three by default.
        budget: seconds that a fit should take, of models that let that be said; None: any.
        name: what the data are called, and the board's folder in `folder`; as the file is or, if
            there is none, my_data.
        folder: where boards are kept.
        jobs: cells at a time; one a core by default.

    Raises:
        BadInput: data, models or metrics that cannot be used.
        OSError: the folder cannot be written to.
    """
    if isinstance(data, str | Path) and is_board_file(str(data)):
        given = (models, metrics, labels, seeds, name)
        if any(one is not None for one in given) or budget != BUDGET:
            raise BadInput(f"{data} says itself what is run: give folder and jobs at most.")
        plan = find(str(data))
    else:
        if name is None:
            name = data_name(Path(data)) if isinstance(data, str | Path) else NAME
        if name in names():
            raise BadInput(f"{name} is the name of a board of ours: choose another.")
        values = {
            "models": _listed(models),
            "metrics": _listed(metrics),
            "seeds": list(seeds) if isinstance(seeds, Iterable) else seeds,
            "budget": NO_BUDGET if budget is None else budget,
        }
        plan = _board(data, labels, values, name, Path(folder))
    place = Path(folder) / plan.name
    run(plan, place, engine=Engine(jobs=jobs), limits=Limits(seconds=plan.deadline))
    table = wide_frame(report(place, board=plan).tables)
    table.attrs["page"] = str(place / "index.html")
    return table


def _board(data: Any, labels: Any, values: dict[str, Any], name: str, folder: Path) -> Board:
    """Return the board of data, once what is no file has been written to one."""
    said = {key: value for key, value in values.items() if value is not None}
    kept = (folder / name / "work" / "data").resolve()
    parts = data if isinstance(data, tuple) else (data,)
    if len(parts) not in (1, len(PARTS)):
        raise BadInput(f"data must be samples, or {', '.join(PARTS)}, not {len(parts)} of them.")
    # Before anything is written: a name may lead anywhere.
    board_of(said | {"data": [{"name": name, "samples": str(kept / "data.npy")}]}, **_where(name))
    files = [_file(part, kept, which) for part, which in zip(parts, PARTS, strict=False)]
    table: dict[str, Any] = {"name": name}
    table |= {"samples": files[0]} if len(files) == 1 else {"split": files}
    if isinstance(labels, str):
        table["labels"] = labels
    elif labels is not None:
        each = labels if isinstance(labels, tuple) else (labels,)
        if len(each) != len(files):
            raise BadInput(f"labels must be {len(files)}, as data are, not {len(each)}.")
        table["labels"] = [
            _labels(part, kept, which) for part, which in zip(each, PARTS, strict=False)
        ]
    return board_of(said | {"data": [table]}, **_where(name))


def _listed(names: Iterable[str] | str | None) -> list[str] | None:
    if names is None:
        return None
    return [names] if isinstance(names, str) else list(names)


def _where(name: str) -> dict[str, Any]:
    return {"name": name, "home": Path(), "where": "genbench.board"}


def _file(data: Any, kept: Path, part: str) -> str:
    """Return the file that samples are in, which is written if there is none."""
    if isinstance(data, str | Path):
        return str(Path(data).resolve())
    kept.mkdir(parents=True, exist_ok=True)
    if hasattr(data, "to_csv") and not _are_numbers(data):
        titles = columns_of(data) or [f"column {i + 1}" for i in range(data.shape[1])]
        data.to_csv(kept / f"{part}.csv", index=False, header=list(titles))
        return str(kept / f"{part}.csv")
    np.save(kept / f"{part}.npy", as_samples(data, name=part if part in PARTS[1:] else "data"))
    return str(kept / f"{part}.npy")


def _labels(labels: Any, kept: Path, part: str) -> str:
    """Return the file that labels, numbers or words, have been written to."""
    kept.mkdir(parents=True, exist_ok=True)
    found = np.asarray(labels.detach().cpu() if hasattr(labels, "detach") else labels)
    if found.dtype.kind in "biuf":
        np.save(kept / f"{part}_labels.npy", found)
        return str(kept / f"{part}_labels.npy")
    with (kept / f"{part}_labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["label"], *([word] for word in found.ravel())])
    return str(kept / f"{part}_labels.csv")


def _are_numbers(frame: Any) -> bool:
    """Say whether a frame is numbers without titles, which an array holds as well."""
    kinds: Sequence[Any] = list(getattr(frame, "dtypes", ()))
    return columns_of(frame) is None and all(kind.kind in "buif" for kind in kinds)

"""Where responses are kept: one file of strict JSON a cell, there whole or not at all.

It is not the store of boards (`genbench.runs.store`), whose cells are models, with samples to keep
and claims between machines. A file here also says what each metric's responses were made by, so
that those of a changed metric, and all of a changed check, are made again.
"""

import hashlib
import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.strict_json import to_json, with_infinities_as_text
from genbench.metric import Metric
from genbench.models.sources import code_of
from genbench.sanity import plants, worlds
from genbench.sanity.check import Check, Response

PROTOCOL = 1  # raised by hand when responses may change though neither check nor metric has
NUMBERS = {"level", "value", "ideal", "chance", "seconds"}


@dataclass(frozen=True)
class Cell:
    """The responses of one check with one seed, and what made each metric's, by its name."""

    responses: tuple[Response, ...] = ()
    made_by: Mapping[str, str] | None = None

    def lacks(self, metrics: Iterable[Metric]) -> list[Metric]:
        """Return the metrics whose responses are not there, or are those of another version."""
        made_by = self.made_by or {}
        return [metric for metric in metrics if made_by.get(metric.name) != digest(metric)]

    def joined(self, responses: Iterable[Response], metrics: Iterable[Metric]) -> "Cell":
        """Return the cell with the metrics' responses in place of older ones."""
        new = {metric.name: digest(metric) for metric in metrics}
        kept = [one for one in self.responses if one.metric not in new]
        joined = sorted([*kept, *responses], key=lambda one: one.place)
        return Cell(tuple(joined), {**(self.made_by or {}), **new})


def refuse_boards(folder: Path) -> None:
    """See that a folder holds no board of models, whose files would be mixed with these.

    Raises:
        BadInput: it does.
    """
    if (folder / "records.jsonl").exists():
        raise BadInput(f"{folder} holds a board of models: give another --folder.")


def path_of(folder: Path, check: Check, seed: int) -> Path:
    """Return where a cell is kept; a changed check has another place."""
    facts = [PROTOCOL, check.name, check.levels, check.repeats, _source_of(check)]
    key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]
    return folder / "work" / f"{check.name}-{seed}-{key}.json"


@cache
def digest(metric: Metric) -> str:
    """Return a hash of the code of the files that define a metric, its evidence and its error."""
    error = metric.standard_error
    errors = [] if error is None else [error if inspect.isfunction(error) else type(error)]
    parts = (inspect.unwrap(metric.compute), metric.needs, *errors)
    return _hash(inspect.getfile(part) for part in parts)


def read(path: Path) -> Cell:
    """Return a cell; an empty one where there is no such file, or one that is not whole."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        responses = tuple(map(_response, found["responses"]))
        return Cell(responses, dict(found["made_by"]))
    except (OSError, ValueError, TypeError, KeyError):
        return Cell()  # it will be made again


def write(path: Path, cell: Cell) -> None:
    """Write a cell's file in one step: whoever looks sees the old one or the new one, whole."""
    values = {"made_by": cell.made_by, "responses": [_row(one) for one in cell.responses]}
    replace_file(path, to_json(with_infinities_as_text(values)).encode())


def _response(row: Mapping[str, Any]) -> Response:
    values: dict[str, Any] = {k: float(v) if k in NUMBERS else v for k, v in row.items()}
    return Response(**values)


def _row(response: Response) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(response).items() if value is not None}


def _source_of(check: Check) -> str:
    makers = [check.make, *(check.measures or {}).values()]
    parts = [part for maker in makers if maker is not None for part in _parts(maker)]
    return _hash(inspect.getfile(part) for part in (*parts, worlds, plants))


def _parts(maker: Any) -> Iterator[Any]:
    """Yield the function, inside a partial one, and the one that it plants a fault by, if any."""
    maker = getattr(maker, "func", maker)
    yield maker
    if (plant := getattr(maker, "__wrapped__", None)) is not None:
        yield plant


def _hash(files: Iterable[str]) -> str:
    """Return a hash of files without their comments and docstrings, which change no number."""
    found = hashlib.sha256()
    for file in sorted(set(files)):
        found.update(code_of(Path(file).read_bytes()))
    return found.hexdigest()[:12]

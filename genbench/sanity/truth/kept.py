"""What is true of models, found once and kept: it takes longer than most metrics."""

import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from genbench.ground.landing import replace_file
from genbench.ground.strict_json import to_json, with_infinities_as_text
from genbench.models.sources import code_of
from genbench.sanity.suite import do_all
from genbench.sanity.truth import boards, divergences, facts, features, fitted, models
from genbench.sanity.truth.boards import Board, Model, board
from genbench.sanity.truth.divergences import Known
from genbench.sanity.truth.facts import Truth, truth_of

NUMBERS = ("forward", "forward_again", "reverse", "reverse_again", "w2", "missed")


def run(names: Iterable[str], folder: Path, *, jobs: int = 1) -> Iterator[tuple[str, Truth]]:
    """Yield boards' names and what is true of their models, as it is found.

    What is kept in `folder` is not sought again.
    """
    asked = ((name, model, folder) for name in names for model in board(name).by_name)
    yield from do_all(_do, asked, jobs=jobs)


def by_board(found: Iterable[tuple[str, Truth]], names: Iterable[str]) -> dict[str, list[Truth]]:
    """Return truths by boards, of models in their order."""
    of_model = {(name, truth.model): truth for name, truth in found}
    return {name: [of_model[name, model] for model in board(name).by_name] for name in names}


def _do(name: str, model: str, folder: Path) -> tuple[str, Truth]:
    asked = board(name)
    return name, _truth(asked, asked.by_name[model], folder)


def _truth(asked: Board, model: Model, folder: Path) -> Truth:
    from threadpoolctl import threadpool_limits

    name = f"true-{asked.name}-{model.name}".replace(" ", "_")
    path = folder / "work" / f"{name}.json"
    made_by = _made_by() + model.source
    kept = _read(path, made_by)
    if kept is None:
        with threadpool_limits(1):
            kept = truth_of(asked, model)
        values = {name: _row(value) for name, value in vars(kept).items()}
        content = with_infinities_as_text({"made_by": made_by, "truth": values})
        replace_file(path, to_json(content).encode())
    return kept


def _made_by() -> str:
    """Return a hash of the code that truths are found by."""
    from hashlib import sha256

    found = sha256()
    for module in (boards, divergences, facts, features, fitted, models):
        found.update(code_of(Path(inspect.getfile(module)).read_bytes()))
    return found.hexdigest()[:12]


def _row(value: Any) -> Any:
    return vars(value) if isinstance(value, Known) else value


def _read(path: Path, made_by: str) -> Truth | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["made_by"] != made_by:
            return None
        values: Mapping[str, Any] = found["truth"]
        known = {
            name: Known(**{part: float(number) for part, number in value.items()})
            for name, value in values.items()
            if name in NUMBERS and value is not None
        }
        return Truth(**{**values, **known})
    except (OSError, ValueError, TypeError, KeyError):
        return None  # it will be found again

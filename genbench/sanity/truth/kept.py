"""What is true of models, found once and kept: it takes longer than most metrics."""

import inspect
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from genbench.ground.landing import replace_file
from genbench.ground.strict_json import to_json, with_infinities_as_text
from genbench.models.sources import code_of
from genbench.sanity.truth import boards, divergences, facts, features, fitted, models
from genbench.sanity.truth.boards import Board, Model, board
from genbench.sanity.truth.divergences import Known
from genbench.sanity.truth.facts import Truth, truth_of

NUMBERS = ("forward", "forward_again", "reverse", "reverse_again", "w2", "missed")


def truths(names: Iterable[str], folder: Path) -> dict[str, list[Truth]]:
    """Return what is true of all models of boards, by the boards' names."""
    return {
        name: [_truth(board(name), one, folder) for one in board(name).models] for name in names
    }


def _truth(asked: Board, model: Model, folder: Path) -> Truth:
    name = f"true-{asked.name}-{model.name}".replace(" ", "_")
    path = folder / "work" / f"{name}.json"
    made_by = _made_by() + model.source
    kept = _read(path, made_by)
    if kept is None:
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

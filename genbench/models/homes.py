"""Models that a file names by their own files, which are beside it."""

from pathlib import Path

from genbench.ground.paths import is_file
from genbench.models.find import EXPORTS, ModelSpec, find
from genbench.models.parameters import split


def find_at(target: str, home: Path | None) -> ModelSpec:
    """Return the model of that name; its file is looked for in the folder `home` first.

    Raises:
        BadInput: there is none.
    """
    model, told = split(target)
    params = target[len(model) :] if told is not None else ""
    where, colon, name = model.rpartition(":")
    for file, rest in ((model, ""), (where, f"{colon}{name}")):
        ours = file.lower().endswith((".py", *EXPORTS))
        if home is not None and ours and is_file(home / file):
            return find(f"{home / file}{rest}{params}")
    return find(target)

"""Models that a file names by their own files, which are beside it."""

from pathlib import Path

from genbench.ground.paths import is_file
from genbench.models.find import EXPORTS, ModelSpec, find


def find_at(target: str, home: Path | None) -> ModelSpec:
    """Return the model of that name; its file is looked for in the folder `home` first.

    Raises:
        BadInput: there is none.
    """
    where, colon, name = target.rpartition(":")
    for file, rest in ((target, ""), (where, f"{colon}{name}")):
        ours = file.lower().endswith((".py", *EXPORTS))
        if home is not None and ours and is_file(home / file):
            return find(f"{home / file}{rest}")
    return find(target)

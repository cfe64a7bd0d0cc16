"""A new board's file, to start from: `template.toml`, filled in."""

import json
import os
from importlib import resources
from pathlib import Path

from genbench.files import is_text
from genbench.ground.errors import BadInput
from genbench.ground.landing import create_file
from genbench.ground.paths import is_file, is_folder, shown
from genbench.runs.board_data import data_name
from genbench.runs.board_files import TEMPLATE, TOML, is_board_file
from genbench.runs.own_data import NGRAMS, STANDARDISED


def write(path: Path, data: Path) -> None:
    """Write a board of the samples at `data` to a file that is not there yet.

    Raises:
        BadInput: its name does not end in .toml, there is such a file or it cannot be written, or
            there are no such data.
    """
    if not is_board_file(str(path)):
        raise BadInput(f"{path} should end in {TOML}, as my.toml does.")
    if not (is_file(data) or is_folder(data)):
        raise BadInput(f"There is no file {shown(data)}.")
    template = resources.files(__package__) / f"{TEMPLATE}{TOML}"
    found = os.path.relpath(data.resolve(), path.parent.resolve())
    text = template.read_text(encoding="utf-8").format(
        file=path.name,
        name=data_name(data),
        data=_quoted(data_name(data)),
        samples=_quoted(found + ("/" if is_folder(data) else "")),
        features=NGRAMS if is_text(data) else STANDARDISED,
    )
    create_file(path, text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

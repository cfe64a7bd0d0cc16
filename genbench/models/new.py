"""A new model's file, to start from: a copy of `genbench/models/template.py`."""

from importlib.resources import files
from pathlib import Path

from genbench.ground.errors import BadInput
from genbench.ground.landing import create_file


def write(path: Path) -> None:
    """Write the template to a file that is not there yet.

    Raises:
        BadInput: its name does not end in .py, there is such a file, or it cannot be written.
    """
    if path.suffix != ".py":
        raise BadInput(f"{path} should end in .py, as my_model.py does.")
    text = files("genbench.models").joinpath("template.py").read_text(encoding="utf-8")
    create_file(path, text)

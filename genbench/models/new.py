"""A new model's file, to start from: a copy of `genbench/models/template.py`."""

from importlib.resources import files
from pathlib import Path

from genbench.ground.errors import BadInput


def write(path: Path) -> None:
    """Write the template to a file that is not there yet.

    Raises:
        BadInput: its name does not end in .py, there is such a file, or it cannot be written.
    """
    if path.suffix != ".py":
        raise BadInput(f"{path} should end in .py, as my_model.py does.")
    text = files("genbench.models").joinpath("template.py").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise BadInput(f"{path} is there already, and stays as it is: choose another.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error

"""A new model's file, to start from: a copy of a template beside this."""

from importlib.resources import files
from pathlib import Path

from genbench.ground.errors import BadInput
from genbench.ground.landing import create_file


def write(path: Path, *, sequences: bool = False) -> None:
    """Write the template, or that of a model of sequences, to a file that is not there yet.

    Raises:
        BadInput: its name does not end in .py, there is such a file, or it cannot be written.
    """
    if path.suffix != ".py":
        raise BadInput(f"{path} should end in .py, as my_model.py does.")
    template = "template_sequences.py" if sequences else "template.py"
    text = files("genbench.models").joinpath(template).read_text(encoding="utf-8")
    create_file(path, text)

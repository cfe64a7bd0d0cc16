"""Files that are there whole or not at all, whatever happens while they are written."""

import os
import uuid
from pathlib import Path

from genbench.ground.errors import BadInput


def replace_file(path: Path, content: bytes) -> Path:
    """Write a file in one step, onto the disk: whoever looks sees the old one or the new, whole.

    Raises:
        OSError: it could not be written; the old one still stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Threads and machines that write the same file must not write into one another's.
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def create_file(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        BadInput: there is such a file, or it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise BadInput(f"{path} is there already, and stays as it is: choose another.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error

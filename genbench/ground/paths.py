"""Files that users name: any text, some of which is no path at all, and any content."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from genbench.ground.errors import BadInput, Unavailable

LONGEST_PATH, LONGEST_SAID = 300, 200  # characters
ADDRESS = re.compile(r" (object )?at 0x[0-9a-fA-F]+")  # in memory: another one in every run


def is_file(path: Path) -> bool:
    """Return whether there is such a file; of a name that no file can have, too."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, a null character, half of a surrogate pair
        return False


def is_folder(path: Path) -> bool:
    """Return whether there is such a folder; of a name that none can have, too."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def reach(folder: Path) -> None:
    """Let Python find modules in a folder, after installed ones."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def reach_current_folder() -> None:
    """Let `package.module:Class` name a package in the current folder."""
    reach(Path.cwd())


def shown(path: Path | str) -> str:
    """Return a path as it can stand in a sentence: on one line, and its end if it is long."""
    text = str(path)
    text = text if text.isprintable() else repr(text)
    return text if len(text) <= LONGEST_PATH else f"…{text[-LONGEST_PATH:]}"


def brief(said: object) -> str:
    """Return what an error or a program said, on one line, without addresses, not too long."""
    text = ADDRESS.sub("", " ".join(str(said).split())).rstrip(".")
    text = text if text.isprintable() else repr(text)
    if not text and isinstance(said, BaseException):
        text = type(said).__name__
    return text if len(text) <= LONGEST_SAID else f"{text[:LONGEST_SAID]}…"


@contextmanager
def readable(path: Path, kind: str) -> Iterator[None]:
    """Say of whatever goes wrong while a file is read that it is not of its kind.

    Raises:
        BadInput: for any error but ours.
    """
    try:
        yield
    except (BadInput, Unavailable):
        raise
    except Exception as error:  # broken bytes lead decoders to errors of almost any kind
        raise BadInput(f"{shown(path)} is not a readable {kind}: {brief(error)}.") from error

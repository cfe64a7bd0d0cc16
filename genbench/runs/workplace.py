"""The one folder that a cell's process may write to, beside what is the run's own.

Nothing that lies there is trusted: files are read and written through the folder's descriptor,
which stays the same folder whatever becomes of its name; no link is followed, only regular files
are read, and none that is larger than it may be.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from genbench.ground.plain_files import read_plain, write_new
from genbench.runs.worker import PHASES

NAME = "model"
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
LONGEST_PHASE = 20  # characters
MOST_FILES = 100_000  # that are looked at to tell how much a model has left


class Workplace:
    """A folder for the process of a cell, inside of the cell's own folder."""

    def __init__(self, path: Path) -> None:
        """Open the folder at `path`."""
        self.path = path
        self._folder = os.open(path, FOLDER)

    def write(self, name: str, content: bytes) -> None:
        """Bring a file, in the place of whatever has its name.

        Raises:
            OSError: it cannot be written.
        """
        write_new(name, content, folder=self._folder)

    def read(self, name: str, *, most: int) -> bytes:
        """Return what the process left under that name, which may lead through folders.

        Raises:
            OSError: it left no regular file of at most so many bytes.
        """
        *folders, file = name.split("/")
        with ExitStack() as stack:
            within = self._folder
            for folder in folders:
                within = os.open(folder, FOLDER, dir_fd=within)
                stack.callback(os.close, within)
            return read_plain(file, most=most, folder=within)

    def has(self, name: str) -> bool:
        """Return whether anything is there under that name."""
        try:
            os.stat(name, dir_fd=self._folder, follow_symlinks=False)
        except OSError:
            return False
        return True

    def phase(self) -> str | None:
        """Return what the process was doing last; it is not believed if it is no phase."""
        phase = self._said()[0]
        return phase if phase in PHASES else None

    def number(self) -> int:
        """Return which of several of that kind it was doing; 0 of those that are done once."""
        number = self._said()[1]
        return int(number) if number.isdecimal() and number.isascii() else 0

    def _said(self) -> tuple[str, str]:
        try:
            said = self.read("phase.txt", most=LONGEST_PHASE).decode(errors="replace")
        except OSError:
            return "", ""
        phase, _, number = said.partition(":")
        return phase, number

    def size(self) -> int:
        """Return how many bytes lie there, of the first files that are found."""
        total = 0
        for seen, file in enumerate(self.path.rglob("*")):
            if seen == MOST_FILES:
                break
            with suppress(OSError):
                total += file.lstat().st_size
        return total

    def close(self) -> None:
        """Let go of the folder, and remove it as far as that is possible."""
        os.close(self._folder)
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def workplace(folder: Path) -> Iterator[Workplace]:
    """Make a workplace in a cell's folder, for as long as the block runs.

    Raises:
        OSError: it cannot be made.
    """
    place = Workplace(fresh_folder(folder / NAME))
    try:
        yield place
    finally:
        place.close()


def fresh_folder(path: Path) -> Path:
    """Make a folder that is empty; what was there is removed or, if that cannot be, put aside.

    Raises:
        OSError: it cannot be made.
    """
    shutil.rmtree(path, ignore_errors=True)
    if os.path.lexists(path):
        path.rename(path.with_name(f".{path.name}.{uuid.uuid4().hex}.left"))
    path.mkdir(parents=True)
    return path

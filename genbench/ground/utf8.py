"""Text files of users."""

from pathlib import Path

from genbench.ground.errors import BadInput
from genbench.ground.paths import brief, shown


def read_text(path: Path) -> str:
    """Return what a file of UTF-8 says; each line end is a single character.

    Raises:
        BadInput: it cannot be read, or is not UTF-8; the message names the file and the byte.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{shown(path)} cannot be read: {brief(error)}.") from error
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"{shown(path)} is not a text in UTF-8: byte {error.start + 1}, in line {line}, is "
            f"0x{content[error.start]:02x}."
        ) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")

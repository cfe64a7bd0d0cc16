"""How large files may be. What is far beyond any real set of samples is a mistake, or malice."""

import math
from collections.abc import Sequence

from genbench.ground.errors import BadInput

GIB = 2**30
MOST_NUMBERS = 2**30  # in all samples together: 8 GiB in double precision
MOST_FILE_BYTES = 10 * GIB
MOST_TEXT_BYTES = 2 * MOST_NUMBERS  # a number takes two characters at least
MOST_UNPACKED_BYTES = 10 * GIB  # of all members of an archive together
MOST_MEMBERS = 250_000  # pictures of a folder, members of an archive
MOST_DIRECTORY_BYTES = 32 * 2**20  # of the list of an archive's members, which is read first
MOST_PICTURE_BYTES = 256 * 2**20  # of a picture's file


def check_file_size(size: int, *, name: str, most: int = MOST_FILE_BYTES) -> None:
    """Hold the size of a file, in bytes, to the limit.

    Raises:
        BadInput: it is larger.
    """
    if size > most:
        raise BadInput(f"{name} has {size} bytes; the limit is {most}.")


def check_shape(shape: Sequence[int], *, name: str) -> None:
    """Hold the shape of all samples together, as far as it is promised, to the limit.

    Raises:
        BadInput: it is no shape of samples, or that of more numbers than the limit.
    """
    if any(size < 1 for size in shape):
        raise BadInput(f"{name} is empty: its shape is {shape}.")
    if any(size > MOST_NUMBERS for size in shape) or math.prod(shape) > MOST_NUMBERS:
        raise BadInput(f"{name} promises more numbers than the limit of {MOST_NUMBERS}.")


def check_members(count: int, *, name: str) -> None:
    """Hold the number of an archive's or a folder's members to the limit.

    Raises:
        BadInput: there are more.
    """
    if count > MOST_MEMBERS:
        raise BadInput(f"{name} holds {count} files; the limit is {MOST_MEMBERS}.")

"""What stands at the beginning of an array that numpy saved, read before memory is taken."""

import io
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.lib import format as npy

from genbench.ground.errors import BadInput
from genbench.ground.paths import brief

MOST_HEADER_BYTES = 12_000  # numpy reads no header of over 10,000 characters
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class Header(NamedTuple):
    """Which numbers follow, and behind how many bytes."""

    shape: tuple[int, ...]
    fortran: bool  # whether the first axis is the one that varies fastest
    dtype: np.dtype[np.generic]
    length: int


def read_header(stream: BinaryIO, *, name: str) -> Header:
    """Return the header of an array of real numbers; the stream stands somewhere behind it then.

    Raises:
        BadInput: it is of another format, or holds objects, records or no real numbers.
        ValueError: it is no array at all.
    """
    start = io.BytesIO(stream.read(MOST_HEADER_BYTES))
    version = npy.read_magic(start)
    if version not in HEADERS:
        raise BadInput(f"{name} has an array of format {version}; expected (1, 0) or (2, 0).")
    shape, fortran, dtype = HEADERS[version](start)
    if dtype.hasobject:
        raise BadInput(f"{name} holds pickled objects, which are never loaded; save plain numbers.")
    if dtype.names is not None:
        raise BadInput(f"{name} holds records of several fields, not plain numbers.")
    if dtype.kind not in "buif":
        raise BadInput(f"{name} must hold real numbers, not {brief(dtype)}.")
    return Header(shape, fortran, dtype, start.tell())

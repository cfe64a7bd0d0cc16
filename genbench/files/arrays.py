"""Arrays as numpy saves them, .npy and .npz; headers are looked at before memory is taken."""

import math
from pathlib import Path
from typing import BinaryIO

from numpy.lib import format as npy

from genbench.ground.archives import Archive, open_archive
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.limits import check_file_size, check_shape
from genbench.ground.npy import read_header
from genbench.ground.paths import brief, readable, shown

USUAL_NAMES = ("samples", "generated", "features", "arr_0")


def read_npy(path: Path) -> Array:
    """Return the array of a .npy file, as it is there.

    Raises:
        BadInput: it is larger than the limits, holds no numbers, or ends too early or too late.
    """
    with path.open("rb") as file:
        return _read_array(file, path.stat().st_size, name=shown(path))


def read_npz(path: Path) -> Array:
    """Return the only array of a .npz file, or the first of a usual name.

    Raises:
        BadInput: there is no such array, or the archive or the array is not as it should be.
    """
    name = shown(path)
    with path.open("rb") as file:
        if file.read(len(npy.MAGIC_PREFIX)) == npy.MAGIC_PREFIX:
            raise BadInput(f"{name} is named .npz but is not one: it is a .npy file.")
    with open_archive(path) as archive:
        arrays = {member.removesuffix(".npy"): member for member in archive.members}
        chosen = list(arrays) if len(arrays) == 1 else [key for key in USUAL_NAMES if key in arrays]
        if not chosen:
            raise BadInput(
                f"{name} holds the arrays {brief(', '.join(arrays)) or 'none'}; expected one, or "
                f"one named {' or '.join(USUAL_NAMES)}."
            )
        return _read_member(archive, arrays[chosen[0]], name=name)


def read_arrays(path: Path) -> dict[str, Array]:
    """Return all arrays of a .npz file by their names.

    Raises:
        BadInput: it is no such file, or one of the arrays is not as it should be.
    """
    name = shown(path)
    check_file_size(path.stat().st_size, name=name)
    with readable(path, ".npz file"), open_archive(path) as archive:
        return {
            member.removesuffix(".npy"): _read_member(archive, member, name=name)
            for member in archive.members
        }


def _read_member(archive: Archive, member: str, *, name: str) -> Array:
    with archive.open(member) as stream:
        return _read_array(stream, archive.members[member].file_size, name=name)


def _read_array(stream: BinaryIO, size: int, *, name: str) -> Array:
    """Read an array from a stream of `size` bytes, once its header has been found sound."""
    shape, _, dtype, length = read_header(stream, name=name)
    check_shape(shape, name=name)
    promised, there = math.prod(shape) * dtype.itemsize, size - length
    if promised != there:
        raise BadInput(
            f"{name} is not as its header says: {promised} bytes of numbers, but {there} are there."
        )
    stream.seek(0)
    array: Array = npy.read_array(stream, allow_pickle=False)
    return array

"""Pictures in arrays: in memory, or in .npy and .npz files, which are read as streams."""

import math
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from genbench.ground.archives import Archive, open_archive
from genbench.ground.errors import BadInput
from genbench.ground.limits import MOST_FILE_BYTES, check_file_size
from genbench.ground.npy import Header, read_header
from genbench.ground.paths import brief, readable, shown
from genbench.images.decoding import Pixels
from genbench.images.pictures import Picture, Source
from genbench.images.sources.values import Values, as_array

SUFFIXES = (".npy", ".npz")
USUAL_NAMES = ("arr_0", "samples", "generated", "images")
AT_ONCE = 32  # pictures
FEWEST_SIDE = 16  # pixels; smaller arrays of bytes are not taken for pictures unasked


def picture_of(pixels: Pixels, name: str) -> Picture:
    """Return a picture that is in memory."""
    return Picture(name, read=lambda: pixels)


def of_array(given: Any, name: str, *, values: Values) -> Source:
    """Return the pictures of an array or tensor.

    Raises:
        BadInput: it is not one of pictures.
    """
    array = as_array(given, name=name)
    axis = values.channel_axis(array.shape, name=name)
    if not len(array):
        raise BadInput(f"{name} is empty: its shape is {array.shape}.")

    def pictures() -> Iterator[Picture]:
        for start in range(0, len(array), AT_ONCE):
            batch = values.bytes_of(array[start : start + AT_ONCE], name=name)
            for place, pixels in enumerate(values.split(batch, axis), start):
                yield picture_of(pixels, f"{name}, picture {place}")

    return Source(name, pictures, len(array))


def of_file(path: Path, *, values: Values) -> Source:
    """Return the pictures of an .npy or .npz file, of which a few are in memory at a time.

    Raises:
        BadInput: it is no such file, or its array is not one of pictures.
    """
    name = shown(path)
    with readable(path, f"{path.suffix.lower()} file"), _stream(path) as (stream, size):
        header = read_header(stream, name=name)
        check_file_size(size, name=name, most=MOST_FILE_BYTES)
        values.channel_axis(header.shape, name=name)
        promised = math.prod(header.shape) * header.dtype.itemsize
        if promised != size - header.length:
            raise BadInput(
                f"{name} is not as its header says: {promised} bytes of numbers, but "
                f"{size - header.length} are there."
            )
        if not header.shape[0]:
            raise BadInput(f"{name} is empty: its shape is {header.shape}.")
        if header.fortran:
            raise BadInput(
                f"{name} is saved in Fortran's order, last picture in between the first: save "
                "np.ascontiguousarray of it."
            )
    return Source(name, partial(_streamed, path, header, values), header.shape[0])


def _streamed(path: Path, header: Header, values: Values) -> Iterator[Picture]:
    name, (n, *shape) = shown(path), header.shape
    axis = values.channel_axis(header.shape, name=name)
    with readable(path, f"{path.suffix.lower()} file"), _stream(path) as (stream, _):
        stream.read(header.length)
        for start in range(0, n, AT_ONCE):
            many = min(AT_ONCE, n - start)
            content = stream.read(many * math.prod(shape) * header.dtype.itemsize)
            batch = np.frombuffer(content, header.dtype).reshape(many, *shape)
            pixels = values.split(values.bytes_of(batch, name=name), axis)
            for place, picture in enumerate(pixels, start):
                yield picture_of(picture, f"{name}, picture {place}")


def are_pictures(path: Path) -> bool:
    """Return whether a file holds an array of bytes that can be of pictures, by its header."""
    try:
        with _stream(path) as (stream, _):
            header = read_header(stream, name=shown(path))
    except (BadInput, ValueError, OSError, zipfile.BadZipFile):
        return False
    sides = sorted(header.shape[1:])[-2:]
    return (
        header.dtype == np.uint8
        and len(header.shape) in (3, 4)
        and min(sides, default=0) >= FEWEST_SIDE
    )


@contextmanager
def _stream(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open the array of an .npy or .npz file, and say how long it is."""
    if path.suffix.lower() == ".npy":
        with path.open("rb") as file:
            yield file, path.stat().st_size
        return
    with open_archive(path) as archive:
        member = member_of(archive, shown(path))
        with archive.open(member) as stream:
            yield stream, archive.members[member].file_size


def member_of(archive: Archive, name: str) -> str:
    """Return the member that holds the pictures: the only one, or the first of a usual name.

    Raises:
        BadInput: there is none.
    """
    arrays = {member.removesuffix(".npy"): member for member in archive.members}
    usual: Callable[[str], bool] = arrays.__contains__
    chosen = list(arrays) if len(arrays) == 1 else [key for key in USUAL_NAMES if usual(key)]
    if not chosen:
        raise BadInput(
            f"{name} holds the arrays {brief(', '.join(arrays)) or 'none'}; expected one, or one "
            f"named {' or '.join(USUAL_NAMES)}."
        )
    return arrays[chosen[0]]

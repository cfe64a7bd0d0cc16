"""IDX, the format of MNIST: a magic number, sizes, and pixels, gzipped or not.

LeCun, Cortes, Burges, "The MNIST database of handwritten digits",
http://yann.lecun.com/exdb/mnist/, "File formats".
"""

import gzip
import math
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from genbench.ground.errors import BadInput
from genbench.ground.limits import MOST_NUMBERS
from genbench.ground.paths import readable, shown
from genbench.images.pictures import Picture, Source
from genbench.images.sources.arrays import picture_of

GZIP = b"\x1f\x8b"
BYTES_OF_PICTURES = b"\x00\x00\x08\x03"  # unsigned bytes, three axes
BYTES_OF_LABELS = b"\x00\x00\x08\x01"  # unsigned bytes, one axis
PICTURES, LABELS = "images-idx3", "labels-idx1"  # in names of files that belong together
CHUNK = 2**20


def is_idx(path: Path) -> bool:
    """Return whether a file is IDX, of anything."""
    try:
        with _opened(path) as file:
            start = file.read(4)
    except (OSError, EOFError, zlib.error):
        return False
    return len(start) == 4 and start[:2] == b"\0\0" and start[2] in range(8, 15) and start[3] > 0


def of_idx(path: Path) -> Source:
    """Return the pictures of an IDX file of bytes (n, height, width).

    Raises:
        BadInput: it holds something else, or is shorter or longer than it says.
    """
    name = shown(path)
    with readable(path, "IDX file"), _opened(path) as file:
        start = file.read(4)
        if start != BYTES_OF_PICTURES:
            raise BadInput(
                f"{name} is IDX of type {start[2]:#x} with {start[3]} axes; expected bytes (0x8) "
                "of pictures (3 axes)."
            )
        shape = struct.unpack(">3I", file.read(12))
        if 0 in shape or math.prod(shape) > MOST_NUMBERS:
            raise BadInput(f"{name} says that its shape is {shape}, which is not one of pictures.")
        there = 0
        while content := file.read(CHUNK):
            there += len(content)
            if there > math.prod(shape):
                break
    if there != math.prod(shape):
        raise BadInput(
            f"{name} is not as it says: {math.prod(shape)} bytes of {shape} pixels, but "
            f"{'more' if there > math.prod(shape) else there} are there."
        )
    return Source(name, partial(_pictures, path, shape), shape[0], labels=_labels(path, shape[0]))


def _labels(path: Path, n: int) -> list[str] | None:
    """Return the labels of pictures, if they lie beside them as those of MNIST do, one for each."""
    beside = path.with_name(path.name.replace(PICTURES, LABELS))
    if beside == path or not beside.is_file():
        return None
    with readable(beside, "IDX file"), _opened(beside) as file:
        if file.read(8) != BYTES_OF_LABELS + struct.pack(">I", n):
            return None
        found = file.read(n + 1)
    return [str(label) for label in found] if len(found) == n else None


def _pictures(path: Path, shape: tuple[int, int, int]) -> Iterator[Picture]:
    n, height, width = shape
    with _opened(path) as file:
        file.read(16)
        for place in range(n):
            content = file.read(height * width)
            pixels = np.frombuffer(content, np.uint8).reshape(height, width)
            yield picture_of(pixels, f"{shown(path)}, picture {place}")


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
        file.seek(0)
        if not packed:
            yield file
            return
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield cast("BinaryIO", unpacked)

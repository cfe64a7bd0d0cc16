"""CIFAR-10 as it is given out: records of a label and 3,072 bytes, or a pickle of them.

Krizhevsky, "Learning multiple layers of features from tiny images", 2009,
https://www.cs.toronto.edu/~kriz/cifar.html. A pickle is never loaded, which would run what is in
it: its constants are listed, and the only one that can be pixels is taken.
"""

import pickletools
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from genbench.ground.errors import BadInput
from genbench.ground.paths import readable, shown
from genbench.images.decoding import Pixels
from genbench.images.pictures import Picture, Source
from genbench.images.sources.arrays import picture_of

SIDE, CHANNELS = 32, 3
VALUES = SIDE * SIDE * CHANNELS
MOST_LABELS = 10
PICKLE = b"\x80"
MOST_BYTES = 2**30


def is_cifar(path: Path) -> bool:
    """Return whether a file may be a batch of CIFAR-10, by its name, its size and its beginning."""
    size = path.stat().st_size
    if path.suffix.lower() == ".bin":
        return size > 0 and size % (VALUES + 1) == 0
    try:
        with path.open("rb") as file:
            return file.read(1) == PICKLE and "batch" in path.name
    except OSError:
        return False


def of_cifar(path: Path) -> Source:
    """Return the pictures of a batch.

    Raises:
        BadInput: it is none.
    """
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{shown(path)} has {path.stat().st_size} bytes; the limit is {MOST_BYTES}.")
    with readable(path, "batch of CIFAR-10"):
        content = path.read_bytes()
        planes, labels = (
            _of_records(content, path)
            if path.suffix.lower() == ".bin"
            else (_of_pickle(content), None)
        )
    if not len(planes):
        raise BadInput(f"{shown(path)} holds no pictures of 3 x 32 x 32 bytes.")
    pictures = partial(_pictures, planes, shown(path))
    return Source(shown(path), pictures, len(planes), labels=labels)


def _of_records(content: bytes, path: Path) -> tuple[Pixels, list[str]]:
    """Return the pixels of all pictures (n, 3072), and their labels."""
    records = np.frombuffer(content, np.uint8).reshape(-1, VALUES + 1)
    if records[:, 0].max() >= MOST_LABELS:
        raise BadInput(
            f"{shown(path)} has a label of {records[:, 0].max()}; those of CIFAR-10 are below "
            f"{MOST_LABELS}."
        )
    return records[:, 1:], [str(label) for label in records[:, 0]]


def _of_pickle(content: bytes) -> Pixels:
    """Return the longest constant of bytes, (n, 3072); protocol 2 of Python 3 writes them as text.

    Nothing of the pickle runs.
    """
    longest = b""
    for _, value, _ in pickletools.genops(content):
        if isinstance(value, bytes | bytearray):
            found = bytes(value)
        elif isinstance(value, str) and len(value) >= VALUES:
            try:
                found = value.encode("latin-1")
            except UnicodeEncodeError:
                continue
        else:
            continue
        longest = max(longest, found, key=len)
    whole = len(longest) if len(longest) % VALUES == 0 else 0
    return np.frombuffer(longest[:whole], np.uint8).reshape(-1, VALUES)


def _pictures(planes: Pixels, name: str) -> Iterator[Picture]:
    for place, values in enumerate(planes):
        pixels = values.reshape(CHANNELS, SIDE, SIDE).transpose(1, 2, 0)
        yield picture_of(pixels, f"{name}, picture {place}")

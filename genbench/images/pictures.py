"""A picture that can be read when it is needed, and a source of them."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from genbench.ground.errors import BadInput
from genbench.images.decoding import Facts, Pixels

CHANNELS = (1, 3)


class Stamp(NamedTuple):
    """What tells that a file is still the one whose pixels are known."""

    path: str
    size: int
    modified: int  # nanoseconds


@dataclass(frozen=True)
class Picture:
    """One picture of a source."""

    name: str
    read: Callable[[], Pixels]  # grey (height, width), or RGB (height, width, 3)
    facts: Callable[[], Facts] | None = None  # what its file's head says; None: there is no file
    stamp: Stamp | None = None


@dataclass(frozen=True)
class Source:
    """Where pictures come from, one after another, always in the same order."""

    name: str
    pictures: Callable[[], Iterator[Picture]]
    n: int | None  # None: whoever counts them must read them all
    in_files: bool = False  # one picture a file, whose head can be read before all else
    labels: Sequence[str] | None = None  # the class of each picture, where it is known

    def first(self, n: int | None) -> "Source":
        """Return the source of the first n pictures; of all, if n is None.

        Raises:
            BadInput: it has fewer; where that is not known before, when they are read.
        """
        if n is None:
            return self
        if self.n is not None and self.n < n:
            raise BadInput(f"{self.name} has {self.n} pictures; {n} are asked for.")

        def pictures() -> Iterator[Picture]:
            found = 0
            for found, picture in enumerate(self.pictures(), 1):
                yield picture
                if found == n:
                    return
            raise BadInput(f"{self.name} has {found} pictures; {n} are asked for.")

        labels = None if self.labels is None else self.labels[:n]
        return Source(self.name, pictures, n, self.in_files, labels)


def as_rgb(pixels: Pixels) -> Pixels:
    """Return a picture (height, width, 3), in which grey is three times the same."""
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))


def digest_of(pixels: Pixels) -> bytes:
    """Return the SHA-256 of what is shown, (height, width, 3): wherever it comes from, the same."""
    content = hashlib.sha256(f"{pixels.shape[0]} {pixels.shape[1]} ".encode())
    content.update(pixels.data)
    return content.digest()

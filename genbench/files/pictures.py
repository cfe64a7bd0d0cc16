"""Pictures, in a folder or in a .zip, as one array: all of one size, all grey or all RGB."""

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from genbench.ground.archives import open_archive
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.limits import (
    MOST_PICTURE_BYTES,
    check_file_size,
    check_members,
    check_shape,
)
from genbench.ground.paths import shown
from genbench.images.decoding import MOST_PIXELS, decode
from genbench.images.image_folder import (
    Tell,
    list_images,
    list_members,
    picture_file,
)


def read_folder(folder: Path, told: Tell | None = None) -> Array:
    """Return the pictures below a folder, ordered by their path: (n, height, width) or (..., 3).

    Which files count is said to `told`, as `genbench.images.image_folder` has it.

    Raises:
        BadInput: there is none, one cannot be read, is too large, or differs in size or kind.
        MissingExtra: Pillow is not installed.
    """
    paths = list_images(folder, told=told)
    check_members(len(paths), name=shown(folder))
    return _stack([(shown(path), partial(_content, path)) for path in paths], name=shown(folder))


def read_zip(path: Path, told: Tell | None = None) -> Array:
    """Return the pictures of an archive, ordered by their names there, by the same rules.

    Raises:
        BadInput: as for a folder, or the archive is not as it should be.
        MissingExtra: Pillow is not installed.
    """
    with open_archive(path) as archive:
        members = list_members(archive.members, name=shown(path), told=told)
        read = partial(archive.read, most=MOST_PICTURE_BYTES)
        contents = [
            (f"{shown(path)}, member {shown(member)},", partial(read, member)) for member in members
        ]
        return _stack(contents, name=shown(path))


def _content(path: Path) -> bytes:
    check_file_size(picture_file(path).stat().st_size, name=shown(path), most=MOST_PICTURE_BYTES)
    return path.read_bytes()


def _stack(contents: Sequence[tuple[str, Callable[[], bytes]]], *, name: str) -> Array:
    """Read one picture after another into an array that is as large as the first one asks for."""
    require("PIL")
    from PIL import Image

    pictures: Array | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for place, (member, read) in enumerate(contents):
            pixels = decode(read(), name=member, most_pixels=MOST_PIXELS)
            if pictures is None:
                check_shape((len(contents), *pixels.shape), name=name)
                pictures = np.empty((len(contents), *pixels.shape))
            if pixels.shape != pictures.shape[1:]:
                raise BadInput(
                    f"{member} is a picture of shape {pixels.shape}; expected "
                    f"{pictures.shape[1:]}, as {contents[0][0].rstrip(',')} has."
                )
            pictures[place] = pixels
    if pictures is None:
        raise BadInput(f"{name} holds no image.")
    return pictures

"""Pictures, in a folder or in a .zip, as one array: all of one size, all grey or all RGB."""

import io
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from genbench.embeddings.image_folder import SUFFIXES, Pixels, list_images
from genbench.files.archives import open_archive
from genbench.files.limits import (
    MOST_PICTURE_BYTES,
    MOST_PIXELS,
    check_file_size,
    check_members,
    check_shape,
)
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import brief, shown

FORMATS = ("PNG", "JPEG")
MODES = {"L": "L", "RGB": "RGB", "1": "L", "P": "RGB"}  # the last two without a loss
LEFT_BY_MACOS = "__MACOSX/"  # a folder beside the pictures, with files that look like them


def read_folder(folder: Path) -> Array:
    """Return the pictures below a folder, ordered by their path: (n, height, width) or (..., 3).

    Raises:
        BadInput: there is none, one cannot be read, is too large, or differs in size or kind.
        MissingExtra: Pillow is not installed.
    """
    paths = list_images(folder)
    check_members(len(paths), name=shown(folder))
    return _stack([(shown(path), partial(_content, path)) for path in paths], name=shown(folder))


def read_zip(path: Path) -> Array:
    """Return the pictures of an archive, ordered by their names there.

    Raises:
        BadInput: as for a folder, or the archive is not as it should be.
        MissingExtra: Pillow is not installed.
    """
    with open_archive(path) as archive:
        members = [
            member
            for member in sorted(archive.members)
            if PurePosixPath(member).suffix.lower() in SUFFIXES
            and not member.startswith(LEFT_BY_MACOS)
        ]
        if not members:
            raise BadInput(
                f"{shown(path)} holds no image: no member's name ends in {', '.join(SUFFIXES)}."
            )

        read = partial(archive.read, most=MOST_PICTURE_BYTES)
        contents = [
            (f"{shown(path)}, member {shown(member)},", partial(read, member)) for member in members
        ]
        return _stack(contents, name=shown(path))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise BadInput(f"{shown(path)} is not a file.")
    check_file_size(path.stat().st_size, name=shown(path), most=MOST_PICTURE_BYTES)
    return path.read_bytes()


def _stack(contents: Sequence[tuple[str, Callable[[], bytes]]], *, name: str) -> Array:
    """Read one picture after another into an array that is as large as the first one asks for."""
    require("PIL")
    from PIL import Image

    pictures: Array | None = None
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        for place, (member, read) in enumerate(contents):
            pixels = _pixels(read(), name=member)
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


def _pixels(content: bytes, *, name: str) -> Pixels:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise BadInput(
                    f"{name} has {image.width} x {image.height} pixels; the limit is {MOST_PIXELS}."
                )
            if image.mode not in MODES or "transparency" in image.info:
                clear = " with transparency" if "transparency" in image.info else ""
                raise BadInput(
                    f"{name} is a picture of mode {image.mode}{clear}; expected 8-bit grey (L) or "
                    "colour (RGB)."
                )
            return np.asarray(image.convert(MODES[image.mode]))
    except BadInput:
        raise
    except Exception as error:  # broken bytes lead decoders to errors of almost any kind
        raise BadInput(f"{name} cannot be read as a picture: {brief(error)}.") from error

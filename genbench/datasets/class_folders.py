"""Pictures in a folder for each class, such as `cifar10/train/cat/0001.png`."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from genbench.ground.arrays import Labels
from genbench.ground.errors import BadInput
from genbench.ground.extras import require

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".webp")


def read_classes(
    folder: Path, side: int, classes: int
) -> tuple[NDArray[np.uint8], Labels, tuple[str, ...]]:
    """Return pictures (n, side, side, 3), their classes (n,) and the names of these.

    Classes are numbered by the order of their names, and pictures by that of theirs.

    Raises:
        BadInput: there is no such folder, it has not so many folders of classes, one of them holds
            no picture, or a picture is not of so many pixels in RGB.
        MissingExtra: Pillow is not installed.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.")
    names = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))
    if len(names) != classes:
        raise BadInput(
            f"{folder} has {len(names)} folders; expected one for each class: {classes}."
        )
    pictures, labels = [], []
    for label, name in enumerate(names):
        files = sorted((folder / name).iterdir())
        found = [path for path in files if path.suffix.lower() in SUFFIXES]
        if other := [path for path in files if path not in found]:
            raise BadInput(f"{other[0]} is no picture: expected {', '.join(SUFFIXES)}.")
        if not found:
            raise BadInput(f"{folder / name} holds no picture.")
        pictures += [_read(path, side) for path in found]
        labels += [label] * len(found)
    return np.stack(pictures), np.array(labels), names


def _read(path: Path, side: int) -> NDArray[np.uint8]:
    require("PIL")
    from PIL import Image

    try:
        with Image.open(path) as image:
            mode, size = image.mode, image.size
            pixels = np.asarray(image) if size == (side, side) else None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadInput(f"{path} cannot be read: {error}.") from error
    if pixels is None or mode != "RGB":
        raise BadInput(
            f"{path} is {size[0]} x {size[1]} pixels of mode {mode}; expected {side} x {side} of "
            "RGB."
        )
    return pixels

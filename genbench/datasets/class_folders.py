"""Pictures in a folder for each class, such as `cifar10/train/cat/0001.png`."""

from pathlib import Path

import numpy as np

from genbench.ground.arrays import Labels
from genbench.ground.errors import BadInput
from genbench.images.decoding import Pixels
from genbench.images.image_folder import list_images, read_pixels


def read_classes(folder: Path, side: int, classes: int) -> tuple[Pixels, Labels, tuple[str, ...]]:
    """Return pictures (n, side, side, 3), their classes (n,) and the names of these.

    Classes are numbered by the order of their names, and pictures by that of theirs.

    Raises:
        BadInput: there is no such folder, it has not so many folders of classes, one of them holds
            no picture, or a picture cannot be read or is not of so many pixels in RGB.
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
        found = list_images(folder / name)
        pictures += [_read(path, (side, side, 3)) for path in found]
        labels += [label] * len(found)
    return np.stack(pictures), np.array(labels), names


def _read(path: Path, shape: tuple[int, ...]) -> Pixels:
    pixels = read_pixels(path)
    if pixels.shape != shape:
        raise BadInput(f"{path} is a picture of shape {pixels.shape}; expected {shape}.")
    return pixels

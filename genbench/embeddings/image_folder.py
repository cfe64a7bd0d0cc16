"""Pictures from a folder: which files they are, in what order, and their pixels."""

from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from genbench.ground.errors import BadInput
from genbench.ground.extras import require

Pixels: TypeAlias = NDArray[np.uint8]

SUFFIXES = (".png", ".jpg", ".jpeg")


def list_images(folder: Path | str) -> list[Path]:
    """Return the PNG and JPEG files anywhere below `folder`, ordered by their path below it.

    Raises:
        BadInput: there is no such folder, or no image in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(f"{folder} is {'not a folder' if folder.exists() else 'missing'}.")
    # A dangling link stays on the list: leaving it out unasked would change the numbers.
    paths = [
        path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and not path.is_dir()
    ]
    if not paths:
        raise BadInput(f"{folder} holds no image: no file below it ends in {', '.join(SUFFIXES)}.")
    return sorted(paths, key=lambda path: path.relative_to(folder).as_posix())


def load_image(path: Path | str) -> Pixels:
    """Return the picture in a file as RGB, (3, height, width).

    Raises:
        BadInput: it cannot be read as a picture, or eight bits a channel cannot hold it.
    """
    require("PIL")
    from PIL import Image

    try:
        with Image.open(path) as image:
            image.load()
            mode = image.mode
            pixels = np.asarray(image.convert("RGB"))
    except Exception as error:  # broken bytes lead decoders to errors of almost any kind
        raise BadInput(f"{path} cannot be read as a picture: {error}.") from error
    # Pillow turns such grey values into RGB by cutting them off at 255: nearly all white.
    if mode == "F" or mode.startswith("I"):
        raise BadInput(f"{path} holds more than 8 bits a channel; save it as 8-bit RGB first.")
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))

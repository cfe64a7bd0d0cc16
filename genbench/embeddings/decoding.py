"""The only decoder of pictures: whoever reads a picture anywhere gets these pixels, or a reason.

Pixels are as they are shown: turned as a photograph's EXIF orientation says. What eight bits a
channel, grey or RGB, cannot hold is refused and never dropped: pictures that can be seen through,
16 bits a channel, CMYK, and more than one frame.
"""

import io
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import brief

Pixels: TypeAlias = NDArray[np.uint8]

FORMATS = ("PNG", "JPEG")
# A palette and black and white become RGB and grey without a loss; so does a layer of
# transparency that is opaque everywhere.
MODES = {"L": "L", "RGB": "RGB", "1": "L", "P": "RGB", "LA": "L", "RGBA": "RGB", "PA": "RGB"}
MOST_PIXELS = 2**25  # of one picture
PNG = b"\x89PNG\r\n\x1a\n"
PLACE_OF_DEPTH = 24  # in a PNG file: bits a channel, of which Pillow keeps eight without a word
OPAQUE = 255


def decode(content: bytes, *, name: str, most_pixels: int = MOST_PIXELS) -> Pixels:
    """Return the pixels of a PNG or JPEG file: grey (height, width), or RGB (height, width, 3).

    Raises:
        BadInput: it is no such file, is larger than the limit, or holds what such pixels cannot.
        MissingExtra: Pillow is not installed.
    """
    require("PIL")
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > most_pixels:
                raise BadInput(
                    f"{name} has {image.width} x {image.height} pixels; the limit is {most_pixels}."
                )
            deep = content.startswith(PNG) and content[PLACE_OF_DEPTH] > 8
            if deep or image.mode not in MODES:
                more = "holds more than 8 bits a channel: it " if deep else ""
                raise BadInput(f"{name} {more}is {_kind(image.mode, deep=deep)}")
            frames = getattr(image, "n_frames", 1)
            if image.format == "PNG" and frames > 1:
                raise BadInput(f"{name} is a film of {frames} pictures; expected one.")
            clear = "transparency" in image.info
            if clear or image.mode.endswith("A"):
                alpha = np.asarray(image.convert("RGBA"))[..., 3]
                if (alpha < OPAQUE).any():
                    raise BadInput(f"{name} is {_kind(image.mode, clear=clear)}")
            upright = ImageOps.exif_transpose(image)
            return np.asarray(upright.convert(MODES[image.mode]))
    except BadInput:
        raise
    except UnidentifiedImageError as error:  # whose own words are an address in memory
        raise BadInput(f"{name} cannot be read as a picture: it is no PNG or JPEG file.") from error
    except Exception as error:  # broken bytes lead decoders to errors of almost any kind
        raise BadInput(f"{name} cannot be read as a picture: {brief(error)}.") from error


def _kind(mode: str, *, deep: bool = False, clear: bool = False) -> str:
    of = f"{mode} with 16 bits" if deep and not mode.startswith("I") else mode
    return (
        f"a picture of mode {of}{' with transparency' if clear else ''}; expected 8-bit grey (L) "
        "or colour (RGB), opaque: convert it first, so that what is lost is your choice."
    )

"""The only decoder of pictures: whoever reads a picture anywhere gets these pixels, or a reason.

Pixels are as they are shown: turned as a photograph's EXIF orientation says. What eight bits a
channel, grey or RGB, cannot hold is refused and never dropped: pictures that can be seen through,
16 bits a channel, CMYK, and more than one frame.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import brief

Pixels: TypeAlias = NDArray[np.uint8]  # grey (height, width), or RGB (height, width, 3)
Colour: TypeAlias = tuple[int, int, int]

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "PPM", "TIFF")
# A palette and black and white become RGB and grey without a loss; so does a layer of
# transparency that is opaque everywhere.
MODES = {"L": "L", "RGB": "RGB", "1": "L", "P": "RGB", "LA": "L", "RGBA": "RGB", "PA": "RGB"}
MOST_PIXELS = 2**25  # of one picture
PNG = b"\x89PNG\r\n\x1a\n"
PLACE_OF_DEPTH = 24  # in a PNG file: bits a channel, of which Pillow keeps eight without a word
BITS_PER_SAMPLE = 258  # the TIFF tag, of which Pillow keeps eight as well
PPM = re.compile(rb"P[56](?:\s|#[^\n]*\n)+\d+(?:\s|#[^\n]*\n)+\d+(?:\s|#[^\n]*\n)+(\d+)")
START = 4096  # bytes, where all that is looked for beside Pillow stands
OPAQUE = 255
ORIENTATION = 0x0112


class Facts(NamedTuple):
    """What a file says of its picture, as far as it may make a comparison unfair."""

    format: str
    height: int
    width: int
    tables: str = ""  # of a JPEG's quantisation, which tell its quality
    lossy: bool = False
    turned: bool = False  # as EXIF says
    profile: bool = False  # of colours, which is not applied


def decode(
    content: bytes,
    *,
    name: str,
    most_pixels: int = MOST_PIXELS,
    background: Colour | None = None,
) -> Pixels:
    """Return the pixels of a file: grey (height, width), or RGB (height, width, 3).

    What can be seen through lies on the background, if there is one.

    Raises:
        BadInput: it is no such file, is larger than the limit, or holds what such pixels cannot.
        MissingExtra: Pillow is not installed.
    """
    with _opened(io.BytesIO(content), content[:START], name, most_pixels) as image:
        from PIL import Image, ImageOps

        upright, clear = ImageOps.exif_transpose(image), "transparency" in image.info
        if not clear and not image.mode.endswith("A"):
            return np.asarray(upright.convert(MODES[image.mode]))
        layered = upright.convert("RGBA")
        if (np.asarray(layered)[..., 3] == OPAQUE).all():
            return np.asarray(upright.convert(MODES[image.mode]))
        if background is None:
            raise BadInput(f"{name} is {_kind(image.mode, clear=clear)}")
        below = Image.new("RGBA", layered.size, (*background, OPAQUE))
        return np.asarray(Image.alpha_composite(below, layered).convert("RGB"))


def look(file: Any, *, name: str) -> Facts:
    """Return what the head of a file says, without decoding its pixels; `file` is open for reading.

    Raises:
        BadInput: as `decode`, as far as the head tells.
        MissingExtra: Pillow is not installed.
    """
    start = file.read(START)
    file.seek(0)
    with _opened(file, start, name, MOST_PIXELS) as image:
        tables = getattr(image, "quantization", None) if image.format in ("JPEG", "MPO") else None
        orientation = image.getexif().get(ORIENTATION, 1)
        turned = orientation in range(5, 9)
        return Facts(
            format="JPEG" if image.format == "MPO" else str(image.format),
            height=image.width if turned else image.height,
            width=image.height if turned else image.width,
            tables="" if not tables else str([list(tables[key]) for key in sorted(tables)]),
            lossy=tables is not None or (image.format == "WEBP" and b"VP8L" not in start),
            turned=orientation in range(2, 9),
            profile=bool(image.info.get("icc_profile")),
        )


@contextmanager
def _opened(file: Any, start: bytes, name: str, most_pixels: int) -> Iterator[Any]:
    """Open a picture whose head is sound; say of whatever goes wrong inside that it cannot be read.

    Raises:
        BadInput: for any error.
        MissingExtra: Pillow is not installed.
    """
    require("PIL")
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file, formats=FORMATS) as image:
            if image.width * image.height > most_pixels:
                raise BadInput(
                    f"{name} has {image.width} x {image.height} pixels; the limit is {most_pixels}."
                )
            deep = _is_deep(image, start)
            if deep or image.mode not in MODES:
                more = "holds more than 8 bits a channel: it " if deep else ""
                raise BadInput(f"{name} {more}is {_kind(image.mode, deep=deep)}")
            frames = getattr(image, "n_frames", 1)
            if image.format in ("PNG", "WEBP", "TIFF") and frames > 1:
                raise BadInput(f"{name} is a film of {frames} pictures; expected one.")
            yield image
    except BadInput:
        raise
    except UnidentifiedImageError as error:  # whose own words are an address in memory
        raise BadInput(
            f"{name} cannot be read as a picture: it is no {', '.join(FORMATS[:-1])} or "
            f"{FORMATS[-1]} file."
        ) from error
    except Exception as error:  # broken bytes lead decoders to errors of almost any kind
        raise BadInput(f"{name} cannot be read as a picture: {brief(error)}.") from error


def _is_deep(image: Any, start: bytes) -> bool:
    """Tell whether a file has more than eight bits a channel, which Pillow may drop silently."""
    if image.format == "TIFF":
        bits = image.tag_v2.get(BITS_PER_SAMPLE, (1,))
        return bool(max(bits if isinstance(bits, tuple) else (bits,)) > 8)
    if image.format == "PPM":
        highest = PPM.match(start)
        return highest is not None and int(highest[1]) > OPAQUE
    return start.startswith(PNG) and start[PLACE_OF_DEPTH] > 8


def _kind(mode: str, *, deep: bool = False, clear: bool = False) -> str:
    of = f"{mode} with 16 bits" if deep and not mode.startswith("I") else mode
    return (
        f"a picture of mode {of}{' with transparency' if clear else ''}; expected 8-bit grey (L) "
        "or colour (RGB), opaque: convert it first, so that what is lost is your choice."
    )

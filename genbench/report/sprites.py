"""A few samples of each model as one picture a data set: small, with nothing to load.

The rows of a table show their part of it. All models share one scale, so that they can be compared.
"""

import base64
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from genbench.ground.arrays import Array
from genbench.runs.records import Record
from genbench.scoring.standouts import Picture

PICTURES = 8  # in a strip, while they are small
WIDEST = 160  # pixels of a strip
SIDE = 44  # of a scatter, in pixels
DOTS = 150  # in a scatter
GREYS = 16  # shades: four bits a pixel
COLOURS = 128  # of coloured pictures: one byte a pixel
OUTERMOST = 1.0  # per cent of points, on either side, that may lie outside a scatter's frame

PLANE = 2  # numbers of a point


@dataclass(frozen=True, kw_only=True)
class Sprite:
    """Pictures of one size below each other, one a model."""

    png: bytes
    width: int  # of each, in pixels
    height: int
    models: tuple[str, ...]  # from top to bottom
    pictures: bool  # whether samples are pictures; else points of the plane

    @property
    def source(self) -> str:
        """The picture as an address that holds it."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


def of_pictures(records: Iterable[Record]) -> bool:
    """Whether samples are pictures: only pictures and points of the plane have a preview."""
    return any(len(sample) > PLANE for record in records for sample in record.preview)


def sprite(records: Sequence[Record]) -> Sprite | None:
    """Return the samples of each model, for the records of one data set that have any."""
    samples = arrays_of({model: r.preview for model, r in with_samples(records).items()})
    if not samples:
        return None
    points = are_points(samples)
    parts = _scatters(samples) if points else _strips(samples)
    return joined(parts, tuple(samples), pictures=not points)


def with_samples(records: Iterable[Record]) -> dict[str, Record]:
    """Return the first record of each model that holds samples to look at, in order of name."""
    shown: dict[str, Record] = {}
    for record in records:
        if record.preview:
            shown.setdefault(record.model, record)
    return dict(sorted(shown.items()))


def arrays_of(shown: Mapping[str, Sequence[Picture]]) -> dict[str, Array]:
    """Return samples as they are drawn: points (n, 2), or pictures (n, side, side, channels).

    Samples of a square number of values are grey pictures, of three times a square number (which is
    no square itself) pictures in red, green and blue; others are not drawn, nor samples of several
    shapes.
    """
    lengths = {len(sample) for kept in shown.values() for sample in kept}
    if len(lengths) != 1:
        return {}
    samples = {model: np.array(kept, dtype=float) for model, kept in shown.items()}
    (length,) = lengths
    if length == PLANE:
        return samples
    for channels in (1, 3):
        side = math.isqrt(length // channels)
        if side > 1 and side**2 * channels == length:
            shape = (-1, side, side, channels)
            return {model: each.reshape(shape) for model, each in samples.items()}
    return {}


def are_points(samples: Mapping[str, Array]) -> bool:
    """Whether samples are points of the plane; else they are pictures."""
    return all(each.ndim == 2 for each in samples.values())


def middle_and_width(samples: Mapping[str, Array]) -> tuple[Array, float]:
    """Return the middle (2,) and the side of a square around all but the outermost points."""
    low, high = np.percentile(
        np.concatenate(list(samples.values())), [OUTERMOST, 100 - OUTERMOST], axis=0
    )
    return (low + high) / 2, float(max(high - low)) or 1.0


def shades(samples: Mapping[str, Array]) -> dict[str, Array]:
    """Return pictures on one scale, from 0 for the least value of anybody to 1 for the greatest."""
    low = min(each.min() for each in samples.values())
    high = max(each.max() for each in samples.values())
    return {model: (each - low) / ((high - low) or 1.0) for model, each in samples.items()}


def joined(parts: Sequence[Array], models: tuple[str, ...], *, pictures: bool) -> Sprite:
    """Join pictures of one size (height, width, channels), 0 to 255, into a file."""
    height, width = parts[0].shape[:2]
    whole = np.concatenate(parts)
    file = io.BytesIO()
    if whole.shape[2] == 1:
        shade = (whole[:, :, 0] * (GREYS - 1) / 255).round().astype(np.uint8)
        shades = Image.fromarray(shade, "P")
        shades.putpalette([255 * grey // (GREYS - 1) for grey in range(GREYS) for _ in "rgb"])
        shades.save(file, "png", bits=4, optimize=True)
    else:
        true = Image.fromarray(whole.round().astype(np.uint8), "RGB")
        true.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "png", optimize=True)
    return Sprite(png=file.getvalue(), width=width, height=height, models=models, pictures=pictures)


def _scatters(samples: Mapping[str, Array]) -> list[Array]:
    """Draw points dark on light, within a frame around all but the outermost of anybody."""
    middle, width = middle_and_width(samples)
    scale = (SIDE - 5) / width
    drawn = []
    for points in samples.values():
        spots = (points[:DOTS] - middle) * scale * [1, -1] + SIDE / 2
        x, y = np.clip(spots.round(), 1, SIDE - 2).astype(int).T
        dark = np.zeros((SIDE, SIDE))
        for down, right, ink in ((0, 0, 110), (0, 1, 45), (1, 0, 45), (0, -1, 45), (-1, 0, 45)):
            np.add.at(dark, (y + down, x + right), ink)
        drawn.append(255 - np.minimum(dark, 255)[:, :, None])
    return drawn


def _strips(samples: Mapping[str, Array]) -> list[Array]:
    """Put pictures side by side, with a light line between them."""
    side = next(iter(samples.values())).shape[1]
    n = max(1, min(PICTURES, WIDEST // side, *map(len, samples.values())))
    return [255 * strip(pictures[:n]) for pictures in shades(samples).values()]


def strip(pictures: Array) -> Array:
    """Put pictures (n, height, width, channels), from 0 to 1, side by side, white between them."""
    framed = np.pad(pictures, ((0, 0), (0, 0), (0, 1), (0, 0)), constant_values=1)
    return np.concatenate(list(framed), axis=1)[:, :-1]

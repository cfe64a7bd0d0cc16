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

PICTURES = 8  # in a strip, while they are small
WIDEST = 160  # pixels of a strip
SIDE = 44  # of a scatter, in pixels
DOTS = 150  # in a scatter
GREYS = 16  # shades: four bits a pixel
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
    """Return the samples of each model, for the records of one data set that have any.

    Samples of two numbers are drawn as a scatter, samples of a square number of values as grey
    pictures, of three times a square number (which is no square itself) as pictures in red, green
    and blue, others not at all.
    """
    shown = {record.model: record.preview for record in reversed(records) if record.preview}
    lengths = {len(sample) for preview in shown.values() for sample in preview}
    if len(lengths) != 1:
        return None
    samples = {model: np.array(shown[model], dtype=float) for model in sorted(shown)}
    length = lengths.pop()
    if length == PLANE:
        return _sprite(_scatters(samples), tuple(samples), pictures=False)
    for channels in (1, 3):
        side = math.isqrt(length // channels)
        if side > 1 and side**2 * channels == length:
            return _sprite(_strips(samples, side, channels), tuple(samples), pictures=True)
    return None


def _sprite(parts: Sequence[Array], models: tuple[str, ...], *, pictures: bool) -> Sprite:
    """Join pictures of one size (height, width, channels), 0 to 255, into a file."""
    height, width = parts[0].shape[:2]
    joined = np.concatenate(parts)
    file = io.BytesIO()
    if joined.shape[2] == 1:
        shade = (joined[:, :, 0] * (GREYS - 1) / 255).round().astype(np.uint8)
        shades = Image.fromarray(shade, "P")
        shades.putpalette([255 * grey // (GREYS - 1) for grey in range(GREYS) for _ in "rgb"])
        shades.save(file, "png", bits=4, optimize=True)
    else:
        Image.fromarray(joined.round().astype(np.uint8), "RGB").save(file, "png", optimize=True)
    return Sprite(png=file.getvalue(), width=width, height=height, models=models, pictures=pictures)


def _scatters(samples: Mapping[str, Array]) -> list[Array]:
    """Draw points dark on light, within a frame around all but the outermost of anybody."""
    low, high = np.percentile(
        np.concatenate(list(samples.values())), [OUTERMOST, 100 - OUTERMOST], axis=0
    )
    scale = (SIDE - 5) / (max(high - low) or 1.0)
    drawn = []
    for points in samples.values():
        spots = (points[:DOTS] - (low + high) / 2) * scale * [1, -1] + SIDE / 2
        x, y = np.clip(spots.round(), 1, SIDE - 2).astype(int).T
        dark = np.zeros((SIDE, SIDE))
        for down, right, ink in ((0, 0, 110), (0, 1, 45), (1, 0, 45), (0, -1, 45), (-1, 0, 45)):
            np.add.at(dark, (y + down, x + right), ink)
        drawn.append(255 - np.minimum(dark, 255)[:, :, None])
    return drawn


def _strips(samples: Mapping[str, Array], side: int, channels: int) -> list[Array]:
    """Put pictures side by side, with a light line between them."""
    n = max(1, min(PICTURES, WIDEST // side, *map(len, samples.values())))
    every = np.concatenate(list(samples.values()))
    low, high = every.min(), every.max()
    drawn = []
    for pictures in samples.values():
        values = 255 * (pictures[:n] - low) / ((high - low) or 1.0)
        framed = np.pad(
            values.reshape(n, side, side, channels),
            ((0, 0), (0, 0), (0, 1), (0, 0)),
            constant_values=255,
        )
        drawn.append(np.concatenate(list(framed), axis=1)[:, :-1])
    return drawn

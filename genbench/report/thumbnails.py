"""A few samples of each model, small enough for a row of a table, with nothing to load."""

import base64
import math
import struct
import zlib
from collections.abc import Sequence

from genbench.runs.records import Record

PICTURES = 8  # in a strip
SIDE = 44  # of a scatter, in pixels
DOTS = 150  # in a scatter

Preview = tuple[tuple[float, ...], ...]


def thumbnails(records: Sequence[Record]) -> dict[str, str]:
    """Return the markup of each model's samples, for the records of one data set that have any.

    All share one scale, so that they can be compared. Samples of two numbers are drawn as a
    scatter, samples of a square number of values as grey pictures, of three times a square number
    (which is no square itself) as pictures in red, green and blue, others not at all.
    """
    shown = {record.model: record.preview for record in reversed(records) if record.preview}
    lengths = {len(sample) for preview in shown.values() for sample in preview}
    if len(lengths) != 1:
        return {}
    length = lengths.pop()
    if length == 2:
        frame = _frame(shown)
        return {model: _scatter(preview, frame) for model, preview in shown.items()}
    sizes = [(math.isqrt(length // colours), colours) for colours in (1, 3)]
    fitting = [size for size in sizes if size[0] > 1 and size[0] ** 2 * size[1] == length]
    if not fitting:
        return {}
    side, colours = fitting[0]
    values = [value for preview in shown.values() for sample in preview for value in sample]
    low, high = min(values), max(values)
    return {model: _strip(preview, side, colours, low, high) for model, preview in shown.items()}


def _frame(shown: dict[str, Preview]) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top around all but the outermost samples of anybody."""
    xs = sorted(sample[0] for preview in shown.values() for sample in preview)
    ys = sorted(sample[1] for preview in shown.values() for sample in preview)
    cut = len(xs) // 100
    return xs[cut], ys[cut], xs[-1 - cut], ys[-1 - cut]


def _scatter(preview: Preview, frame: tuple[float, float, float, float]) -> str:
    left, bottom, right, top = frame
    scale = (SIDE - 4) / (max(right - left, top - bottom) or 1.0)
    across, up = (left + right) / 2, (bottom + top) / 2
    dots = []
    for x, y in preview[:DOTS]:
        spot = (SIDE / 2 + (x - across) * scale, SIDE / 2 - (y - up) * scale)
        u, v = (min(max(place, 1.0), SIDE - 1.0) for place in spot)
        dots.append(f"M{u:.1f} {v:.1f}h0")
    return (
        f'<svg class="scatter" width="{SIDE}" height="{SIDE}" viewBox="0 0 {SIDE} {SIDE}"'
        f' role="img" aria-label="samples"><path d="{"".join(dots)}"/></svg>'
    )


def _strip(preview: Preview, side: int, colours: int, low: float, high: float) -> str:
    """Return the pictures side by side, with a clear line between them."""
    pictures = preview[:PICTURES]
    scale = 255 / ((high - low) or 1.0)
    clear = bytes(colours + 1)
    pixels = [
        [
            bytes((*(round((value - low) * scale) for value in picture[at : at + colours]), 255))
            for at in range(0, len(picture), colours)
        ]
        for picture in pictures
    ]
    lines = []
    for start in range(0, side * side, side):
        cells = [b"".join(picture[start : start + side]) for picture in pixels]
        lines.append(b"\0" + clear.join(cells))  # 0: this line is not filtered
    width = len(pictures) * (side + 1) - 1
    data = base64.b64encode(_png(width, side, colours, b"".join(lines))).decode()
    zoom = 24 / side
    return (
        f'<img class="strip" src="data:image/png;base64,{data}" alt="samples"'
        f' width="{round(width * zoom)}" height="{round(side * zoom)}">'
    )


def _png(width: int, height: int, colours: int, lines: bytes) -> bytes:
    """Return a PNG of grey, or of red, green and blue, and of opacity, eight bits each."""
    kind_of_pixels = {1: 4, 3: 6}[colours]
    header = struct.pack(">IIBBBBB", width, height, 8, kind_of_pixels, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )

"""Sheets of pictures: sections below each other in one PNG file, as narrow as a telephone shows.

Pictures keep their aspect. Small ones are enlarged by whole factors, pixel by pixel, so that none
is invented; large ones are reduced. Sets are read again, once each, and of what passes only the
pictures that are shown are kept.
"""

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.images.decoding import Pixels
from genbench.images.pictures import Source, as_rgb, digest_of

Image: TypeAlias = Any  # of Pillow

SMALL, LARGE = 96, 160  # pixels of a picture's longer side, at most
GAP, APART, MARGIN = 4, 24, 16  # pixels between pictures, between groups of them, and around
ACROSS, ACROSS_LARGE = 8, 5  # pictures side by side
WIDTH = 2 * MARGIN + ACROSS_LARGE * LARGE + (ACROSS_LARGE - 2) * GAP + APART
TITLE, HEADING, SAID, CAPTION = 34, 28, 22, 19  # pixels of letters
LEADING = 1.25  # of a line, in letters
PAPER, INK, GREY = (238, 238, 238), (20, 20, 20), (80, 80, 80)  # white and black ends show on it


@dataclass(frozen=True, eq=False)
class Side:
    """A set of pictures that was seen: where it comes from, and what was found of each picture."""

    source: Source
    points: Any  # (n, d) features, in single or double precision
    digests: Sequence[bytes]  # of what is shown


class Tile(NamedTuple):
    """A picture of a set, and what stands below it."""

    side: str
    place: int
    said: str = ""
    named: bool = False  # whether its name stands there, too


class Row(NamedTuple):
    """Groups of pictures side by side, and what stands above them."""

    groups: Sequence[Sequence[Tile | None]]  # None: a place that stays empty
    title: str = ""

    @property
    def tiles(self) -> list[Tile]:
        """The pictures of all groups."""
        return [tile for group in self.groups for tile in group if tile is not None]


class Section(NamedTuple):
    """Rows under a heading, and what is to be said of them."""

    heading: str
    said: str
    rows: Sequence[Row] = ()
    size: int = SMALL


class _Shown(NamedTuple):
    image: Image
    name: str


Known: TypeAlias = Mapping[tuple[str, int, int], _Shown]  # by set, place there, and size


def write(
    path: Path, title: str, said: str, sections: Sequence[Section], sides: Mapping[str, Side]
) -> None:
    """Write a sheet; a file that is there is replaced once the sheet is whole.

    Args:
        path: the PNG file.
        title: what stands above all.
        said: a few sentences below it.
        sections: what is shown.
        sides: the sets, by the names that tiles have for them.

    Raises:
        BadInput: a set has changed since it was seen.
        OSError: the file cannot be written.
    """
    known = _read_all(sections, sides)
    blocks = [_text(title, TITLE, bold=True), _text(said, SAID, colour=GREY)]
    for section in sections:
        blocks += [_space(APART), _text(section.heading, HEADING, bold=True)]
        blocks += [_text(section.said, SAID, colour=GREY), _space(GAP)]
        for row in section.rows:
            if row.title:
                blocks += [_space(2 * GAP), _text(row.title, SAID)]
            blocks.append(_row(row, section.size, known))
    whole = _paper(WIDTH, sum(block.height for block in blocks) + 2 * MARGIN)
    top = MARGIN
    for block in blocks:
        whole.paste(block, (MARGIN, top))
        top += block.height
    buffer = io.BytesIO()
    whole.save(buffer, "PNG")
    replace_file(path, buffer.getvalue())


def fitted(pixels: Pixels, size: int) -> Image:
    """Return a picture whose longer side has at most so many pixels."""
    from PIL import Image

    image = Image.fromarray(as_rgb(pixels))
    longer = max(image.size)
    if longer <= size:
        shape = [side * (size // longer) for side in image.size]
        return image.resize(shape, Image.Resampling.NEAREST)
    shape = [max(1, round(side * size / longer)) for side in image.size]
    return image.resize(shape, Image.Resampling.LANCZOS)


def _read_all(sections: Iterable[Section], sides: Mapping[str, Side]) -> Known:
    wanted: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for section in sections:
        for row in section.rows:
            for tile in row.tiles:
                wanted[tile.side][tile.place].add(section.size)
    return {
        (name, place, size): shown
        for name, places in wanted.items()
        for place, size, shown in _read(sides[name], places)
    }


def _read(side: Side, wanted: Mapping[int, set[int]]) -> Iterator[tuple[int, int, _Shown]]:
    """Go once over a set, as far as the last of the places wanted, and yield these in all sizes."""
    found = 0
    for place, picture in enumerate(islice(side.source.pictures(), max(wanted) + 1)):
        if place not in wanted:
            continue
        pixels = picture.read()
        if digest_of(as_rgb(pixels)) != side.digests[place]:
            raise BadInput(f"{picture.name} has changed since it was scored: no sheet is drawn.")
        found += 1
        name = _own_name(picture.name)
        if side.source.labels is not None:
            name = f"{side.source.labels[place]}/{name}"
        for size in wanted[place]:
            yield place, size, _Shown(fitted(pixels, size), name)
    if found < len(wanted):
        raise BadInput(
            f"{side.source.name} has lost pictures since it was scored: no sheet is drawn."
        )


def _own_name(name: str) -> str:
    """Return what tells a picture from others of its set: the end of its name."""
    return re.split(r"[/\\]|, (?:member )?", name.rstrip(","))[-1]


def _row(row: Row, size: int, known: Known) -> Image:
    high = max((known[tile.side, tile.place, size].image.height for tile in row.tiles), default=0)
    below = {tile: _captions(tile, size, known) for tile in row.tiles}
    lines = max(map(len, below.values()), default=0)
    block = _paper(WIDTH - 2 * MARGIN, high + lines * _line(CAPTION) + (2 if lines else 1) * GAP)
    write = _writer(block)
    left = 0
    for group in row.groups:
        for tile in group:
            if tile is not None:
                image = known[tile.side, tile.place, size].image
                block.paste(image, (left + (size - image.width) // 2, high - image.height))
                for number, text in enumerate(below[tile]):
                    middle = left + size // 2, high + number * _line(CAPTION)
                    write(middle, text, anchor="ma")
            left += size + GAP
        left += APART - GAP
    return block


def _captions(tile: Tile, size: int, known: Known) -> list[str]:
    """Return the lines below a picture; of a name that is too long the end."""
    name = known[tile.side, tile.place, size].name if tile.named else ""
    lines = []
    for text in filter(None, (name, tile.said)):
        ends = (f"…{text[start:]}" for start in range(1, len(text) + 1))
        lines.append(next(each for each in (text, *ends) if _font(CAPTION).getlength(each) <= size))
    return lines


def _text(text: str, size: int, *, bold: bool = False, colour: Any = INK) -> Image:
    """Return words in lines as long as there is room."""
    font, room = _font(size, bold=bold), WIDTH - 2 * MARGIN
    lines: list[str] = []
    for word in text.split():
        for part in _parts(word, font, room):
            longer = f"{lines[-1]} {part}" if lines else part
            if lines and font.getlength(longer) <= room:
                lines[-1] = longer
            else:
                lines.append(part)
    block = _paper(room, len(lines) * _line(size))
    write = _writer(block)
    for number, line in enumerate(lines):
        write((0, number * _line(size)), line, font=font, fill=colour)
    return block


def _parts(word: str, font: Any, room: int) -> Iterator[str]:
    """Yield a word, or what of it has room in a line: a path has no spaces."""
    while font.getlength(word) > room:
        end = next(n for n in range(len(word), 0, -1) if font.getlength(word[:n]) <= room)
        yield word[:end]
        word = word[end:]
    yield word


def _writer(block: Image) -> Callable[..., None]:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(block)

    def write(place: tuple[int, int], text: str, **how: Any) -> None:
        draw.text(place, text, **{"font": _font(CAPTION), "fill": INK, **how})

    return write


def _paper(width: int, height: int) -> Image:
    from PIL import Image

    return Image.new("RGB", (width, height), PAPER)


def _space(height: int) -> Image:
    return _paper(WIDTH - 2 * MARGIN, height)


def _line(size: int) -> int:
    return round(LEADING * size)


@cache
def _font(size: int, *, bold: bool = False) -> Any:
    """Return the font that matplotlib brings, which has letters of many languages."""
    import matplotlib as mpl
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / name, size)

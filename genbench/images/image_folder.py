"""Pictures of a folder or an archive: which files count, in what order, and their pixels.

One rule for both. PNG, JPEG, WebP, BMP, PPM, PGM and TIFF files count, by their names, at any
depth. What is hidden is left out (names that begin with a dot, and folders that systems keep for
themselves), and so are other formats and whatever is no picture: all of it is counted and said. A
link is refused: an archive cannot follow it, and in a folder the same picture might count twice.
"""

import os
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple, TypeAlias

import numpy as np

from genbench.ground.errors import BadInput
from genbench.ground.paths import brief, shown
from genbench.images.decoding import Pixels, decode

Tell: TypeAlias = Callable[[str], None]

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".ppm", ".pgm", ".tif", ".tiff")
OTHER_SUFFIXES = tuple(
    f".{end}"
    for end in (
        *("apng", "avif", "dcm", "dib", "exr", "gif", "hdr", "heic", "heif", "ico", "j2k"),
        *("jfif", "jp2", "jpe", "jxl", "pbm", "pcx", "pnm", "psd", "svg", "tga"),
    )
)
BY_MACOS, BY_OTHERS = "__MACOSX", ("@eaDir", "$RECYCLE.BIN")  # folders that systems keep
COPY_IT = "links are not followed; copy what it leads to (cp -rL)"
HIDDEN, OTHER, NONE, NOTES = "hidden", "of other formats", "not of pictures", "left by macOS"


class Listing(NamedTuple):
    """Which of the files count, ordered by name, and how many do not, by reason and kind."""

    counted: list[str]
    left_out: dict[str, Counter[str]]
    missed: bool  # whether there are pictures among these, by their names

    def __str__(self) -> str:
        reasons = [
            f"{kinds.total()} {reason} ({brief(', '.join(sorted(kinds)))})"
            for reason, kinds in self.left_out.items()
        ]
        return f"left out: {', '.join(reasons)}" if reasons else "nothing is left out"


def sort_out(names: Iterable[str]) -> Listing:
    """Tell the files that count as samples from all others."""
    counted: list[str] = []
    left_out: dict[str, Counter[str]] = {}
    missed = False
    for name in sorted(names):
        parts = [part for part in re.split(r"[/\\]", name) if part]
        suffix = PurePosixPath(parts[-1]).suffix.lower()
        picture = suffix in SUFFIXES or suffix in OTHER_SUFFIXES
        hidden = next(filter(_is_hidden, parts), None)
        if BY_MACOS in parts or parts[-1].startswith("._"):
            left_out.setdefault(NOTES, Counter())[BY_MACOS if BY_MACOS in parts else "._*"] += 1
            continue  # they bear the names of pictures and are none
        if hidden is not None:
            left_out.setdefault(HIDDEN, Counter())[hidden] += 1
        elif suffix in SUFFIXES:
            counted.append(name)
            continue
        else:
            reason = OTHER if picture else NONE
            left_out.setdefault(reason, Counter())[suffix or parts[-1]] += 1
        missed |= picture
    return Listing(counted, left_out, missed)


def _is_hidden(part: str) -> bool:
    return part.startswith(".") or part == BY_MACOS or part in BY_OTHERS


def tell(listing: Listing, *, name: str, to: Tell | None) -> None:
    """Say what counts and what does not; where nobody asked, warn if samples may be missing."""
    n = len(listing.counted)
    said = f"{name}: {n} picture{'' if n == 1 else 's'}; {listing}."
    if to is not None:
        to(said)
    elif listing.missed:
        warnings.warn(said, stacklevel=2)


def list_images(folder: Path | str, *, told: Tell | None = None) -> list[Path]:
    """Return the files of pictures anywhere below `folder`, ordered by their path below it.

    Args:
        folder: where to look.
        told: is called with a sentence that says what counts and what does not; without it, a
            warning is given where pictures are left out.

    Raises:
        BadInput: there is no such folder, no image in it, or a link to another folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(f"{folder} is {'not a folder' if folder.exists() else 'missing'}.")
    listing = sort_out(_files(folder))
    if not listing.counted:
        raise BadInput(
            f"{folder} holds no image: no file below it ends in {', '.join(SUFFIXES)}; {listing}."
        )
    tell(listing, name=shown(folder), to=told)
    return [folder / name for name in listing.counted]


def list_members(members: Iterable[str], *, name: str, told: Tell | None = None) -> list[str]:
    """Return the members of an archive, called `name`, that are pictures, by the same rules.

    Raises:
        BadInput: there is no image among them.
    """
    listing = sort_out(members)
    if not listing.counted:
        raise BadInput(
            f"{name} holds no image: no member's name ends in {', '.join(SUFFIXES)}; {listing}."
        )
    tell(listing, name=name, to=told)
    return listing.counted


def _files(folder: Path) -> Iterable[str]:
    for here, folders, files in os.walk(folder):
        below = Path(here).relative_to(folder)
        for name in folders:
            path = below / name
            if (folder / path).is_symlink() and not any(map(_is_hidden, path.parts)):
                raise BadInput(f"{shown(folder / path)} is a link to a folder: {COPY_IT}.")
        yield from ((below / name).as_posix() for name in files)


def picture_file(path: Path) -> Path:
    """Return the path of a picture's file.

    Raises:
        BadInput: it is a link, or no file.
    """
    if path.is_symlink():
        raise BadInput(f"{shown(path)} cannot be read as a picture: {COPY_IT}.")
    if not path.is_file():
        raise BadInput(f"{shown(path)} cannot be read as a picture: it is not a file.")
    return path


def read_pixels(path: Path | str) -> Pixels:
    """Return the pixels of a file: grey (height, width), or RGB (height, width, 3).

    Raises:
        BadInput: it cannot be read as a picture, or eight bits a channel cannot hold it.
    """
    path = picture_file(Path(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{shown(path)} cannot be read as a picture: {brief(error)}.") from error
    return decode(content, name=shown(path))


def load_image(path: Path | str) -> Pixels:
    """Return the picture in a file as RGB, (3, height, width).

    Raises:
        BadInput: as `read_pixels`.
    """
    pixels = read_pixels(path)
    channels = pixels.transpose(2, 0, 1) if pixels.ndim == 3 else [pixels] * 3
    return np.ascontiguousarray(channels)

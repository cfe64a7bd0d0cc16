"""Pictures in files: a folder, or an archive."""

import io
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path, PurePath, PurePosixPath

from genbench.ground.archives import open_archive
from genbench.ground.errors import BadInput
from genbench.ground.limits import MOST_PICTURE_BYTES, check_file_size, check_members
from genbench.ground.paths import brief, readable, shown
from genbench.images.decoding import Colour, Facts, Pixels, decode, look
from genbench.images.image_folder import Tell, list_images, list_members, picture_file
from genbench.images.pictures import Picture, Source, Stamp


def of_folder(folder: Path, *, background: Colour | None, told: Tell | None) -> Source:
    """Return the pictures below a folder, in the order of their paths.

    Raises:
        BadInput: there is no such folder, or no picture in it.
    """
    paths = list_images(folder, told=told)
    check_members(len(paths), name=shown(folder))

    def pictures() -> Iterator[Picture]:
        for path in paths:
            about = path.lstat()
            stamp = Stamp(str(path.absolute()), about.st_size, about.st_mtime_ns)
            on = "" if background is None else f" on {background}"
            yield Picture(
                name=shown(path),
                read=partial(_read, path, background),
                facts=partial(_look, path),
                stamp=stamp._replace(path=stamp.path + on),
            )

    labels = _folders(path.relative_to(folder) for path in paths)
    return Source(shown(folder), pictures, len(paths), in_files=True, labels=labels)


def _read(path: Path, background: Colour | None) -> Pixels:
    check_file_size(picture_file(path).stat().st_size, name=shown(path), most=MOST_PICTURE_BYTES)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{shown(path)} cannot be read as a picture: {brief(error)}.") from error
    return decode(content, name=shown(path), background=background)


def _look(path: Path) -> Facts:
    try:
        with picture_file(path).open("rb") as file:
            return look(file, name=shown(path))
    except OSError as error:
        raise BadInput(f"{shown(path)} cannot be read as a picture: {brief(error)}.") from error


def of_zip(path: Path, *, background: Colour | None, told: Tell | None) -> Source:
    """Return the pictures of an archive, in the order of their names there.

    Raises:
        BadInput: it is no archive as it should be, or holds no picture.
    """
    with readable(path, ".zip file"), open_archive(path) as archive:
        members = list_members(archive.members, name=shown(path), told=told)

    def pictures() -> Iterator[Picture]:
        with readable(path, ".zip file"), open_archive(path) as archive:
            for member in members:
                # Unpacked here, since the archive closes behind its last member.
                content = archive.read(member, most=MOST_PICTURE_BYTES)
                yield _of_content(content, f"{shown(path)}, member {shown(member)}", background)

    labels = _folders(map(PurePosixPath, members))
    return Source(shown(path), pictures, len(members), in_files=True, labels=labels)


def _folders(paths: Iterable[PurePath]) -> list[str] | None:
    """Return the name of the folder that each picture lies in; None if one lies in none."""
    names = [shown(path.parent.name) for path in paths]
    return names if all(names) else None


def _of_content(content: bytes, name: str, background: Colour | None) -> Picture:
    return Picture(
        name,
        read=lambda: decode(content, name=name, background=background),
        facts=lambda: look(io.BytesIO(content), name=name),
    )

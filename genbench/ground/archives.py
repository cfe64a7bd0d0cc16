"""Zip archives from anywhere: looked over as a whole, then read member by member, in memory."""

import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from genbench.ground.errors import BadInput
from genbench.ground.limits import (
    MOST_DIRECTORY_BYTES,
    MOST_UNPACKED_BYTES,
    check_file_size,
    check_members,
)
from genbench.ground.paths import brief, shown

CHUNK_BYTES = 2**20
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for any amount of memory
ENCRYPTED = 0x1  # a flag of a member


class Archive(NamedTuple):
    """An open archive whose list of members keeps the rules."""

    name: str
    zip: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]  # without folders

    def open(self, member: str) -> BinaryIO:
        """Return a member as a stream, which ends at its promised size at the latest."""
        return cast("BinaryIO", self.zip.open(self.members[member]))

    def read(self, member: str, *, most: int) -> bytes:
        """Return the content of a member.

        Raises:
            BadInput: it has over `most` bytes, by the list of members or when it is unpacked.
        """
        name = f"{self.name}, member {shown(member)}"
        check_file_size(self.members[member].file_size, name=name, most=most)
        content = bytearray()
        with self.open(member) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                content += chunk
                check_file_size(len(content), name=name, most=most)
        if len(content) != self.members[member].file_size:
            raise BadInput(
                f"{name} has {len(content)} bytes; the archive's list promises "
                f"{self.members[member].file_size}."
            )
        return bytes(content)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open an archive whose members are all as they should be.

    Raises:
        BadInput: it has too many members, or is too large when unpacked; or a member's name leads
            out of the archive or stands there twice; or one is a link, or encrypted, or packed by
            an unusual method.
        zipfile.BadZipFile: it is no archive.
    """
    name = shown(path)
    with path.open("rb") as file, zipfile.ZipFile(_SmallReads(file, name)) as archive:
        found = archive.infolist()
        check_members(len(found), name=name)
        unpacked = sum(member.file_size for member in found)
        check_file_size(unpacked, name=f"{name}, unpacked,", most=MOST_UNPACKED_BYTES)
        members: dict[str, zipfile.ZipInfo] = {}
        for member in found:
            if problem := _problem(member):
                raise BadInput(f"{name}: its member {shown(member.orig_filename)} {problem}.")
            if member.filename in members:
                raise BadInput(f"{name} has two members named {shown(member.filename)}.")
            members[member.filename] = member
        files = {key: member for key, member in members.items() if not member.is_dir()}
        yield Archive(name, archive, files)


def _problem(member: zipfile.ZipInfo) -> str | None:
    written = member.orig_filename  # zipfile itself cuts names off at a null character
    if (
        "\0" in written
        or written.startswith(("/", "\\"))
        or re.match("[A-Za-z]:", written)
        or ".." in re.split(r"[/\\]", written)
    ):
        return "has a name that leads out of the archive"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device, not a file"
    if member.flag_bits & ENCRYPTED:
        return "is encrypted"
    if member.compress_type not in METHODS:
        return f"is packed by method {member.compress_type}; expected stored or deflated"
    return None


class _SmallReads:
    """A file that refuses the one large read: of a list of members without end."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable
        self.close = file.close

    def read(self, size: int = -1) -> bytes:
        if size > MOST_DIRECTORY_BYTES:
            raise BadInput(
                f"{self._name} has a list of members of {brief(size)} bytes; the limit is "
                f"{MOST_DIRECTORY_BYTES}."
            )
        return self._file.read(size if size >= 0 else MOST_DIRECTORY_BYTES)

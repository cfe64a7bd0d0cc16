"""Files that somebody else left: only regular ones are read, links are not followed.

A link leads to a file of somebody else's choice, and a pipe makes its reader wait for ever.
"""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path


def is_plain_file(path: Path) -> bool:
    """Return whether there is a regular file of that name, which no link is."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def read_plain(path: Path | str, *, most: int, folder: int | None = None) -> bytes:
    """Return what a regular file holds; `folder` is a descriptor of the one that it is in.

    Raises:
        OSError: it is not there, cannot be read, is a link or no regular file, or holds over `most`
            bytes.
    """
    descriptor = os.open(
        path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder
    )
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"more than {most} bytes", str(path))
    return content


def write_new(name: str, content: bytes, *, folder: int) -> None:
    """Write a file whole into the folder of that descriptor, in the place of what had its name.

    Raises:
        OSError: it cannot be written; no link was followed.
    """
    temporary = f".{name}.{os.urandom(8).hex()}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(temporary, flags, 0o644, dir_fd=folder), "wb") as file:
            file.write(content)
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise

"""A disk that is full is the run's trouble, not the model's: who is told so, and what is done."""

import errno
import os
import uuid
from pathlib import Path

FULL = {errno.ENOSPC, errno.EDQUOT}
# What libraries say that do not hand the number on, such as torch.save.
WORDS = ("no space left on device", "disk quota exceeded", "file write failed")


def tells_of_full_disk(error: BaseException) -> bool:
    """Return whether an error, or what it came of, was a disk that is full."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, OSError) and cause.errno is not None:
            if cause.errno in FULL:
                return True
        elif any(words in _text(cause) for words in WORDS):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _text(error: BaseException) -> str:
    try:
        return str(error).lower()
    except Exception:  # it may have no text
        return ""


def has_room(folder: Path, n_bytes: int) -> bool:
    """Return whether so many bytes can be written into a folder.

    Raises:
        OSError: nothing can be written there for another reason.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f".room.{uuid.uuid4().hex}.tmp"
    try:
        with path.open("xb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, n_bytes)
            else:
                file.write(bytes(n_bytes))
    except OSError as error:
        if error.errno in FULL:
            return False
        raise
    finally:
        path.unlink(missing_ok=True)
    return True


def full_disk(folder: Path) -> OSError:
    """Return the error of a run that cannot go on for want of room."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))

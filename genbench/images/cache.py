"""What networks have seen is kept: by the content of the pictures, never by the names of files.

Features are kept for each batch, under the SHA-256 of what made them (network, precision,
preprocessing, weights) and of the pixels of the batch's pictures in their order. So the same
pictures hit the same entries, whatever they come in; a pixel that changes makes one batch new; and
a run that was killed goes on behind the last batch that was done. An index from path, size and time
of change to what a file shows spares decoding on the next run. Entries that were not used for
longest go first.
"""

import hashlib
import io
import json
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from genbench.ground.caches import cache_folder
from genbench.ground.landing import replace_file
from genbench.ground.paths import brief
from genbench.images.pictures import Stamp

MOST_BYTES = 20 * 2**30
FEATURES, INDEX = "features", "pictures.sqlite"
SCHEMA = 1  # raised where what is kept means something else
TABLE = (
    "CREATE TABLE IF NOT EXISTS pictures (path TEXT PRIMARY KEY, size INTEGER, modified INTEGER, "
    "digest BLOB, facts TEXT)"
)
Kept = TypeVar("Kept")


def key_of(described: Mapping[str, str], digests: Iterable[bytes]) -> str:
    """Return the name of a batch's entry."""
    made = json.dumps([SCHEMA, sorted(described.items())]).encode()
    return hashlib.sha256(made + b"".join(digests)).hexdigest()


class FeatureCache:
    """A folder of features; where it cannot be written to, that is said once and it is not used."""

    def __init__(self, folder: Path | None = None, *, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self.most_bytes = folder or cache_folder() / "images", most_bytes
        self._written, self._new = True, 0
        self._index: sqlite3.Connection | None = None
        self._lock = Lock()  # threads of one run ask one after another

    def get(self, key: str) -> NDArray[np.float32] | None:
        """Return a batch's features and logits side by side (n, d + classes), if they are kept."""
        path = self._path(key)
        try:
            found: NDArray[np.float32] = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
            os.utime(path)  # it was used
        except (OSError, ValueError, EOFError):  # not there, or cut short
            return None
        return found

    def put(self, key: str, values: NDArray[np.float32]) -> None:
        """Keep them, whole or not at all."""
        content = io.BytesIO()
        np.save(content, values)
        self._try(lambda: replace_file(self._path(key), content.getvalue()))
        self._new += 1

    def known(self, stamp: Stamp | None) -> tuple[bytes, list[Any]] | None:
        """Return the digest and the facts of a file's picture, if it has not changed since."""
        if stamp is None:
            return None
        query = "SELECT digest, facts FROM pictures WHERE path = ? AND size = ? AND modified = ?"
        row = self._try(lambda: self._table().execute(query, stamp).fetchone())
        return None if row is None else (bytes(row[0]), json.loads(row[1]))

    def remember(self, seen: Iterable[tuple[Stamp, bytes, list[Any]]]) -> None:
        """Keep what files show."""
        rows = [(*stamp, digest, json.dumps(facts)) for stamp, digest, facts in seen]
        if not rows:
            return

        def write() -> None:
            table = self._table()
            table.executemany("INSERT OR REPLACE INTO pictures VALUES (?, ?, ?, ?, ?)", rows)
            table.commit()

        self._try(write)

    def close(self) -> None:
        """Let go of the index, and of the entries that are too many."""
        if self._index is not None:
            self._index.close()
            self._index = None
        if self._new:
            self._shrink(self.most_bytes)

    def clear(self) -> None:
        """Remove all that is kept."""
        self.close()
        self._shrink(0)
        (self.folder / INDEX).unlink(missing_ok=True)

    def size(self) -> tuple[int, int]:
        """Return how many entries there are, and their bytes."""
        sizes = [path.stat().st_size for path in self._entries()]
        return len(sizes), sum(sizes)

    def _entries(self) -> list[Path]:
        return list((self.folder / FEATURES).glob("??/*.npy"))

    def _shrink(self, most: int) -> None:
        about = [(path, path.stat()) for path in self._entries()]
        total = sum(stat.st_size for _, stat in about)
        for path, stat in sorted(about, key=lambda entry: entry[1].st_mtime_ns):
            if total <= most:
                break
            path.unlink(missing_ok=True)
            total -= stat.st_size

    def _path(self, key: str) -> Path:
        return self.folder / FEATURES / key[:2] / f"{key}.npy"

    def _table(self) -> sqlite3.Connection:
        if self._index is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._index = sqlite3.connect(self.folder / INDEX, timeout=10, check_same_thread=False)
            self._index.execute(TABLE)
        return self._index

    def _try(self, act: Callable[[], Kept]) -> Kept | None:
        if not self._written:
            return None
        try:
            with self._lock:
                return act()
        except (OSError, sqlite3.Error) as error:  # a full disk, or a folder of somebody else's
            self._written = False
            warnings.warn(f"Features are not kept in {self.folder}: {brief(error)}.", stacklevel=3)
            return None

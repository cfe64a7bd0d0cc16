"""Claims: of several runs on one shared folder, only one at a time does a cell.

A claim is a file `NAME-N`, made so that only one can succeed in making it; whoever made the one
with the highest N holds the claim. It beats: its time of change is renewed every BEAT_SECONDS. A
claim whose process is known to have ended, or that has missed three beats, is dead; making
`NAME-N+1` takes it over, and again only one can succeed.
"""

import json
import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

BEAT_SECONDS = 10.0
MISSED_BEATS = 3


@dataclass(frozen=True)
class Holder:
    """The process that made a claim."""

    host: str  # of one host, all process numbers are comparable
    pid: int
    born: str  # tells it from a later process of the same number; "" where that cannot be told

    @classmethod
    def this_process(cls) -> "Holder":
        """Return the one that this process is."""
        return cls(_host(), os.getpid(), _birth(os.getpid()))

    def is_known_to_have_ended(self) -> bool:
        """Say whether it ran on this host and no longer does."""
        if self.host != _host():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return bool(self.born) and _birth(self.pid) != self.born


@contextmanager
def claim(folder: Path, name: str) -> Iterator[bool]:
    """Hold the claim of that name while the block runs; False if another process holds it.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = _take(folder, name)
    if path is None:
        yield False
        return
    done = threading.Event()
    heart = threading.Thread(target=_beat, args=(path, done), daemon=True)
    heart.start()
    try:
        yield True
    finally:
        done.set()
        heart.join()
        for stale in _claims(folder, name):
            with suppress(FileNotFoundError):
                stale.unlink()


def holder_of(folder: Path, name: str) -> tuple[Holder | None, bool]:
    """Return who made the claim of that name last, if anyone did, and whether it is alive."""
    claims = _claims(folder, name)
    if not claims:
        return None, False
    return _holder(claims[-1]), not _is_dead(claims[-1])


def _take(folder: Path, name: str) -> Path | None:
    claims = _claims(folder, name)
    if claims and not _is_dead(claims[-1]):
        return None
    path = folder / f"{name}-{_number(claims[-1]) + 1 if claims else 0}"
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(asdict(Holder.this_process()), file)
    except FileExistsError:  # another was faster
        return None
    return path


def _claims(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(f"{name}-*"), key=_number)


def _number(path: Path) -> int:
    return int(path.name.rpartition("-")[2])


def _holder(path: Path) -> Holder | None:
    """Read who made a claim; None if that is not written yet."""
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _is_dead(path: Path) -> bool:
    holder = _holder(path)
    if holder is not None and holder.is_known_to_have_ended():
        return True
    try:
        return _now(path.parent) - path.stat().st_mtime > MISSED_BEATS * BEAT_SECONDS
    except FileNotFoundError:  # it has just been given back
        return False


def _now(folder: Path) -> float:
    """Return the time by the clock of the machine that keeps the folder, which may be another."""
    probe = folder / f".now-{platform.node()}-{os.getpid()}-{threading.get_ident()}"
    probe.touch()
    try:
        return probe.stat().st_mtime
    finally:
        probe.unlink(missing_ok=True)


def _beat(path: Path, done: threading.Event) -> None:
    while not done.wait(BEAT_SECONDS):
        with suppress(OSError):  # the claim was given back, or the disk is away for a moment
            os.utime(path)


def _host() -> str:
    """Name a space of process numbers: a machine since its last start, or a container on it."""
    parts = [platform.node()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip())
    with suppress(OSError):
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _birth(pid: int) -> str:
    """Return when a process began, in the kernel's own units; "" if it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    # pid (name) state parent ...; the name may hold anything, brackets too
    state, *values = stat.rpartition(")")[2].split()
    return "" if state == "Z" else values[18]

"""What a model leaves running: threads that keep a process from ending, and other processes."""

import os
import threading
import time
from pathlib import Path

KEPT_ON_PURPOSE = ("loky", "resource_tracker")  # joblib's and Python's own: they end with us
PATIENCE_SECONDS = 2.0  # for what is about to end


def new_threads(before: list[threading.Thread]) -> list[str]:
    """Return the names of the threads that were not there before and stay."""
    last = time.monotonic() + PATIENCE_SECONDS
    return [thread.name for thread in threading.enumerate() if _stays(thread, before, last)]


def holding_threads(before: list[threading.Thread]) -> list[str]:
    """Return the names of the new threads that the end of the process would wait for."""
    last = time.monotonic() + PATIENCE_SECONDS
    return [
        thread.name
        for thread in threading.enumerate()
        if not thread.daemon and _stays(thread, before, last)
    ]


def child_processes() -> list[int] | None:
    """Return the processes that this one has started and that stay, or None if that is unknown."""
    if not Path("/proc/self/stat").exists():
        return None
    last = time.monotonic() + PATIENCE_SECONDS
    while found := _children():
        if time.monotonic() > last:
            break
        time.sleep(PATIENCE_SECONDS / 40)
    return found


def _stays(thread: threading.Thread, before: list[threading.Thread], last: float) -> bool:
    if thread in before or thread is threading.current_thread():
        return False
    thread.join(max(last - time.monotonic(), 0))
    return thread.is_alive()


def _children() -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # pid (name) state parent ...; the name may hold anything, brackets too
            state, parent, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:  # it has just ended
            continue
        kept = any(word in command for word in KEPT_ON_PURPOSE)
        if int(parent) == os.getpid() and state != "Z" and not kept:
            found.append(int(folder.name))
    return found

"""Stands between us and a process that we start, and ends all that came of it.

Run as `python -I -S keeper.py PARENT COMMAND...`, where PARENT is the process that waits for it.
It runs the command and ends as that ended. Once the command has ended, or PARENT has, or the keeper
is told to (SIGTERM), every process that the command has started is ended, and every one that those
have. On Linux this holds for those too that have left their group and session: what is left behind
by the one that started it becomes a child of the keeper, which is its "subreaper", prctl(2).
Elsewhere it holds for those that have stayed in the group.

Not reached: what runs as another user, what another service was asked to start (cron, a daemon of
containers), and anything at all if the keeper is killed by what it keeps.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import NoReturn

GRACE_SECONDS = 1.0  # between asking and killing
KILLING_SECONDS = 5.0  # for the kernel to end what was killed
PARENT_POLL_SECONDS = 1.0
POLL_SECONDS = 0.01
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # of <sys/prctl.h>
CANNOT_START = 127  # as shells have it
HEARD = [getattr(signal, name, signal.SIGTERM) for name in ("SIGTERM", "SIGCHLD", "SIGALRM")]


def keep(parent: int, begin: Callable[[], NoReturn]) -> NoReturn:
    """Fork, let the child begin, and keep it to its end, or until `parent` has ended.

    This process must lead its group.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)  # they are waited for, one by one
    ask_kernel(PR_SET_CHILD_SUBREAPER, 1)
    ask_kernel(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.setitimer(signal.ITIMER_REAL, PARENT_POLL_SECONDS, PARENT_POLL_SECONDS)
    told = os.getppid() != parent
    child = 0 if told else _start(begin)
    endings: dict[int, int] = {}
    while not told and child not in endings:
        told = signal.sigwait(HEARD) == signal.SIGTERM or os.getppid() != parent
        _reap(0, endings)
    if told:
        os.killpg(0, signal.SIGTERM)
        _reap(GRACE_SECONDS, endings)
    _kill_all(endings)
    _end_as(endings.get(child))


def ask_kernel(what: int, value: int) -> None:
    """Ask Linux for something by prctl(2); harmless elsewhere."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL(None).prctl(what, value, 0, 0, 0)
        except (OSError, AttributeError):  # another C library than those that have it
            return


def children(pid: int) -> list[int]:
    """Return the children of a process of one thread; none where that cannot be read."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:  # it has ended, or the kernel was built without
        return _children_of_all(pid)


def _children_of_all(pid: int) -> list[int]:
    found = []
    for name in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else []):
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                # pid (name) state parent ...; the name may hold anything, brackets too
                parent = file.read().rpartition(b")")[2].split()[1]
        except OSError:  # it has just ended
            continue
        if int(parent) == pid:
            found.append(int(name))
    return found


def execute(command: list[str]) -> NoReturn:
    """Become the command, or say why that cannot be."""
    try:
        os.execvp(command[0], command)
    except OSError as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace"))
    finally:
        os._exit(CANNOT_START)


def _start(begin: Callable[[], NoReturn]) -> int:
    keeper = os.getpid()
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        ask_kernel(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != keeper:
            os._exit(CANNOT_START)
        begin()
    return child


def _kill_all(endings: dict[int, int]) -> None:
    """Kill what is there: who loses its parent by that becomes ours, and its turn comes."""
    last = time.monotonic() + KILLING_SECONDS
    while (left := children(os.getpid())) and time.monotonic() < last:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:  # it has just ended, or is another user's
                continue
        _reap(POLL_SECONDS, endings)


def _reap(seconds: float, endings: dict[int, int]) -> None:
    """Wait so long for all children to end, and keep how they did."""
    last = time.monotonic() + seconds
    try:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                endings[pid] = status
            elif time.monotonic() >= last:
                return
            else:
                time.sleep(POLL_SECONDS / 10)
    except ChildProcessError:  # there are none
        return


def _end_as(status: int | None) -> NoReturn:
    """End as the command did; with the whole group, if nobody waits to hear that."""
    if status is None:
        os.killpg(0, signal.SIGKILL)
    elif os.WIFSIGNALED(status):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the command has dumped its own
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [number])
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status or 0))


if __name__ == "__main__":
    keep(int(sys.argv[1]), lambda: execute(sys.argv[2:]))

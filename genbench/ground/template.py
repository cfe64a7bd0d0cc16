"""A process that has imported what many others need, and forks for each of them.

Run as `python -m genbench.ground.template DESCRIPTOR` by `genbench.ground.templates`, which orders
forks over the Unix socket of that descriptor. It imports libraries and our own modules, and calls
nothing of theirs: what is forked is as a process that has just imported them. Each fork has a
keeper, itself a fork. It ends once nobody can order any more, and all that it forked with it.
"""

import importlib
import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, NoReturn

from genbench.ground.global_randomness import seed_anew
from genbench.ground.keeper import keep
from genbench.ground.templates import readable

MOST_ORDERED = 2**20  # bytes of one order
FORKS_WELL = {"jemalloc_bg_thd"}  # threads of a library that sees to forks itself


class Kept(NamedTuple):
    """A keeper, and whom to tell how what it keeps has ended."""

    pid: int
    ended: int  # a descriptor that can be read from once it has
    line: socket.socket


def serve(orders: socket.socket) -> None:
    """Fork as ordered until nobody orders any more."""
    kept: list[Kept] = []
    while True:
        ready = readable([orders.fileno(), *(each.ended for each in kept)])
        for each in [each for each in kept if each.ended in ready]:
            kept.remove(each)
            _tell_end(each)
        if orders.fileno() in ready:
            order, descriptors, *_ = socket.recv_fds(
                orders, MOST_ORDERED, 2, socket.MSG_CMSG_CLOEXEC
            )
            if not order:  # the keepers hear of this end, and end what they keep
                return
            line, printed = socket.socket(fileno=descriptors[0]), descriptors[1]
            told = json.loads(order)
            _import(told["imports"])
            gone = readable([line.fileno()], 0)
            if _is_alone() and not gone:
                kept.append(_fork(told["module"], told["folder"], orders, line, printed, kept))
            else:
                line.close()
            os.close(printed)


def _import(names: Iterable[str]) -> None:
    """Import what is there of that name, if it is a module and can be imported."""
    for name in names:
        if name not in sys.modules:
            with suppress(Exception):
                importlib.import_module(name)


def _is_alone() -> bool:
    """Say that no library has started a thread, which might hold what forks would wait for."""
    names = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
    return sum(name not in FORKS_WELL for name in names) == 1


def _fork(
    module: str,
    folder: str,
    orders: socket.socket,
    line: socket.socket,
    printed: int,
    kept: Iterable[Kept],
) -> Kept:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.dup2(printed, sys.stdout.fileno())
        os.dup2(printed, sys.stderr.fileno())
        for each in kept:
            os.close(each.ended)
            each.line.close()
        os.close(printed)
        line.close()
        orders.close()
        keep(parent, partial(_become, module, folder))
    forked = Kept(pid, os.pidfd_open(pid), line)
    with suppress(OSError):  # who ordered it is gone
        socket.send_fds(line, [str(pid).encode()], [forked.ended])
    return forked


def _become(module: str, folder: str) -> NoReturn:
    """Be as `python -P -m module folder`."""
    seed_anew()
    sys.argv[1:] = [folder]
    sys.orig_argv[:] = [sys.executable, "-P", "-m", module, folder]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


def _tell_end(each: Kept) -> None:
    """Say with which exit status a keeper has ended, and end who is left of its group."""
    with suppress(ProcessLookupError):  # as long as it is not waited for, the number is its own
        os.killpg(each.pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(each.pid, 0)[1])
    with suppress(OSError), each.line:
        each.line.send(str(status).encode())
    os.close(each.ended)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))

"""Processes that are forked, each from one that has imported what it needs.

`genbench.ground.template` is what runs there. It costs what one process costs, once; each fork
costs next to nothing. Where forks cannot be, or a template has died, there are none.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from genbench.ground.keeper import GRACE_SECONDS, KILLING_SECONDS

PATIENCE_SECONDS = GRACE_SECONDS + KILLING_SECONDS + 2  # with a keeper
LONGEST_ANSWER = 100  # bytes
CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open")


class TemplateDied(Exception):
    """The process that another was forked from, or was to be, has ended."""


def readable(descriptors: Iterable[int], seconds: float | None = None) -> list[int]:
    """Return those that can be read from, or have ended, once there is one or the time is up."""
    poll = select.poll()
    for each in descriptors:
        poll.register(each, select.POLLIN)
    return [each for each, _ in poll.poll(None if seconds is None else 1000 * seconds)]


class Templates:
    """A template for each set of libraries, started when it is first asked for.

    What is forked of one has imported no library that it has no use for, as that would count as
    memory that it takes. It has the surroundings and the current folder that the template has.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: dict[object, Template] = {}
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closed = True
            for template in self._all.values():
                template.end()

    def fork(
        self,
        module: str,
        folder: Path,
        printed: int,
        surroundings: Mapping[str, str],
        imports: Iterable[str],
    ) -> "Forked | None":
        """Return a process that is as `python -P -m module folder`, or None if that cannot be.

        Args:
            module: one of our own.
            folder: absolute.
            printed: descriptor of what it prints to.
            surroundings: all its variables of environment.
            imports: modules that it would import; those that are not there are passed over.
        """
        if not CAN_FORK:
            return None
        imports = sorted(imports)
        libraries = frozenset(name.partition(".")[0] for name in imports)
        needs = libraries, Path.cwd(), frozenset(surroundings.items())
        with self._lock:
            if self._closed:
                return None
            if needs not in self._all:
                self._all[needs] = Template(surroundings)
            return self._all[needs].fork(module, folder, printed, imports)


class Template:
    """A process that forks for us."""

    def __init__(self, surroundings: Mapping[str, str]) -> None:
        self.forks = True  # until it has failed to
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # -P: a folder named genbench in the current one must not stand in for the package.
        command = [sys.executable, "-P", "-m", "genbench.ground.template", str(theirs.fileno())]
        with theirs:
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env=surroundings,
            )

    def fork(
        self, module: str, folder: Path, printed: int, imports: Iterable[str]
    ) -> "Forked | None":
        """Return a fork, or None if there are none."""
        if not self.forks:
            return None
        line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order = {"module": module, "folder": str(folder), "imports": list(imports)}
        with theirs:
            try:
                fds = [theirs.fileno(), printed]
                socket.send_fds(self._orders, [json.dumps(order).encode()], fds)
            except OSError:
                line.close()
                self.forks = False
                return None
        return Forked(self, line)

    def end(self) -> None:
        """End it at once, whatever it imports; what was forked of it ends for that."""
        self._orders.close()
        self._process.kill()
        self._process.wait()


class Forked:
    """A keeper that was forked, and what it keeps."""

    def __init__(self, template: Template, line: socket.socket) -> None:
        self._template = template
        self._line = line
        self.pid: int | None = None  # once that is known
        self._handle = -1  # a descriptor of the process: its number may be another's later
        self._status: int | None = None

    def wait(self, seconds: float) -> int | None:
        """Wait so long, and return the exit status if it has ended.

        Raises:
            TemplateDied: what it was forked of has ended, or forks no more.
        """
        self._line.settimeout(seconds)
        try:
            answer, handles, *_ = socket.recv_fds(
                self._line, LONGEST_ANSWER, 1, socket.MSG_CMSG_CLOEXEC
            )
        except TimeoutError:
            return None
        except OSError:
            answer = b""
        if not answer:
            self._template.forks = False
            raise TemplateDied("What a process was forked of has ended.")
        if not handles:
            self._status = int(answer)
            return self._status
        self.pid, self._handle = int(answer), handles[0]
        return None

    def end(self) -> None:
        """End a keeper and what it keeps; harmless if all has ended."""
        with self._line, suppress(TemplateDied, OSError):
            if self.pid is None:
                self._line.shutdown(socket.SHUT_WR)  # what is not forked yet will not be
                self.wait(PATIENCE_SECONDS)
            if self.pid is not None and self._status is None:
                self._send(signal.SIGTERM)
                self._send(signal.SIGCONT)  # what it keeps may have stopped it
                self.wait(PATIENCE_SECONDS)
        if self.pid is None:
            return
        if self._status is None:  # the template has died, and the keeper ends for that
            readable([self._handle], PATIENCE_SECONDS)
            self._send(signal.SIGKILL)
        os.close(self._handle)

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

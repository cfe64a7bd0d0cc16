"""Ctrl-C and its like: a command leaves within two seconds, says so in one line, leaves nobody.

It imports next to nothing: until its first function has been called, nobody listens.
"""

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any

PATIENCE_SECONDS = 1.5  # until what is left is killed and nothing is waited for
FREEING_SECONDS = 0.2
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # of which Windows has two
SAID = "Stopped. What was done is kept."


class Stopped(KeyboardInterrupt):
    """The command was told to stop, by this signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.status = 128 + number  # as shells have it


def leave_at_once_by_signals() -> None:
    """End this process when one of the signals comes, before it has begun with anything."""
    _listen(_leave)
    atexit.register(_skip_the_rest)  # the first that is registered comes last


@contextmanager
def stopping_by_signals() -> Iterator[None]:
    """Raise Stopped in the block when one of the signals comes, and see to it that it ends."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _numbers.clear()
    unraisable = sys.unraisablehook
    sys.unraisablehook = partial(_leave_if_stopped, unraisable)
    before = _listen(_stop)
    try:
        yield
    except Exception as error:
        if _numbers:  # what was interrupted, as by importing, has made an error of its own of it
            raise Stopped(_numbers[0]) from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = unraisable


def _listen(handler: Callable[[int, FrameType | None], None]) -> dict[int, Any]:
    """Let `handler` handle the signals, and return who did before."""
    before: dict[int, Any] = {}
    for name in SIGNALS:
        number = getattr(signal, name, None)
        # Who has it ignored, as nohup does, means it.
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            before[number] = signal.signal(number, handler)
    return before


def _stop(number: int, _: object) -> None:
    for name in SIGNALS:  # once is enough, and what is under way must not be cut short
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    _numbers.append(number)
    # Before anything that can go wrong: who is interrupted may go on as if nothing had been.
    threading.Thread(target=_leave_anyway, args=(number,), daemon=True).start()
    with suppress(KeyError, AttributeError):  # it is not imported, or half
        sys.modules["logging"].disable()  # that an engine loses what it had is no news
    raise Stopped(number)


def _leave_if_stopped(otherwise: Callable[[Any], Any], lost: Any) -> None:
    """Leave where who was interrupted cannot pass it on, and would go on: a finalizer, say."""
    if isinstance(lost.exc_value, Stopped):
        _leave_alone(_numbers[0])
    otherwise(lost)


def _leave_anyway(number: int) -> None:
    time.sleep(PATIENCE_SECONDS)
    # Still, but there, so that nobody starts others: who only begins would miss what is given back.
    _signal_children("SIGSTOP")
    # In a thread: what does not come back is not waited for.
    threading.Thread(target=_free_semaphores, daemon=True).start()
    time.sleep(FREEING_SECONDS)
    _leave_alone(number)


def _leave_alone(number: int) -> None:
    try:
        _signal_children("SIGKILL")
    finally:
        _leave(number, None)


def _signal_children(name: str) -> None:
    # What `run_alone` has started ends when this process does. What has not been imported has
    # started nothing.
    number, started = getattr(signal, name, None), sys.modules.get("multiprocessing")
    if started is not None and number is not None:  # Windows has neither of the two
        for process in started.active_children():
            with suppress(OSError):
                os.kill(process.pid, number)  # not all kinds of them have `kill`


def _leave(number: int, _: object) -> None:
    if _unsaid.acquire(blocking=False):
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{SAID}\n".encode())
    os._exit(128 + number)


def _skip_the_rest() -> None:
    """End a process that was told to stop before the interpreter takes itself apart.

    Threads that are left may keep it doing so for ever, and the one that sees to its end is then no
    longer there.
    """
    if _numbers:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # it is closed, or there is none
                stream.flush()
        _leave(_numbers[0], None)


def _free_semaphores() -> None:
    """Give back what worker processes were waited for by: else their tracker warns of a leak."""
    if (util := sys.modules.get("multiprocessing.util")) is not None:
        util._run_finalizers(0)  # those of semaphores and pools; none waits for a process's end


def say_stopped() -> None:
    """Say, once, that the command was stopped."""
    if _unsaid.acquire(blocking=False):
        sys.stderr.write(f"{SAID}\n")
        sys.stderr.flush()


_unsaid = threading.Lock()
_numbers: list[int] = []  # of the signal, once there was one

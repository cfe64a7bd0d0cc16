"""A process of our own that calls functions for us, one after another, and ends when we do."""

import os
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from genbench.ground.processes import die_with_parent, unheard

Given = ParamSpec("Given")
Result = TypeVar("Result")


class HelperDied(Exception):
    """The process ended before it had answered."""


class Helper:
    """A process that imports what it is to call, and keeps what that keeps."""

    def __init__(self) -> None:
        # Spawned: forking a process that runs threads may hang.
        context = get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, os.getpid()))
        with theirs, unheard():
            self._process.start()

    def call(
        self, function: Callable[Given, Result], *args: Given.args, **kwargs: Given.kwargs
    ) -> Result:
        """Return what a function, one that can be imported, returns there, or raise what it raises.

        Raises:
            HelperDied: the process has ended, of itself or by `end`.
        """
        try:
            self._line.send((function, args, kwargs))
            good, answer = self._line.recv()
        except (EOFError, OSError) as error:
            raise HelperDied("The process ended before it had answered.") from error
        if not good:
            raise answer
        result: Result = answer
        return result

    def end(self) -> None:
        """End it at once, whatever it does; harmless if it has ended."""
        self._process.kill()
        self._process.join()


def _serve(line: Connection, parent: int) -> None:
    die_with_parent(parent)  # before anything large is imported, as by what is called
    while True:
        try:
            function, args, kwargs = line.recv()
        except EOFError:
            return
        answer: tuple[bool, Any]
        try:
            answer = True, function(*args, **kwargs)
        except Exception as error:
            answer = False, error
        try:
            line.send(answer)
        except Exception as error:  # it cannot be pickled
            line.send((False, TypeError(f"{type(answer[1]).__name__} cannot be sent: {error}")))

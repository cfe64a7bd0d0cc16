"""A process of our own that calls functions for us, one after another, and ends when we do."""

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, TypeVar

from genbench.ground.processes import die_with_parent, unheard

Given = ParamSpec("Given")
Result = TypeVar("Result")


class HelperDied(Exception):
    """The process ended before it had answered."""


class Helper:
    """A process that imports what it is to call, and keeps what that keeps.

    All are forked from one that has nothing but `imports`, those of the first helper that is
    started here: what takes seconds to import is imported once. Where that cannot be, each is
    started anew. They have the surroundings and the current folder of who starts them.
    """

    def __init__(self, imports: Sequence[str] = ()) -> None:
        # Never forked from this process: it may run threads, and its forks would hang.
        can_fork = "forkserver" in multiprocessing.get_all_start_methods()
        context = (
            multiprocessing.get_context("forkserver")
            if can_fork
            else multiprocessing.get_context("spawn")
        )
        context.set_forkserver_preload(list(imports))
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, dict(os.environ)))
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


def _serve(line: Connection, surroundings: Mapping[str, str]) -> None:
    die_with_parent(os.getppid())  # before anything large is imported, as by what is called
    caller = multiprocessing.parent_process()
    if caller is None or not caller.is_alive():  # it ended, and what we are forked from with it
        return
    os.environ.clear()
    os.environ.update(surroundings)
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

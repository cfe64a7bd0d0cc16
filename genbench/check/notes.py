"""What the process of `genbench check` writes down as it goes, for the one that waits for it.

A model may hang, crash or end its process at any moment, so every verdict is written when it falls,
and before a model's code is called, which law is being tried and what is being done.
"""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from genbench.check.verdicts import Law, Outcome, Verdict
from genbench.ground.errors import BadInput


class Broken(Exception):
    """A law does not hold; the message says what was seen and what to do."""


class NotApplicable(Exception):
    """A law says nothing about this model; the message says why."""


class Stop(Exception):
    """Nothing further can be tried."""


class Unknown(Exception):
    """There is no such module or class: the caller's mistake, not the model's."""


class Notes:
    """Verdicts, and what is being done, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pid = os.getpid()
        self.law = Law.IMPORT
        self.file: str | None = None  # the model's own, once known
        self.passed: set[Law] = set()

    @contextmanager
    def trial(self, law: Law, *, vital: bool = False) -> Iterator[list[str]]:
        """Try a law: it passes, with the remarks put into the list, unless the block raises.

        Raises:
            Stop: the law is vital and does not hold.
            Unknown: the block found that there is no such model.
        """
        self.law = law
        self._doing("")
        remarks: list[str] = []
        try:
            yield remarks
        except Unknown:
            raise
        except NotApplicable as reason:
            self._settle("not applicable", str(reason))
        except Exception as error:
            ours = isinstance(error, Broken | BadInput)
            self._settle(
                "fail", str(error) if ours else f"What it gave raised {self._told(error)}."
            )
            if vital:
                raise Stop from error
        else:
            self.passed.add(law)
            self._settle("pass", "; ".join(remarks))

    def call(self, doing: str, function: Callable[..., Any], *values: Any, **named: Any) -> Any:
        """Let the model do something, and return what it returns.

        Raises:
            Broken: it raised.
        """
        self._doing(doing)
        try:
            return function(*values, **named)
        except (Exception, SystemExit) as error:
            raise Broken(f"{doing} raised {self._told(error)}.") from error
        finally:
            if os.getpid() != self.pid:  # a copy of this process, made by the model
                (self.folder / "forked.txt").write_text(doing, encoding="utf-8")
                os._exit(0)

    def printed(self) -> int:
        """Return how many bytes were printed so far."""
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        return (self.folder / "output.txt").stat().st_size

    def forked_in(self) -> str | None:
        """Return what the model was doing when it made a copy of this process, if it did."""
        path = self.folder / "forked.txt"
        return path.read_text(encoding="utf-8") if path.exists() else None

    def _doing(self, doing: str) -> None:
        values = json.dumps({"law": self.law, "doing": doing})
        (self.folder / "doing.json").write_text(values, encoding="utf-8")

    def _settle(self, outcome: Outcome, reason: str) -> None:
        line = json.dumps({"law": self.law, "outcome": outcome, "reason": reason})
        with (self.folder / "verdicts.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _told(self, error: BaseException) -> str:
        """Say what was raised, and where in the model's file."""
        text = " ".join(str(error).split())[:300].rstrip(".")
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame.lineno for frame in frames if frame.filename == self.file]
        where = f" (line {own[-1]} of {Path(str(self.file)).name})" if own else ""
        return f"{type(error).__name__}{': ' if text else ''}{text}{where}"


def verdicts_in(folder: Path) -> dict[Law, Verdict]:
    """Return the verdicts that were written before the process ended."""
    path = folder / "verdicts.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    read = [json.loads(line) for line in lines]
    return {
        law: Verdict(law, values["outcome"], values["reason"])
        for values in read
        for law in [Law(values["law"])]
    }


def under_way_in(folder: Path) -> tuple[Law, str]:
    """Return which law was being tried last, and what was being done for it."""
    path = folder / "doing.json"
    if not path.exists():
        return Law.IMPORT, ""
    values = json.loads(path.read_text(encoding="utf-8"))
    return Law(values["law"]), values["doing"]

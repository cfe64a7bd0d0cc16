"""The process of `genbench check`: tries one law after another on one model.

Run as `python -m genbench.check.worker FOLDER`, where FOLDER holds `task.json`. Verdicts are left
there as they fall (`genbench/check/notes.py`). It imports little, so that it starts fast.
"""

import json
import os
import sys
import threading
from pathlib import Path

from genbench.check import leftovers
from genbench.check.candidate import Candidate, digest
from genbench.check.draws import try_one_model, try_randomness
from genbench.check.imports import check_methods, choose_toy, try_import
from genbench.check.notes import Broken, NotApplicable, Notes, Stop, Unknown
from genbench.check.symbols import try_next_symbols
from genbench.check.verdicts import Law
from genbench.ground.paths import reach_current_folder
from genbench.ground.processes import die_with_parent
from genbench.models import toys
from genbench.models.find import ModelSpec

LITTLE_OUTPUT = 100_000  # bytes


def examine(candidate: Candidate, notes: Notes) -> None:
    """Try every law that one process can tell about.

    Raises:
        Unknown: there is no such model.
        Stop: the model failed where nothing further can be tried.
    """
    threads = threading.enumerate()
    try_import(candidate, notes, threads)
    with notes.trial(Law.METHODS, vital=True):
        check_methods(candidate)
    refusal: str | None = None
    with notes.trial(Law.REFUSES, vital=True):
        refusal = choose_toy(candidate, notes)
    if refusal:
        with notes.trial(Law.FIT):
            what = "all toy data" if candidate.data is None else candidate.data.name
            raise NotApplicable(f"it refuses {what}, so nothing more was tried: {refusal}")
        raise Stop
    try_next_symbols(candidate, notes)
    try_one_model(candidate, notes)
    try_randomness(candidate, notes)
    with notes.trial(Law.OUTPUT):
        printed = notes.printed()
        if printed > LITTLE_OUTPUT:
            raise Broken(
                f"It printed {printed / 1e6:.1f} MB: print nothing, or a line now and then."
            )
    with notes.trial(Law.RUNNING):
        _check_leftovers(notes, threads)


def _check_leftovers(notes: Notes, threads: list[threading.Thread]) -> None:
    children = leftovers.child_processes()  # first, so that a slow copy has its time to come back
    if doing := notes.forked_in():
        raise Broken(
            f"{doing} came back in two processes: after os.fork(), end the child by os._exit(0)."
        )
    if names := leftovers.holding_threads(threads):
        raise Broken(
            f"Threads still run ({', '.join(names)}): join them before fit and sample return, "
            "or the process cannot end."
        )
    if children:
        raise Broken("Processes that it started still run: end them before fit and sample return.")


def compare(candidate: Candidate, notes: Notes, expected: str) -> None:
    """Draw in this process too, where sets of strings have another order.

    Raises:
        Stop: the samples are others.
    """
    with notes.trial(Law.PROCESS, vital=True):
        candidate.load()
        candidate.shorten()
        if digest(candidate.fresh_draw()) != expected:
            raise Broken(
                "Another process gave other samples: nothing may depend on the order of a set, on "
                "hash(), the time, the process or a file; sort what has no order."
            )


def work(folder: Path) -> None:
    """Do the task of the folder and leave the verdicts there."""
    task = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    notes = Notes(folder)
    data = toys.kept(folder)
    candidate = Candidate(ModelSpec(**task["model"]), notes, data)
    try:
        if "expected" in task:
            candidate.toy = data or toys.toy(task["toy"])
            compare(candidate, notes, task["expected"])
        else:
            examine(candidate, notes)
    except Unknown as error:
        (folder / "unknown.txt").write_text(str(error), encoding="utf-8")
    except Stop:
        pass
    (folder / "done.txt").touch()


if __name__ == "__main__":
    die_with_parent(os.getppid())
    reach_current_folder()
    work(Path(sys.argv[1]))
    os._exit(0)  # not held up by threads that the model has left

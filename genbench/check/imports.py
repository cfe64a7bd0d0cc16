"""The laws of `genbench check` about a model that has not learned yet."""

import importlib.util
import inspect
import os
import sys
import threading
from pathlib import Path
from types import ModuleType

from genbench.check import leftovers
from genbench.check.candidate import Candidate
from genbench.check.notes import Broken, NotApplicable, Notes
from genbench.check.verdicts import Law
from genbench.ground import global_randomness
from genbench.models import toys
from genbench.models.find import Selective, is_conditional


def try_import(candidate: Candidate, notes: Notes, threads: list[threading.Thread]) -> None:
    """Import the model, and see what that changes beside; `threads` are those there before.

    Raises:
        Unknown: there is no such model.
        Stop: importing it raised.
    """
    global_randomness.seed_all(0)
    had_torch = "torch" in sys.modules
    folder, printed = Path.cwd(), notes.printed()
    before = global_randomness.states()
    with notes.trial(Law.IMPORT, vital=True):
        module = candidate.load()
    with notes.trial(Law.QUIET):
        found = []
        if notes.printed() > printed:
            found.append("prints")
        if folder != Path.cwd():
            os.chdir(folder)
            found.append("changes the current folder")
        if names := leftovers.new_threads(threads):
            found.append(f"leaves a thread running ({', '.join(names)})")
        new_torch = "torch" in sys.modules and not had_torch
        if global_randomness.moved(before) or new_torch:
            found += [f"moves the global state of {name}" for name in _moves_itself(module)]
        if found:
            raise Broken(
                f"Importing it {' and '.join(found)}: do that in fit or sample if at all, "
                'or below `if __name__ == "__main__":`.'
            )
    candidate.shorten()


def _moves_itself(module: ModuleType) -> list[str]:
    """Return which global random states the module moves when it is imported once more.

    The first time, packages that it imports may do so, such as scikit-learn, which it cannot help.
    """
    global_randomness.seed_all(0)
    before = global_randomness.states()
    try:
        if module.__spec__ is not None and module.__spec__.loader is not None:
            copy = importlib.util.module_from_spec(module.__spec__)  # the module itself is kept
            module.__spec__.loader.exec_module(copy)
    except Exception:  # it can be imported only once, so nothing can be told
        return []
    return global_randomness.moved(before)


def check_methods(candidate: Candidate) -> None:
    """Make a model, and see whether its methods can be called as they will be.

    Raises:
        Broken: they cannot, or it cannot be made.
    """
    if names := _required(candidate):
        raise Broken(f"Its constructor asks for {', '.join(names)}: give each a default value.")
    model = candidate.make()
    calls = {"fit": "fit(train, rng=rng)", "sample": "sample(n, rng=rng)"}
    for name, call in calls.items():
        if not callable(getattr(model, name, None)):
            also = " (or, of sequences, next_log_prob)" if name == "sample" else ""
            raise Broken(f"It has no method {name}: it is called as {call}{also}.")
    classes = {"labels": None} if is_conditional(model) else {}
    for name, call in calls.items():
        try:
            inspect.signature(getattr(model, name)).bind(None, rng=None, **classes)
        except TypeError as error:
            raise Broken(f"{name} cannot be called as {call}: {error}.") from error
        except ValueError:  # not written in Python: trying will tell
            continue


def _required(candidate: Candidate) -> list[str]:
    """Return what the constructor asks for and is not given."""
    return [
        knob.name
        for knob in candidate.knobs()
        if knob.default is knob.empty
        and knob.kind not in (knob.VAR_POSITIONAL, knob.VAR_KEYWORD)
        and knob.name not in candidate.spec.params
    ]


def choose_toy(candidate: Candidate, notes: Notes) -> str | None:
    """Take the first data that the model does not refuse; return its words if it refuses all.

    Raises:
        NotApplicable: it takes all that comes.
        Broken: it refused, but not by a sentence.
    """
    model = candidate.make()
    if not isinstance(model, Selective):
        raise NotApplicable("it has none, and needs none")
    reason = None
    for toy in map(toys.toy, toys.KINDS) if candidate.data is None else [candidate.data]:
        candidate.toy = toy
        reason = notes.call("refuses", model.refuses, candidate.toy.train.copy())
        if reason is None:
            return None
        if not isinstance(reason, str) or not reason.strip():
            raise Broken(
                f"refuses returned {reason!r}: return None, or a sentence that says why the model "
                "cannot learn from such data."
            )
    return reason

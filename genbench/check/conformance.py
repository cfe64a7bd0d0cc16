"""A conformance suite for one model: `genbench check`, and the same in Python and pytest.

    from genbench import check

    def test_my_model():
        assert [verdict for verdict in check("my_model.py") if verdict.outcome == "fail"] == []

All of the model's code runs in processes of its own, with a deadline (`genbench/check/worker.py`).
"""

import json
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from genbench.check.notes import under_way_in, verdicts_in
from genbench.check.verdicts import Law, Outcome, Verdict
from genbench.datasets import Dataset, load
from genbench.ground.errors import BadInput
from genbench.ground.processes import OUTPUT, run_alone
from genbench.ground.randomness import rng_for
from genbench.models.find import find
from genbench.models.toys import N_POINTS, N_TRAIN, Toy

MOST_OUTPUT = 20_000_000  # bytes, before the process is stopped
STYLES: dict[Outcome, tuple[str, str]] = {
    "pass": ("✓ pass", "green"),
    "fail": ("✗ fail", "bold red"),
    "not applicable": ("– n/a", "dim"),
}


def check(target: str, *, deadline: float = 60.0, dataset: str | None = None) -> list[Verdict]:
    """Hold a model to every law, on toy data, and return a verdict on each law in order.

    `target` is a baseline, `file.py:Class` or `package.module:Class`; `deadline` is in seconds, for
    all laws together; `dataset` names the data set of which it learns a few samples in place of toy
    data. Whatever the model does, hanging and crashing too, ends in a verdict.

    Raises:
        BadInput: there is no such model, or no such data set.
    """
    task: dict[str, Any] = {"model": find(target).to_json()}
    data = None if dataset is None else _some(load(dataset))
    last = time.monotonic() + deadline
    # What a model leaves in the folder, or still writes there, is not our trouble.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        first, second = Path(temporary) / "first", Path(temporary) / "second"
        found = _try(first, task, data, last, deadline, hash_seed=0)
        if (drawn := first / "drawn.json").exists():
            task |= json.loads(drawn.read_text(encoding="utf-8"))
            found |= _try(second, task, data, last, deadline, hash_seed=1)
    not_reached = "not reached, after what failed" if _failed(found.values()) else "not reached"
    return [found.get(law) or Verdict(law, "not applicable", not_reached) for law in Law]


def _some(data: Dataset) -> Toy:
    """Return a few samples of a data set, as toy data are."""
    rng = rng_for(0, data.name, "check")
    rows = np.sort(rng.permutation(len(data.train))[:N_TRAIN])
    return Toy(data.name, data.train[rows], data.dequantized_test(rng)[:N_POINTS])


def _try(
    folder: Path,
    task: dict[str, Any],
    data: Toy | None,
    last: float,
    deadline: float,
    *,
    hash_seed: int,
) -> dict[Law, Verdict]:
    """Run one process and return its verdicts, the one that it died of too."""
    folder.mkdir()
    if data is not None:
        data.keep(folder)
    (folder / "task.json").write_text(json.dumps(task), encoding="utf-8")

    def watch() -> str | None:
        with suppress(OSError):  # the model may have removed it
            if (folder / OUTPUT).stat().st_size > MOST_OUTPUT:
                return "output"
        return "deadline" if time.monotonic() > last else None

    ending = run_alone("genbench.check.worker", folder, watch=watch, hash_seed=hash_seed)
    if (unknown := folder / "unknown.txt").exists():
        raise BadInput(unknown.read_text(encoding="utf-8"))
    found = verdicts_in(folder)
    if (folder / "done.txt").exists():
        return found
    law, doing = under_way_in(folder)
    doing = doing or "the check"
    if ending.cause == "output":
        law, reason = Law.OUTPUT, f"{doing} printed over {MOST_OUTPUT // 10**6} MB: print little."
    elif ending.cause == "deadline":
        reason = (
            f"{doing} was not done after {deadline:g} seconds in all: let it do less, or allow "
            "more by --deadline."
        )
    else:
        reason = f"During {doing} {ending.in_words()}: raise an exception to report trouble."
    found[law] = Verdict(law, "fail", reason)
    return found


def print_verdicts(
    console: Console, target: str, verdicts: list[Verdict], *, on: str | None = None
) -> None:
    """Print a line for each law, and how many passed and failed on a data set, or on toy data."""
    title = Text(f"{target}, on {on or 'toy data'}", style="bold")
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    table.add_column("law", overflow="fold", max_width=max(38, console.width // 3))
    table.add_column("why", overflow="fold")
    for verdict in verdicts:
        mark, style = STYLES[verdict.outcome]
        quiet = "" if verdict.outcome == "fail" else "dim"
        table.add_row(
            Text(mark, style=style), Text(verdict.law.value), Text(verdict.reason, style=quiet)
        )
    console.print(table)
    counts = {kind: sum(verdict.outcome == kind for verdict in verdicts) for kind in STYLES}
    line = f"{counts['pass']} passed, {counts['fail']} failed, {counts['not applicable']} n/a"
    console.print(line, style="bold red" if counts["fail"] else "green", highlight=False)


def _failed(verdicts: Iterable[Verdict]) -> bool:
    return any(verdict.outcome == "fail" for verdict in verdicts)

"""Runs: every cell gets its status, nothing is lost, and an interrupted run can be resumed."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from genbench import records
from genbench.boards import CATALOG as BOARDS
from genbench.boards import Board
from genbench.cells import Cell, cells_of, fit_and_sample
from genbench.errors import BadInput
from genbench.metrics import CATALOG as METRICS
from genbench.models import baselines
from genbench.records import REAL
from genbench.report import report
from genbench.runner import run, select

ZOO = """
import os, signal, subprocess, sys, time
import numpy as np

class Good:
    def fit(self, train, *, rng):
        self.mean = train.mean(axis=0)
        return self
    def sample(self, n, *, rng):
        return rng.normal(self.mean, 1, size=(n, len(self.mean)))

class RaisesInFit(Good):
    def fit(self, train, *, rng):
        raise ValueError("cannot learn this")

class RaisesInSample(Good):
    def sample(self, n, *, rng):
        raise ValueError("cannot draw this")

class Hangs(Good):
    def fit(self, train, *, rng):
        time.sleep(600)

class ForksAndHangs(Good):
    def fit(self, train, *, rng):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        open(os.environ["ZOO_PID"], "w").write(str(child.pid))
        time.sleep(600)

class KillsItself(Good):
    def fit(self, train, *, rng):
        os.kill(os.getpid(), signal.SIGKILL)

class Exits(Good):
    def sample(self, n, *, rng):
        os._exit(0)

class Nan(Good):
    def sample(self, n, *, rng):
        return np.full((n, 2), np.nan)

class TooFew(Good):
    def sample(self, n, *, rng):
        return np.zeros((n - 1, 2))

class WrongShape(Good):
    def sample(self, n, *, rng):
        return np.zeros((n, 3))

class Strings(Good):
    def sample(self, n, *, rng):
        return [["a", "b"]] * n

class BadLogProb(Good):
    def log_prob(self, samples):
        return np.zeros(3)

class NeedsMore(Good):
    def __init__(self):
        import a_package_that_is_not_there

class Refuses(Good):
    def refuses(self, train):
        return f"Learns pictures; a sample has {train.shape[1]} values." if len(train) else None

    def fit(self, train, *, rng):
        raise AssertionError("not reached")

class ChangesItsData(Good):
    def fit(self, train, *, rng):
        train[:] = 0
        return super().fit(train, rng=rng)

class Prints(Good):
    def fit(self, train, *, rng):
        for _ in range(1000):
            print("x" * 10000)
        return super().fit(train, rng=rng)
"""

EXPECTED = {
    "Good": ("ok", None, None),
    "RaisesInFit": ("error", "fit", "ValueError: cannot learn this"),
    "RaisesInSample": ("error", "sample", "ValueError: cannot draw this"),
    "Hangs": ("timeout", "fit", "Not done after 20 seconds."),
    "KillsItself": ("crash", "fit", "SIGKILL"),
    "Exits": ("crash", "sample", "exit status 0"),
    "Nan": ("invalid", "validate", "hold NaN or infinity"),
    "TooFew": ("invalid", "validate", "drew 999 samples; expected 1000"),
    "WrongShape": ("invalid", "validate", r"samples of shape \(3,\); expected \(2,\)"),
    "Strings": ("invalid", "validate", "must hold real numbers"),
    "BadLogProb": ("invalid", "log_prob", r"shape \(3,\); expected \(1000,\)"),
    "NeedsMore": ("missing", "import", "a_package_that_is_not_there"),
    "Refuses": ("skipped", None, "Learns pictures; a sample has 2 values."),
    "ChangesItsData": ("ok", None, None),
    "Prints": ("ok", None, None),
}


@pytest.fixture
def zoo(tmp_path):
    path = tmp_path / "zoo.py"
    path.write_text(ZOO)
    return path


@pytest.mark.parametrize("animal", EXPECTED)
def test_every_way_to_fail_has_its_status_phase_and_reason(zoo, tmp_path, animal):
    status, phase, reason = EXPECTED[animal]
    deadline = 20 if animal == "Hangs" else 120
    cell = Cell("ring", f"{zoo}:{animal}", 0)

    outcome = fit_and_sample(cell, tmp_path / "cell", deadline=deadline, stop=Event())

    assert (outcome.status, outcome.phase) == (status, phase)
    if reason is None:
        assert outcome.reason is None
        assert np.load(tmp_path / "cell" / "samples.npy").shape == (1000, 2)
    else:
        assert re.search(reason, outcome.reason)


def test_what_a_hanging_model_started_is_ended_too(zoo, tmp_path, monkeypatch):
    pid_file = tmp_path / "pid"
    monkeypatch.setenv("ZOO_PID", str(pid_file))
    cell = Cell("ring", f"{zoo}:ForksAndHangs", 0)

    outcome = fit_and_sample(cell, tmp_path / "cell", deadline=20, stop=Event())

    assert outcome.status == "timeout"
    wait_until(lambda: not is_alive(int(pid_file.read_text())))


def test_models_are_found_from_any_folder_and_ours_is_never_shadowed(tmp_path, monkeypatch):
    for name in ("genbench", "mine"):
        (tmp_path / name).mkdir()
    (tmp_path / "genbench" / "__init__.py").write_text("raise RuntimeError('not the package')")
    (tmp_path / "mine" / "__init__.py").write_text("from mine.zoo import Good")
    (tmp_path / "mine" / "zoo.py").write_text(ZOO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # where this process would find it; a worker by itself
    monkeypatch.delenv("PYTHONPATH", raising=False)

    for model in ("copycat", "mine:Good"):
        outcome = fit_and_sample(
            Cell("ring", model, 0), tmp_path / "cell", deadline=120, stop=Event()
        )
        assert outcome.status == "ok", outcome.reason


def test_a_stop_ends_the_cell_at_once(zoo, tmp_path):
    stop = Event()
    stop.set()
    start = time.monotonic()

    fit_and_sample(Cell("ring", f"{zoo}:Hangs", 0), tmp_path / "cell", deadline=600, stop=stop)

    assert time.monotonic() - start < 60


@pytest.fixture
def board(zoo):
    models = ("copycat", f"{zoo}:RaisesInFit", f"{zoo}:Good")
    return Board(summary="", datasets=("ring",), models=models, deadline=120)


def numbers(found):
    """All that must not depend on when and how often cells ran."""
    return {
        (record.dataset, record.model, record.seed): (
            record.key,
            record.status,
            record.reason,
            record.preview,
            {name: score.value for name, score in record.scores.items()},
        )
        for record in found
    }


def test_a_failure_is_a_row_and_the_others_go_on(board, tmp_path):
    ended = []

    found = run(board, tmp_path / "board", jobs=2, on_end=ended.append)

    by_name = {record.model.rpartition(":")[2]: record for record in found}
    assert {name: record.status for name, record in by_name.items()} == {
        REAL: "ok",
        "copycat": "ok",
        "RaisesInFit": "error",
        "Good": "ok",
    }
    assert by_name["RaisesInFit"].reason == "ValueError: cannot learn this"
    assert by_name["copycat"].value("authenticity") == 0
    assert len(by_name[REAL].preview) == 200
    assert len(ended) == 4

    # The same call again does nothing; another seed, only what is new; one job, the same numbers.
    again = run(board, tmp_path / "board", on_end=lambda record: pytest.fail(record.model))
    alone = run(board, tmp_path / "other", jobs=1)
    assert again == found
    assert numbers(alone) == numbers(found)


def test_selection_follows_what_the_numbers_depend_on(zoo, board, tmp_path):
    cells = cells_of(board)
    known = [
        records.Record(
            key=cell.key(),
            dataset=cell.dataset,
            model=cell.model,
            family="",
            seed=cell.seed,
            status="error" if "Raises" in cell.model else "ok",
            scores=dict.fromkeys(["frechet_distance"]),
        )
        for cell in cells
    ]
    failing = [cell for cell in cells if "Raises" in cell.model]

    assert select(cells, known, "missing") == []
    assert select(cells, known, "failed") == failing
    assert select(cells, [replace(record, status="skipped") for record in known], "failed") == []
    assert select(cells, known, "all") == cells
    assert select(cells, known[1:], "missing") == cells[:1]
    good = [cell for cell in cells if cell not in failing]
    assert select(cells, known, "missing", metrics=("frechet_distance",)) == []
    assert select(cells, known, "missing", metrics=("a_new_one",)) == good

    zoo.write_text(ZOO + "\n# edited\n")

    assert select(cells, known, "missing") == [cell for cell in cells if "zoo" in cell.model]


def test_an_unknown_model_stops_the_run_before_it_starts(tmp_path):
    board = Board(summary="", datasets=("ring",), models=("copycat", "copicat"))

    with pytest.raises(BadInput, match="Did you mean 'copycat'"):
        run(board, tmp_path / "board")

    assert not (tmp_path / "board").exists()


RUN = """
import sys
from pathlib import Path
from genbench.boards import Board
from genbench.runner import run

if __name__ == "__main__":
    board = Board(summary="", datasets=("ring",), models=("copycat", "noise", "gaussian"))
    run(board, Path(sys.argv[1]), jobs=1)
"""


def test_a_killed_run_resumes_to_the_same_tables(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(RUN)
    folder, whole = tmp_path / "killed" / "board", tmp_path / "whole" / "board"
    path = folder / "records.jsonl"
    command = [sys.executable, str(script), str(folder)]
    with subprocess.Popen(command) as process:
        wait_until(lambda: path.exists() and path.read_bytes().count(b"\n") >= 2)
        process.send_signal(signal.SIGKILL)
    landed = path.read_bytes()

    subprocess.run(command, check=True)
    subprocess.run([*command[:2], str(whole)], check=True)

    assert path.read_bytes().startswith(landed[: landed.rindex(b"\n") + 1])
    found = records.read(path)
    assert len(found) == 4
    assert numbers(found) == numbers(records.read(whole / "records.jsonl"))
    report(folder)
    report(whole)
    for name in ("README.md", "table.csv", "results.csv"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())


def wait_until(condition, seconds=120):
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, "it never happened"
        time.sleep(0.05)


def test_boards_name_measures_of_the_catalog():
    for board in BOARDS.values():
        assert set(board.metrics) <= set(METRICS)
        assert len(set(board.metrics)) == len(board.metrics)


def test_the_quick_board_has_members_of_every_family():
    models = baselines()

    families = {models[name].family for name in BOARDS["quick"].models}

    assert families == {spec.family for spec in models.values()}

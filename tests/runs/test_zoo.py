"""A zoo of models, well-behaved and not: each gets its status, whatever engine runs the board."""

import os
import re
import sys
from functools import cache
from pathlib import Path
from unittest.mock import ANY

import pytest

from genbench.runs.boards import Board
from genbench.runs.endings import MOST_OUTPUT
from genbench.runs.engines import Engine
from genbench.runs.limits import Limits
from genbench.runs.records import REAL
from genbench.runs.run import run

ZOO = '''
import os, pathlib, random, shutil, signal, subprocess, sys, threading, time
import numpy as np

class Good:
    def fit(self, train, *, rng):
        self.mean = train.mean(axis=0)
        return self
    def sample(self, n, *, rng):
        return rng.normal(self.mean, 1, size=(n, len(self.mean)))

class RaisesInInit(Good):
    def __init__(self):
        raise ValueError("cannot be made")

class RaisesInFit(Good):
    def fit(self, train, *, rng):
        raise ValueError("cannot learn this")

class RaisesInSample(Good):
    def sample(self, n, *, rng):
        raise ValueError("cannot draw this")

class RaisesInLogProb(Good):
    def log_prob(self, samples):
        raise ValueError("cannot tell")

class Hangs(Good):
    def fit(self, train, *, rng):
        time.sleep(600)

class ForksAndHangs(Good):
    def fit(self, train, *, rng):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        pathlib.Path(__file__).with_name("child.pid").write_text(str(child.pid))
        time.sleep(600)

class IgnoresSignals(Good):
    def fit(self, train, *, rng):
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, lambda *_: None)
        while True:
            time.sleep(1)

class LeavesDaemon(Good):
    """In a session of its own, whose parent has ended."""
    def fit(self, train, *, rng):
        if os.fork() == 0:
            os.setsid()
            if (daemon := os.fork()) == 0:
                time.sleep(600)
            pathlib.Path(__file__).with_name("daemon.pid").write_text(str(daemon))
            os._exit(0)
        os.wait()
        return super().fit(train, rng=rng)

class EndsItsGroup(Good):
    def fit(self, train, *, rng):
        os.killpg(0, signal.SIGTERM)
        time.sleep(600)

class EndsItsParent(Good):
    def fit(self, train, *, rng):
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(600)

class StopsItsParent(Good):
    def fit(self, train, *, rng):
        os.kill(os.getppid(), signal.SIGSTOP)
        time.sleep(600)

class KillsItself(Good):
    def fit(self, train, *, rng):
        os.kill(os.getpid(), signal.SIGKILL)

class Exits(Good):
    def sample(self, n, *, rng):
        os._exit(0)

class Leaves(Good):
    def sample(self, n, *, rng):
        sys.exit(3)

class Hoards(Good):
    def fit(self, train, *, rng):
        self.hoard = np.ones(10**10)
        return self

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

class OneFarAway(Good):
    def sample(self, n, *, rng):
        samples = super().sample(n, rng=rng)
        samples[0] = 1e155
        return samples

class HugeLogProb(Good):
    def log_prob(self, samples):
        return np.full(len(samples), 1e308)

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
        super().fit(train.copy(), rng=rng)
        train[:] = 0
        return self

class Prints(Good):
    def fit(self, train, *, rng):
        for _ in range(1000):
            print("x" * 100_000)
        return super().fit(train, rng=rng)

class ChangesFolder(Good):
    def fit(self, train, *, rng):
        os.chdir("/")
        return super().fit(train, rng=rng)

class LeavesThreads(Good):
    def fit(self, train, *, rng):
        threading.Thread(target=time.sleep, args=(600,)).start()
        return super().fit(train, rng=rng)

class IgnoresItsSeed(Good):
    def sample(self, n, *, rng):
        return np.array([[random.random(), random.random()] for _ in range(n)])

class Lies(Good):
    """Says that all is well in place of the one that runs it, and leaves other samples."""
    def fit(self, train, *, rng):
        folder = pathlib.Path(sys.argv[1])
        np.save(folder / "samples.npy", np.zeros((7, 2)))
        (folder / "outcome.json").write_text('{"status": "ok"}')
        os._exit(0)

class Rambles(Good):
    def fit(self, train, *, rng):
        folder = pathlib.Path(sys.argv[1])
        (folder / "phase.txt").write_text("no phase of ours" * 1000)
        (folder / "outcome.json").write_text('{"status": "splendid", "reason": 7}')
        os._exit(0)

class Peeks(Good):
    """Looks for what it is to be judged by."""
    def look(self):
        found = sorted(path.name for path in pathlib.Path(sys.argv[1]).iterdir())
        if "points.npy" in found:
            raise ValueError("found it")
    def fit(self, train, *, rng):
        self.look()
        return super().fit(train, rng=rng)
    def sample(self, n, *, rng):
        time.sleep(0.3)
        self.look()
        return super().sample(n, rng=rng)
    def log_prob(self, samples):
        return np.zeros(len(samples))

# What is left where others look for something else.

def folder():
    return pathlib.Path(sys.argv[1])

class SaysWhatIsNotText(Good):
    """An honest accident: the name of a file that is not UTF-8."""
    def fit(self, train, *, rng):
        raise ValueError("cannot read " + os.fsdecode(b"/data/caf\\xe9.npy"))

class HasNoText(Good):
    def fit(self, train, *, rng):
        class Mute(Exception):
            def __str__(self):
                raise RuntimeError
        raise Mute

class ColoursItsText(Good):
    def fit(self, train, *, rng):
        raise ValueError("\\x1b[2J\\x1b]0;title\\x07 [/nothing] \\u202e")

class DeletesOutput(Good):
    def sample(self, n, *, rng):
        (folder().parent / "output.txt").unlink()
        return super().sample(n, rng=rng)

class DeletesFolder(Good):
    def sample(self, n, *, rng):
        shutil.rmtree(folder())
        return super().sample(n, rng=rng)

class DeletesAll(Good):
    """And puts a file where the cell's folder was."""
    def sample(self, n, *, rng):
        shutil.rmtree(folder().parent)
        folder().parent.touch()
        os._exit(0)

class Claims(Good):
    """Says what cannot be in a record."""
    said = '{"status": "ok"}'
    def fit(self, train, *, rng):
        np.save(folder() / "samples.npy", train[rng.integers(len(train), size=1000)])
        (folder() / "outcome.json").write_text(self.said)
        os._exit(0)

class ClaimsNan(Claims):
    said = '{"status": "ok", "fit_seconds": NaN}'
class ClaimsInfinity(Claims):
    said = '{"status": "ok", "sample_seconds": 1e999}'
class ClaimsNegative(Claims):
    said = '{"status": "ok", "peak_memory": -1}'
class ClaimsHuge(Claims):
    said = '{"status": "ok", "fit_seconds": 1' + "0" * 400 + "}"
class ClaimsTruth(Claims):
    said = '{"status": "ok", "fit_seconds": true}'
class ClaimsDeep(Claims):
    said = "[" * 90_000
class ClaimsList(Claims):
    said = '{"status": ["ok"]}'
class ClaimsSurrogate(Claims):
    said = '{"status": "error", "reason": "\\\\ud800 \\\\u001b[2J"}'
class ClaimsLoss(Claims):
    said = '{"status": "lost", "reason": "."}'

class LeavesFolders(Good):
    def fit(self, train, *, rng):
        for name in ("outcome.json", "record.json"):
            (folder() / name).mkdir()
            (folder().parent / name).mkdir()
        os._exit(0)

class LeavesPipe(Good):
    def fit(self, train, *, rng):
        os.mkfifo(folder() / "outcome.json")
        os._exit(0)

class LeavesPipeOfSamples(Claims):
    def fit(self, train, *, rng):
        os.mkfifo(folder() / "samples.npy")
        (folder() / "outcome.json").write_text(self.said)
        os._exit(0)

class LeavesDevice(Claims):
    def fit(self, train, *, rng):
        (folder() / "samples.npy").symlink_to("/dev/zero")
        (folder() / "outcome.json").write_text(self.said)
        os._exit(0)

class LeavesLinks(Good):
    """Where the parent would write, and where it would cut what is printed."""
    def fit(self, train, *, rng):
        precious = pathlib.Path(__file__).with_name("precious")
        for name in ("points.tmp.npy", ".points.npy"):
            (folder() / name).symlink_to(precious)
        output = folder().parent / "output.txt"
        output.unlink()
        output.symlink_to(precious)
        time.sleep(0.3)
        return super().fit(train, rng=rng)
    def log_prob(self, samples):
        return np.zeros(len(samples))

class LeavesPipeOfPhases(Good):
    def fit(self, train, *, rng):
        (folder() / "phase.txt").unlink()
        os.mkfifo(folder() / "phase.txt")
        time.sleep(600)

class RenewsItsTime(Good):
    """Goes back to a phase, again and again, for a new deadline."""
    def fit(self, train, *, rng):
        while True:
            for phase in ("import", "fit"):
                (folder() / "phase.txt").write_text(phase)
                time.sleep(0.2)

class AsksForPoints(Good):
    """Says that it has drawn, to be handed what it is judged by."""
    def fit(self, train, *, rng):
        (folder() / "phase.txt").write_text("log_prob")
        time.sleep(1)
        raise ValueError(f"found {(folder() / 'points.npy').exists()}")
'''

# Status, phase, and what the reason says.
EXPECTED = {
    "Good": ("ok", None, None),
    "RaisesInInit": ("error", "import", "ValueError: cannot be made"),
    "RaisesInFit": ("error", "fit", "ValueError: cannot learn this"),
    "RaisesInSample": ("error", "sample", "ValueError: cannot draw this"),
    "RaisesInLogProb": ("error", "log_prob", "ValueError: cannot tell"),
    "Hangs": ("timeout", "fit", "Not done after 15 seconds."),
    "ForksAndHangs": ("timeout", "fit", "Not done after 15 seconds."),
    "IgnoresSignals": ("timeout", "fit", "Not done after 15 seconds."),
    "LeavesDaemon": ("ok", None, None),
    "EndsItsGroup": ("crash", "fit", "SIGTERM"),
    "EndsItsParent": ("crash", "fit", "SIGKILL"),
    "StopsItsParent": ("timeout", "fit", "Not done after 15 seconds."),
    "KillsItself": ("crash", "fit", "SIGKILL"),
    "Exits": ("crash", "sample", "exit status 0"),
    "Leaves": ("crash", "sample", "exit status 3"),
    "Hoards": ("oom", "fit", "Unable to allocate"),
    "Nan": ("invalid", "validate", "hold NaN or infinity"),
    "TooFew": ("invalid", "validate", "drew 999 samples; expected 1000"),
    "WrongShape": ("invalid", "validate", r"samples of shape \(3,\); expected \(2,\)"),
    "Strings": ("invalid", "validate", "must hold real numbers"),
    "BadLogProb": ("invalid", "log_prob", r"shape \(3,\); expected \(1000,\)"),
    "OneFarAway": ("invalid", "validate", r"generated holds numbers beyond 1e\+40"),
    "HugeLogProb": ("invalid", "validate", r"log_prob holds numbers beyond 1e\+40"),
    "NeedsMore": ("missing", "import", "a_package_that_is_not_there"),
    "Refuses": ("skipped", None, "Learns pictures; a sample has 2 values."),
    "ChangesItsData": ("ok", None, None),
    "Prints": ("ok", None, None),
    "ChangesFolder": ("ok", None, None),
    "LeavesThreads": ("ok", None, None),
    "IgnoresItsSeed": ("ok", None, None),
    "Lies": ("invalid", "validate", r"samples.npy is \d+ bytes; expected some 16000"),
    "Rambles": ("crash", None, "exit status 0"),
    "Peeks": ("ok", None, None),
    "SaysWhatIsNotText": ("error", "fit", r"cannot read /data/caf\\udce9\.npy"),
    "HasNoText": ("error", "fit", "its text cannot be had"),
    "ColoursItsText": ("error", "fit", r"\\x1b\[2J\\x1b\]0;title\\x07 \[/nothing\] \\u202e"),
    "DeletesOutput": ("ok", None, None),
    "DeletesFolder": ("crash", None, "ended"),
    "DeletesAll": ("error", "validate", "cannot be kept"),
    "ClaimsNan": ("crash", "fit", "exit status 0"),
    "ClaimsInfinity": ("crash", "fit", "exit status 0"),
    "ClaimsNegative": ("crash", "fit", "exit status 0"),
    "ClaimsHuge": ("crash", "fit", "exit status 0"),
    "ClaimsTruth": ("crash", "fit", "exit status 0"),
    "ClaimsDeep": ("crash", "fit", "exit status 0"),
    "ClaimsList": ("crash", "fit", "exit status 0"),
    "ClaimsSurrogate": ("error", None, r"\\ud800 \\x1b\[2J"),
    "ClaimsLoss": ("crash", "fit", "exit status 0"),
    "LeavesFolders": ("crash", "fit", "exit status 0"),
    "LeavesPipe": ("crash", "fit", "exit status 0"),
    "LeavesPipeOfSamples": ("invalid", "validate", "samples.npy is no file"),
    "LeavesDevice": ("invalid", "validate", "samples.npy is no file"),
    "LeavesLinks": ("ok", None, None),
    "LeavesPipeOfPhases": ("timeout", None, "Not done after 15 seconds."),
    "RenewsItsTime": ("timeout", ANY, "Not done after 15 seconds."),
    "AsksForPoints": ("error", "log_prob", "found False"),
}
PATIENCE = 15.0  # seconds for a phase: enough for what does end, on a busy machine too
MEMORY = 6 * 10**9  # bytes


ENGINES = ("local", "loky", "dask", "submitit-local")
NEEDED = {"dask": "distributed", "submitit-local": "submitit"}


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    path = tmp_path_factory.mktemp("zoo") / "zoo.py"
    path.write_text(ZOO)
    path.with_name("precious").write_text("precious")
    return path


@pytest.fixture(scope="module")
def found(zoo, tmp_path_factory):
    """The records of a board of the whole zoo, by an engine; each runs once."""

    @cache
    def by(engine):
        if engine in NEEDED:
            pytest.importorskip(NEEDED[engine])
        folder = tmp_path_factory.mktemp("board")
        models = tuple(f"{zoo}:{animal}" for animal in EXPECTED)
        board = Board(
            summary="", datasets=("ring",), models=models, metrics=("frechet_distance", "recall")
        )
        limits = Limits(seconds=PATIENCE, memory=MEMORY)
        records = run(board, folder, engine=Engine(name=engine, jobs=4), limits=limits)
        return folder, {record.model.rpartition(":")[2]: record for record in records}

    return by


@pytest.mark.parametrize(
    "engine", [pytest.param(name, marks=[pytest.mark.long] * (name != "local")) for name in ENGINES]
)
def test_every_way_to_fail_has_its_status_phase_and_reason(found, engine):
    _, records = found(engine)

    assert records.keys() == {REAL, *EXPECTED}
    assert {name: (records[name].status, records[name].phase) for name in EXPECTED} == {
        name: (status, phase) for name, (status, phase, _) in EXPECTED.items()
    }
    for name, (_, _, reason) in EXPECTED.items():
        if reason is None:
            assert records[name].reason is None
            assert records[name].scores.keys() == {"frechet_distance", "recall"}
        else:
            assert re.search(reason, records[name].reason), (name, records[name].reason)
    assert values(records) == values(found("local")[1])


def test_what_a_model_leaves_behind_is_ended_or_cut_and_what_it_took_is_told(found, zoo):
    folder, records = found("local")

    # What a model started has ended with it.
    assert not is_alive(int(zoo.with_name("child.pid").read_text()))
    if sys.platform == "linux":
        assert not is_alive(int(zoo.with_name("daemon.pid").read_text()))

    # A flood of output does not fill the disk.
    output = folder / "work" / "cells" / records["Prints"].key / "output.txt"
    assert output.stat().st_size <= MOST_OUTPUT

    # Nothing was written through a link.
    assert zoo.with_name("precious").read_text() == "precious"

    # A record tells what the cell took, however it ended, and what made it.
    assert 10 * 2**20 < records["Good"].peak_memory < 2**30
    assert records["Hangs"].peak_memory > 10 * 2**20
    assert records["Good"].environment in (folder / "environments.json").read_text()
    assert records["Good"].source == records["Hoards"].source != ""


def values(records):
    return {
        name: {metric: score.value for metric, score in record.scores.items()}
        for name, record in records.items()
        if name != "IgnoresItsSeed"
    }


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())

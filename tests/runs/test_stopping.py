"""However a run is stopped, it leaves soon, says so in one line, and leaves nobody behind."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import genbench.__main__

MODEL = """
import os, pathlib, re, subprocess, sys, time

def began():
    path = pathlib.Path(__file__).with_name("pid")
    path.with_name("pid.new").write_text(str(os.getpid()))
    path.with_name("pid.new").rename(path)

class Sleeps:
    def fit(self, train, *, rng):
        began()
        time.sleep(600)
    def sample(self, n, *, rng):
        return None

class Deaf(Sleeps):
    def fit(self, train, *, rng):
        import signal
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        super().fit(train, rng=rng)

class HoldsTheInterpreter(Sleeps):
    def fit(self, train, *, rng):
        began()
        re.match(r"(a+)+$", "a" * 60 + "b")
"""


KILLS = 20
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
ENGINES = {"local": None, "loky": None, "dask": "distributed", "submitit-local": "submitit"}
LONGEST_SECONDS = 12.0  # until it is stopped: by then, most of the first cells are done
ZOO = """
import os, subprocess, time
import numpy as np

class Good:
    def fit(self, train, *, rng):
        self.mean = train.mean(axis=0)
        return self
    def sample(self, n, *, rng):
        return rng.normal(self.mean, 1, size=(n, 2))

class Slow(Good):
    def fit(self, train, *, rng):
        time.sleep(2)
        return super().fit(train, rng=rng)

class Litters(Good):
    def fit(self, train, *, rng):
        for new in (False, True):
            subprocess.Popen(["sleep", "600"], start_new_session=new)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(600)
            os._exit(0)
        time.sleep(1)
        return super().fit(train, rng=rng)

class Fails(Good):
    def fit(self, train, *, rng):
        raise ValueError("cannot learn this")
"""
ROWS = {"(real samples)": "ok", "Good": "ok", "Slow": "ok", "Litters": "ok", "Fails": "error"}


@pytest.fixture(autouse=True)
def heard():
    """Who is started hears Ctrl-C, though those who test may run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def start(tmp_path):
    """Start `genbench run` on a model and wait until it fits; what is left is ended."""
    (tmp_path / "model.py").write_text(MODEL)
    started = []

    def begin(name):
        command = [sys.executable, "-P", "-m", "genbench", "run"]
        target = f"{tmp_path / 'model.py'}:{name}"
        board = tmp_path / "board.toml"
        board.write_text(
            f'seeds = 1\nmodels = ["{target}"]\nmetrics = ["recall"]\n[[data]]\nname = "ring"\n'
        )
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                [*command, board, "--folder", tmp_path / "b"],
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        started.append(process.pid)
        assert wait_for((tmp_path / "pid").exists, 120)
        worker = int((tmp_path / "pid").read_text())
        started.append(worker)
        return process, [*children(process.pid), worker]

    yield begin
    for pid in started:
        if is_alive(pid):
            os.killpg(pid, signal.SIGKILL)


@pytest.mark.parametrize(("name", "number"), [("Sleeps", signal.SIGINT), ("Deaf", signal.SIGTERM)])
def test_a_run_that_is_told_to_stop_leaves_at_once_and_says_so_in_one_line(
    start, tmp_path, name, number
):
    process, others = start(name)

    os.killpg(process.pid, number)  # as a terminal does
    told = time.monotonic()
    status = process.wait(30)

    assert time.monotonic() - told < 2.5
    assert status == 128 + number
    assert wait_for(lambda: not any(map(is_alive, others)), 10)
    said = (tmp_path / "said").read_text()
    assert said.splitlines()[-1].startswith("Stopped.")
    assert "Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_is_stopped_while_it_starts_says_just_that(tmp_path, number):
    # What the command line imports first takes for ever.
    (tmp_path / "click.py").write_text(
        "import pathlib, time\n"
        "pathlib.Path(__file__).with_name('starts').touch()\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "genbench", "list"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert wait_for((tmp_path / "starts").exists, 60)

        process.send_signal(number)

        assert wait_for(lambda: process.poll() is not None, 2)
        process.kill()
        assert process.returncode == 128 + number
        assert process.stdout.read() == "Stopped. What was done is kept.\n"


# What the command may be at when it is told to stop, and how that may take it.
UNDER_WAY = {
    "sleeping": "tell()",
    "what makes an error of it": """
        try: tell()
        except BaseException: raise ImportError("initialization failed")""",
    "what goes on": """
        try: tell()
        except BaseException: time.sleep(600)""",
    "what cannot pass it on": """
        class Tells:
            def __del__(self): tell()
        Tells()
        time.sleep(600)""",
    "importing what is silenced": """
        sys.modules["logging"] = types.ModuleType("logging")
        try: tell()
        except BaseException: time.sleep(600)""",
    "beside a process that only begins": """
        class Slow:
            def __reduce__(self): return time.sleep, (0.03,)
        spawn = multiprocessing.get_context("spawn")
        one_by_one = [each for _ in range(200) for each in (Slow(), spawn.Lock())]
        spawn.Process(target=print, args=one_by_one).start()
        try: tell()
        except BaseException: time.sleep(600)""",
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("what", UNDER_WAY)
def test_whatever_a_command_is_at_it_stops(what, number):
    code = f"""
import multiprocessing, os, sys, time, types
from genbench.cli.leaving import Stopped, leave_at_once_by_signals, say_stopped, stopping_by_signals

class Kept:  # what the interpreter waits for when it takes itself apart
    def __del__(self, sleep=time.sleep):
        sleep(600)

def tell():
    os.kill(os.getpid(), {int(number)})
    time.sleep(600)

sys.kept = Kept()
leave_at_once_by_signals()
try:
    with stopping_by_signals():
        {UNDER_WAY[what]}
except Stopped as stopped:
    say_stopped()
    sys.exit(stopped.status)
"""
    with subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        ended = wait_for(lambda: process.poll() is not None, 20)
        process.kill()

        assert ended
        assert process.returncode == 128 + number
        assert process.stdout.read() == "Stopped. What was done is kept.\n"


def test_the_command_is_the_module():
    (script,) = entry_points(group="console_scripts", name="genbench")

    assert script.load() is genbench.__main__.main


def test_nobody_outlives_a_run_that_is_killed(start):
    process, others = start("HoldsTheInterpreter")
    assert len(others) > 1  # those that score, too

    process.kill()
    process.wait(30)

    assert wait_for(lambda: not any(map(is_alive, others)), 20)


def test_who_starts_after_its_parent_has_ended_ends_too():
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    code = f"""
import time
from genbench.ground.processes import die_with_parent
die_with_parent({ended.pid})
time.sleep(60)
"""
    done = subprocess.run([sys.executable, "-c", code], timeout=50, check=False)

    assert done.returncode == 1


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize("engine", ENGINES)
def test_whenever_a_run_is_ended_nobody_is_left_and_nothing_lost(engine, tmp_path):
    if ENGINES[engine] is not None:
        pytest.importorskip(ENGINES[engine])
    (tmp_path / "zoo.py").write_text(ZOO)
    chance = random.Random(engine)
    mark = f"GENBENCH_TEST={uuid.uuid4().hex}"
    seen = {}
    for kill in range(KILLS):
        number = SIGNALS[kill % len(SIGNALS)]
        process = begin(engine, tmp_path, mark, n_seeds=1 + kill // 4)  # there is more to do
        wait_for(lambda process=process: listens(process.pid), 30)
        time.sleep(chance.choice((0.5, LONGEST_SECONDS)) * chance.random())
        send = os.killpg if number == signal.SIGINT else os.kill  # as a terminal does
        send(process.pid, number)
        told = time.monotonic()
        status = process.wait(30)
        took = time.monotonic() - told

        case = (kill, number.name, status, round(took, 2), said(tmp_path)[-600:])
        if status not in (0, 1):  # it was done before
            assert status == (-number if number == signal.SIGKILL else 128 + number), case
            assert took < 2.5, case
            if number != signal.SIGKILL:
                assert said(tmp_path).splitlines()[-1] == "Stopped. What was done is kept.", case
                assert "Traceback" not in said(tmp_path), case
        assert wait_for(lambda: not marked(mark), 10), (case, marked(mark))
        now = landed(tmp_path)
        assert seen.items() <= now.items(), case
        seen = now

    process = begin(engine, tmp_path, mark, n_seeds=KILLS // 4)
    assert process.wait(600) == 1, said(tmp_path)  # one model fails
    records = map(json.loads, (tmp_path / "b/quick/records.jsonl").read_text().splitlines())
    rows = {(row["model"].rpartition(":")[2], row["seed"]): row["status"] for row in records}
    rows = {place: status for place, status in rows.items() if place[0] in ROWS}
    assert rows == {(name, seed): ROWS[name] for name in ROWS for seed in range(KILLS // 4)}
    assert seen.items() <= landed(tmp_path).items()
    assert wait_for(lambda: not marked(mark), 10), marked(mark)


def begin(engine, folder, mark, *, n_seeds):
    models = ",".join(f"{folder / 'zoo.py'}:{name}" for name in ROWS if name.isalpha())
    words = ["run", "quick", "--models", models, "--datasets", "ring", "--folder", folder / "b"]
    words += ["--seeds", ",".join(map(str, range(n_seeds))), "--engine", engine, "--jobs", "2"]
    with (folder / "said").open("w") as said:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "genbench", *words],
            stdout=said,
            stderr=said,
            start_new_session=True,
            env=os.environ | dict([mark.split("=")]),
        )


def said(folder):
    return (folder / "said").read_text()


def landed(folder):
    """What lies in the folder of each cell that is done."""
    cells = (folder / "b" / "quick" / "work" / "cells").glob("*/record.json")
    return {path.parent.name: path.read_text() for path in cells}


def listens(pid):
    """Whether a process has come so far as to hear that it is told to stop."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (caught,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigCgt"))
    return bool(caught >> (signal.SIGTERM - 1) & 1)


def marked(mark):
    """The commands of processes that a marked one has started, by their numbers."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (path / "environ").read_bytes():
                found[int(path.name)] = (path / "cmdline").read_bytes().replace(b"\0", b" ")[:200]
        except OSError:  # it has just ended
            continue
    return found


def children(pid):
    tasks = Path(f"/proc/{pid}/task")
    if not tasks.exists():
        return []
    found = []
    for task in tasks.iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    try:
        return not (status.exists() and "State:\tZ" in status.read_text())
    except OSError:
        return False


def wait_for(condition, seconds):
    last = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > last:
            return False
        time.sleep(0.05)
    return True

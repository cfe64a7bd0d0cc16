"""However a run is stopped, it leaves soon, says so in one line, and leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
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


@pytest.fixture
def start(tmp_path):
    """Start `genbench run` on a model and wait until it fits; what is left is ended."""
    (tmp_path / "model.py").write_text(MODEL)
    started = []

    def begin(name):
        command = [sys.executable, "-P", "-m", "genbench", "run"]
        target = f"{tmp_path / 'model.py'}:{name}"
        words = ["quick", "--models", target, "--datasets", "ring", "--folder", tmp_path / "b"]
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                [*command, *words], stdout=said, stderr=said, start_new_session=True
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
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "genbench", "list"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert wait_for((tmp_path / "starts").exists, 60)

    process.send_signal(number)
    said, _ = process.communicate(timeout=2)

    assert process.returncode == 128 + number
    assert said == "Stopped. What was done is kept.\n"


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

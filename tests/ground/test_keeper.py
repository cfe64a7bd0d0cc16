"""What a process has started ends with it, and with who waits for it, wherever it hides."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from genbench.ground.processes import Launcher, run_alone
from genbench.ground.templates import Templates

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has subreapers")

# A child, one in a session of its own, and one whose parent has ended as well.
HIDES = """
import os, signal, subprocess, sys, time
from pathlib import Path

signal.signal(signal.SIGTERM, signal.SIG_IGN)
folder = Path(sys.argv[1])
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
started = [
    subprocess.Popen([sys.executable, "-S", "-c", deaf], start_new_session=new).pid
    for new in (False, True)
]
if os.fork() == 0:
    os.setsid()
    if (last := os.fork()) == 0:
        time.sleep(600)
    (folder / "daemon").write_text(str(last))
    os._exit(0)
os.wait()
started.append(int((folder / "daemon").read_text()))
(folder / "new").write_text(" ".join(map(str, started)))
(folder / "new").rename(folder / "pids")
"""
WAITS = "import time; time.sleep(600)\n"
CALLER = """
import signal, sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs in the background has none
from genbench.ground.processes import run_alone
from genbench.ground.templates import Templates
with Templates() as templates:
    if sys.argv[2] == "started":
        templates = None
    run_alone("hides", Path(sys.argv[1]), watch=lambda: None, templates=templates)
"""


@pytest.fixture
def hiding(tmp_path, monkeypatch):
    """A module that starts what hides, and then goes on as it is told."""

    def module(then=""):
        (tmp_path / "hides.py").write_text(HIDES + then)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    return module


@pytest.fixture(params=["started", "forked"])
def way(request):
    """How a process comes to be."""
    return request.param


@pytest.fixture
def run(way):
    """A function that runs a module in a process that comes to be that way."""
    with Templates() as templates:
        yield partial(run_alone, templates=templates if way == "forked" else None)


def hidden(folder):
    return list(map(int, (folder / "pids").read_text().split()))


def test_what_a_process_leaves_behind_ends_with_it(run, hiding, tmp_path):
    hiding("sys.exit(7)")

    ending = run("hides", tmp_path, watch=lambda: None)

    assert (ending.cause, ending.returncode) == (None, 7)
    assert len(hidden(tmp_path)) == 3
    assert not any(map(is_alive, hidden(tmp_path)))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_an_ending_is_that_of_the_process(run, hiding, tmp_path, number):
    hear = f"signal.signal({number:d}, signal.SIG_DFL)\n" if number != signal.SIGKILL else ""
    hiding(f"{hear}os.kill(os.getpid(), {number:d})")

    ending = run("hides", tmp_path, watch=lambda: None)

    assert (ending.cause, ending.returncode) == (None, -number)
    assert not any(map(is_alive, hidden(tmp_path)))


def test_what_hides_ends_with_a_process_that_is_ended(run, hiding, tmp_path):
    hiding(WAITS)

    ending = run("hides", tmp_path, watch=lambda: "late" if (tmp_path / "pids").exists() else None)

    assert ending.cause == "late"
    assert not any(map(is_alive, hidden(tmp_path)))


@pytest.mark.parametrize("stopped", [False, True])
def test_nobody_outlives_a_caller_that_is_killed(way, hiding, tmp_path, stopped):
    stop_keeper = "os.kill(os.getppid(), signal.SIGSTOP)\n" if stopped else ""
    hiding(stop_keeper + WAITS)
    with subprocess.Popen([sys.executable, "-c", CALLER, tmp_path, way]) as caller:
        assert wait_for((tmp_path / "pids").exists, 60)
        if stopped:  # not by the keeper's death
            caller.send_signal(signal.SIGINT)
        else:
            caller.kill()

    assert wait_for(lambda: not any(map(is_alive, hidden(tmp_path))), 10)


def test_a_command_that_is_not_there_is_an_error(tmp_path):
    launcher = Launcher(isolate=("no_such_command",))

    with pytest.raises(FileNotFoundError, match="no_such_command"):
        run_alone("hides", tmp_path, watch=lambda: None, launcher=launcher)


def is_alive(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_for(condition, seconds):
    last = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > last:
            return False
        time.sleep(0.05)
    return True

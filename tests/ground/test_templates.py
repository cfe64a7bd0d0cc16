"""What is forked of a template is as a process that has just started, and nobody else's."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

from genbench.ground import templates as module_of_templates
from genbench.ground.processes import run_alone
from genbench.ground.templates import TemplateDied, Templates

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has pidfds")

TELLS = """
import json, os, random, resource, signal, sys
from pathlib import Path

import numpy as np

STATUS = ("SigBlk", "SigIgn", "SigCgt", "Threads", "Umask")
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
state = {
    "status": {name: status[name].split() for name in STATUS},
    "limits": [resource.getrlimit(what) for what in range(16)],
    "files": [os.readlink(f"/proc/self/fd/{each}") for each in range(3)],
    "n_files": len(os.listdir("/proc/self/fd")),
    "leads": os.getpgid(0) == os.getppid() == os.getsid(0),
    "argv": sys.argv,
    "orig_argv": sys.orig_argv[1:],
    "path": sys.path,
    "flags": repr(sys.flags),
    "environ": dict(os.environ),
    "folder": os.getcwd(),
    "hash": hash("a"),
    "main": [sys.modules["__main__"].__file__, __spec__.name, __name__],
    "stdout": [sys.stdout.encoding, sys.stdout.errors, sys.stdout.line_buffering],
    "left": hasattr(np, "left"),
}
folder = Path(sys.argv[1])
told = {"state": state, "modules": sorted(sys.modules)}
told["unseeded"] = [np.random.random(), random.random()]
if (folder / "torch").exists():
    import torch
    told["unseeded"] += torch.rand(2).tolist()
    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
    told["seeded"] = [np.random.normal(size=3).tolist(), torch.randn(5).tolist(), random.random()]
    told["seeded"] += [(torch.randn(100, 50) @ torch.randn(50, 20)).sum().item()]
(folder / "told.json").write_text(json.dumps(told))
# What must not reach the next one.
os.environ["LEFT"] = np.left = "behind"
sys.path.append("left")
os.umask(0)
os.chdir("/")
"""


@pytest.fixture
def tells(tmp_path, monkeypatch):
    """A function that returns what a process tells of itself."""
    (tmp_path / "tells.py").write_text(TELLS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)

    def told(templates=None, imports=("numpy",), *, torch=False):
        folder = tmp_path / "folder"
        folder.mkdir(exist_ok=True)
        if torch:
            (folder / "torch").touch()
        ending = run_alone(
            "tells", folder, watch=lambda: None, templates=templates, imports=imports
        )
        assert (ending.cause, ending.returncode) == (None, 0), (folder / "output.txt").read_text()
        return json.loads((folder / "told.json").read_text())

    return told


def test_a_fork_is_as_a_process_that_has_just_started(tells):
    fresh = tells()
    with Templates() as templates:
        forks = [tells(templates) for _ in range(2)]

    for fork in forks:
        assert fork["state"] == fresh["state"]
        assert set(fresh["modules"]) <= set(fork["modules"])
        assert not {"torch", "scipy", "sklearn"} & set(fork["modules"])
        assert is_forked(fork)


def is_forked(fork):
    return "genbench.ground.templates" in fork["modules"]


def test_what_is_drawn_is_as_in_a_process_that_has_just_started(tells):
    fresh = tells(torch=True)
    with Templates() as templates:
        forks = [tells(templates, ("numpy.random", "torch"), torch=True) for _ in range(2)]

    assert all("torch" in fork["modules"] for fork in forks)
    assert all(fork["seeded"] == fresh["seeded"] for fork in forks)
    unseeded = [each for process in (fresh, *forks) for each in process["unseeded"]]
    assert len(set(unseeded)) == len(unseeded) == 3 * 4


def test_one_that_needs_fewer_libraries_has_no_others(tells):
    with Templates() as templates:
        assert "scipy.special" in tells(templates, ("numpy", "scipy.special"))["modules"]
        assert "scipy" not in tells(templates)["modules"]


def test_surroundings_are_those_at_the_time(tells, monkeypatch):
    with Templates() as templates:
        for value in ("one", "two"):
            monkeypatch.setenv("SAID", value)
            assert tells(templates)["state"]["environ"]["SAID"] == value


def test_what_cannot_be_imported_is_passed_over(tells):
    with Templates() as templates:
        fork = tells(templates, ("numpy.not_there", "numpy.random", "not_there.either"))

    assert "numpy.random" in fork["modules"]
    assert is_forked(fork)


def test_nothing_is_forked_beside_a_thread(tells, tmp_path):
    (tmp_path / "threads.py").write_text(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    )
    with Templates() as templates:
        with pytest.raises(TemplateDied):
            tells(templates, ("threads",))

        assert not is_forked(tells(templates, ("threads",)))


def test_where_nothing_can_be_forked_it_is_started(tells, monkeypatch):
    monkeypatch.setattr(module_of_templates, "CAN_FORK", False)
    with Templates() as templates:
        assert not is_forked(tells(templates))


def test_nobody_outlives_the_templates(tmp_path, monkeypatch):
    (tmp_path / "sleeps.py").write_text(
        "import os, subprocess, sys, time\n"
        "from pathlib import Path\n"
        "child = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "(Path(sys.argv[1]) / 'new').write_text(f'{os.getppid()} {os.getpid()} {child.pid}')\n"
        "(Path(sys.argv[1]) / 'new').rename(Path(sys.argv[1]) / 'pids')\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with Templates() as templates, (tmp_path / "output").open("w") as output:
        fork = templates.fork("sleeps", tmp_path, output.fileno(), os.environ, ())
        assert wait_for((tmp_path / "pids").exists, 60)
    pids = (tmp_path / "pids").read_text().split()

    assert len(pids) == 3
    assert wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids), 10)
    fork.end()


def wait_for(condition, seconds):
    last = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > last:
            return False
        time.sleep(0.05)
    return True

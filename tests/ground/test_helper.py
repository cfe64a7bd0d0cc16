"""Helpers: functions are called in a process of their own, which may die."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.helper import Helper, HelperDied


@pytest.fixture
def helper():
    helper = Helper()
    yield helper
    helper.end()


def test_a_function_is_called_there_with_what_it_is_given(helper):
    first, second = helper.call(os.getpid), helper.call(os.getpid)

    assert first == second != os.getpid()
    assert helper.call(json.dumps, [1, 2], indent=1) == "[\n 1,\n 2\n]"


def test_what_it_raises_is_raised_here_and_the_next_is_called(helper):
    with pytest.raises(ZeroDivisionError):
        helper.call(divmod, 1, 0)
    with pytest.raises(TypeError, match="cannot be sent"):
        helper.call(memoryview, b"a")

    assert isinstance(helper.call(unknown_name, "word", "a", "b"), BadInput)


def test_one_that_dies_is_told_from_one_that_fails(helper):
    with pytest.raises(HelperDied):
        helper.call(os._exit, 0)
    with pytest.raises(HelperDied):
        helper.call(os.getpid)


def test_nothing_is_left_of_one_that_is_ended(helper):
    pid = helper.call(os.getpid)

    helper.end()

    assert not Path(f"/proc/{pid}").exists()


def test_ctrl_c_is_for_who_is_helped():
    code = """
import signal
from genbench.ground.helper import Helper

helper = Helper()  # the first process that is started here
print(signal.SIGINT in helper.call(signal.pthread_sigmask, signal.SIG_BLOCK, []))
helper.end()
"""
    said = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )

    assert said.stdout == "True\n"


def test_each_has_the_surroundings_and_the_folder_of_who_starts_it(helper, tmp_path, monkeypatch):
    assert helper.call(os.getenv, "GENBENCH_TEST") is None
    monkeypatch.setenv("GENBENCH_TEST", "set since")
    monkeypatch.chdir(tmp_path)

    later = Helper()

    assert later.call(os.getenv, "GENBENCH_TEST") == "set since"
    assert later.call(os.getcwd) == str(tmp_path)
    assert helper.call(os.getenv, "GENBENCH_TEST") is None
    later.end()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each is started anew")
def test_what_takes_long_to_import_is_imported_once():
    code = """
import os
from genbench.ground.helper import Helper

helpers = [Helper(["wave"]) for _ in range(2)]
print(*{helper.call(os.getppid) for helper in helpers} - {os.getpid()})
print(*[helper.call(eval, "'wave' in __import__('sys').modules") for helper in helpers])
for helper in helpers:
    helper.end()
"""
    said = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )

    parents, imported = said.stdout.splitlines()
    assert len(parents.split()) == 1
    assert imported == "True True"

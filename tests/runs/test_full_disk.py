"""A full disk is the run's trouble: nothing is recorded of a cell, and it is tried again."""

import errno
import os
import subprocess

import pytest

from genbench.runs import fits
from genbench.runs.cells import Cell, load_once
from genbench.runs.fits import room_for
from genbench.runs.jobs import Plan, do
from genbench.runs.store import Store

MODEL = """
import errno, os, pathlib, sys
import numpy as np

class Good:
    def fit(self, train, *, rng):
        return self
    def sample(self, n, *, rng):
        return rng.normal(size=(n, 2))

class Told(Good):
    def fit(self, train, *, rng):
        with pathlib.Path(__file__).with_name("tries").open("a") as file:
            file.write("once more ")
        try:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise ValueError("cannot write its notes") from error

class ToldOnce(Good):
    def fit(self, train, *, rng):
        here = pathlib.Path(__file__).with_name("told")
        if not here.exists():
            here.touch()
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
        return self

class Fills(Good):
    def fit(self, train, *, rng):
        with open(pathlib.Path(sys.argv[1]) / "notes", "wb") as file:
            for _ in range(1000):
                file.write(bytes(10**6))
        return self
"""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "model.py").write_text(MODEL)

    def cell(name):
        return Cell("ring", f"{tmp_path / 'model.py'}:{name}", 0)

    return Plan(folder=tmp_path / "board", metrics=()), cell


def test_where_there_is_no_room_the_run_ends_and_nothing_is_recorded(place, monkeypatch):
    plan, cell = place
    with monkeypatch.context() as patch:
        patch.setattr(fits, "has_room", lambda *_: False)

        with pytest.raises(OSError, match="No space left") as caught:
            do(plan, [cell("Good")])

    assert caught.value.errno == errno.ENOSPC
    assert Store(plan.folder).records() == []
    assert do(plan, [cell("Good")])[0].status == "ok"  # and again, once there is room


def test_what_failed_for_want_of_room_that_is_there_again_is_tried_again(place, tmp_path):
    plan, cell = place

    assert do(plan, [cell("ToldOnce")])[0].status == "ok"

    record = do(plan, [cell("Told")])[0]  # each time: it is the model's own trouble
    assert (record.status, record.phase) == ("error", "fit")
    assert record.reason == "ValueError: cannot write its notes"
    assert (tmp_path / "tries").read_text() == "once more once more "


def test_a_disk_that_is_full_and_one_that_the_model_fills(place, tmp_path):
    plan, cell = place
    disk = tmp_path / "board"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs to mount a disk")
    try:
        record = do(plan, [cell("Fills")])[0]
        assert (record.status, record.phase) == ("error", "fit")
        assert "No space" in record.reason
        owed = room_for(load_once("ring"))
        (disk / "others").write_bytes(bytes(2**20 - owed // 2))

        with pytest.raises(OSError, match="No space left"):
            do(plan, [cell("Good")])

        (disk / "others").unlink()
        assert do(plan, [cell("Good")])[0].status == "ok"
        assert {record.status for record in Store(disk).records()} == {"ok", "error"}
    finally:
        subprocess.run(["umount", str(disk)], check=True)

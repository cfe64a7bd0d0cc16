"""Claims: one holder at a time, and a dead one is taken over, once."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from threading import Barrier

import pytest

from genbench.runs import claims
from genbench.runs.claims import Holder, claim, holder_of


def leave(folder, number, holder, age=0.0):
    """Leave a claim behind as its holder would have."""
    path = folder / f"cell-{number}"
    path.write_text(json.dumps(asdict(holder)))
    os.utime(path, (time.time() - age,) * 2)


def elsewhere():
    return replace(Holder.this_process(), host="another machine")


def ended():
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return Holder(Holder.this_process().host, process.pid, "1")


def test_a_claim_is_held_by_one_and_given_back(tmp_path):
    with claim(tmp_path, "cell") as ours:
        assert ours
        assert holder_of(tmp_path, "cell") == (Holder.this_process(), True)
        with claim(tmp_path, "cell") as again, claim(tmp_path, "other") as other:
            assert (again, other) == (False, True)
        assert holder_of(tmp_path, "cell") == (Holder.this_process(), True)

    assert list(tmp_path.iterdir()) == []
    with claim(tmp_path, "cell") as ours:
        assert ours


def test_a_claim_is_given_back_after_an_error(tmp_path):
    with pytest.raises(ValueError, match="oh"), claim(tmp_path, "cell"):
        raise ValueError("oh")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("holder", "age", "taken"),
    [
        (ended, 0, True),  # its process is known to have ended
        (elsewhere, 0, False),  # it beats
        (elsewhere, 25, False),  # it may have missed a beat
        (elsewhere, 35, True),  # it has missed three
    ],
)
def test_only_a_dead_claim_is_taken_over(tmp_path, holder, age, taken):
    leave(tmp_path, 0, holder(), age)

    assert holder_of(tmp_path, "cell")[1] is not taken
    with claim(tmp_path, "cell") as ours:
        assert ours is taken

    assert len(list(tmp_path.iterdir())) == (0 if taken else 1)


def test_a_process_number_used_again_is_another_process(tmp_path):
    leave(tmp_path, 0, replace(Holder.this_process(), born="1"))

    with claim(tmp_path, "cell") as ours:
        assert ours


def test_the_latest_claim_counts_and_a_damaged_one_is_only_as_old_as_its_file(tmp_path):
    leave(tmp_path, 0, ended(), 1000)
    (tmp_path / "cell-1").touch()

    with claim(tmp_path, "cell") as ours:
        assert not ours
    os.utime(tmp_path / "cell-1", (0, 0))
    with claim(tmp_path, "cell") as ours:
        assert ours


def test_of_many_that_find_a_claim_dead_at_once_one_takes_it_over(tmp_path, monkeypatch):
    leave(tmp_path, 0, ended())
    n = 8
    judged, asked = Barrier(n), Barrier(n)
    is_dead = claims._is_dead

    def judge(path):
        dead = is_dead(path)
        judged.wait()  # nobody makes a claim before all have looked
        return dead

    monkeypatch.setattr(claims, "_is_dead", judge)

    def take(_):
        with claim(tmp_path, "cell") as ours:
            asked.wait()
            return ours

    with ThreadPoolExecutor(n) as pool:
        assert sum(pool.map(take, range(n))) == 1


def test_a_claim_beats_while_it_is_held(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "BEAT_SECONDS", 0.05)
    with claim(tmp_path, "cell"):
        path = tmp_path / "cell-0"
        os.utime(path, (0, 0))
        last = time.monotonic() + 60
        while path.stat().st_mtime == 0:
            assert time.monotonic() < last
            time.sleep(0.01)

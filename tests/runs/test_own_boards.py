"""A user's own table and folder of pictures, from files to a page, by the commands."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from genbench.cli import main as cli
from genbench.report.folder import report
from genbench.runs import records
from genbench.runs.boards import CONTROLS
from genbench.runs.records import REAL
from genbench.runs.store import Store

BOARD = """
seeds = 1
models = ["gaussian", "mine.py"]
metrics = ["fid", "mmd", "precision", "coverage", "authenticity"]
[[data]]
name = "people"
samples = "people.csv"
labels = "city"
[[data]]
name = "faces"
samples = "faces/"
"""
MINE = """
class Mine:
    def fit(self, train, *, rng):
        self.train = train
        return self
    def sample(self, n, *, rng):
        rows = self.train[rng.integers(len(self.train), size=n)]
        return rows + 0.3 * rng.normal(size=rows.shape)
"""
WRITTEN = ("index.html", "README.md", "results.csv", "table.csv")


def call(*words):
    """Run a command; an exception that is not ours passes through."""
    return CliRunner().invoke(cli.main, [str(word) for word in words], catch_exceptions=False)


def write_people(path, n=160):
    rng = np.random.default_rng(0)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["age", "height", "city", "smokes"])
        for _ in range(n):
            city = rng.choice(["Basel", "Bern", "Chur"])
            height = 165 + 8 * (city == "Bern") + 6 * rng.normal()
            writer.writerow([rng.integers(18, 80), round(height, 2), city, rng.choice(["y", "n"])])


def write_faces(folder, n=80):
    rng = np.random.default_rng(0)
    folder.mkdir()
    for i in range(n):
        light = 150 * rng.random() + 60 * rng.random((6, 1)) + 20 * rng.random((6, 6))
        Image.fromarray(light.astype(np.uint8)).save(folder / f"{i:03}.png")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with data and a model of one's own, and a board of them in another, run once."""
    folder = tmp_path_factory.mktemp("place")
    (folder / "lab").mkdir()
    write_people(folder / "lab" / "people.csv")
    write_faces(folder / "lab" / "faces")
    (folder / "lab" / "mine.py").write_text(MINE)
    (folder / "lab" / "my.toml").write_text(BOARD)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(cli.CONSOLE, "width", 160, raising=False)
        done = call("run", "lab/my.toml", "--folder", "a", "--jobs", 2)
        assert done.exit_code == 0, done.output
        assert "12 of 12 cells to do in a/my" in done.output
        yield folder


def pages(folder):
    return {name: (folder / name).read_bytes() for name in WRITTEN}


def test_a_table_and_pictures_of_ones_own_become_rows_of_every_model(place):
    found = Store(place / "a" / "my").records()

    assert {record.model for record in found} == {REAL, *CONTROLS, "gaussian", "mine.py"}
    assert {(record.dataset, record.n_train, record.n_generated) for record in found} == {
        ("people", 80, 40),
        ("faces", 40, 20),
    }
    assert str(place) not in (place / "a" / "my" / "index.html").read_text()
    by_place = {(record.dataset, record.model): record for record in found}
    assert by_place["people", "copycat"].value("authenticity") == 0
    noise, real = (by_place["faces", name].value("coverage") for name in ("noise", REAL))
    assert noise < real


@pytest.mark.long
def test_it_runs_twice_to_the_same_page(place):
    once = pages(place / "a" / "my")

    again = call("run", "lab/my.toml", "--folder", "a", "--jobs", 2)
    elsewhere = call("run", "lab/my.toml", "--folder", "b", "--jobs", 1)

    assert again.exit_code == elsewhere.exit_code == 0, again.output
    assert "0 of 12 cells to do in a/my" in again.output
    assert pages(place / "a" / "my") == once
    assert timeless(place, "a") == timeless(place, "b")


def timeless(place, name):
    """Return the pages of the same records but for what the clock said."""
    found = Store(place / name / "my").records()
    folder = place / f"timeless_{name}" / "my"
    clock = {"fit_seconds": 1.0, "sample_seconds": 1.0, "peak_memory": 1, "finished": ""}
    records.write(folder / "records.jsonl", [replace(record, **clock) for record in found])
    report(folder)
    return pages(folder)


@pytest.mark.long
def test_its_other_commands_take_the_file_too(place):
    told = call("status", "lab/my.toml", "--folder", "a")
    made = call("report", "lab/my.toml", "--folder", "a")
    (place / "mine.py").write_text(MINE.replace("0.3", "0.1"))
    scored = call("score", "mine.py", "--board", "lab/my.toml", "--folder", "a")
    sent = ("--board", "lab/my.toml", "--name", "Mine", "--out", "mine.zip")
    submitted = call("submit", "mine.py", *sent)
    added = call("add", "mine.zip", "--board", "lab/my.toml", "--folder", "a")

    for done in (told, made, scored, submitted, added):
        assert done.exit_code == 0, done.output
    assert "12 ok" in told.output
    (record, *_) = (r for r in Store(place / "results" / "my").records() if r.model == "mine.py")
    others = Store(place / "a" / "my").records()
    (theirs, *_) = (r for r in others if r.model == "mine.py" and r.place[0] == record.place[0])
    assert record.source != theirs.source  # that of the current folder, not of the board's
    assert "Mine" in {record.model for record in others}


def test_other_data_are_another_board(place):
    write_people(place / "lab" / "people.csv", n=164)

    told = call("status", "lab/my.toml", "--folder", "a", "--why")

    assert "people/copycat/0: stale: the data set has changed" in told.output
    assert "faces/copycat/0: stale" not in told.output

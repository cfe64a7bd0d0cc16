"""From a file to a row on a board: check, score, submit, add, each by its command."""

import json
import platform
import zipfile

import numpy as np
import pytest
from click.testing import CliRunner

from genbench.cli import main as cli
from genbench.datasets import load
from genbench.runs import board_files
from genbench.runs.boards import CONTROLS
from genbench.runs.records import REAL
from genbench.runs.run import run
from genbench.runs.store import Store

BOARD = """
seeds = 1
models = ["copycat"]
metrics = ["fid", "recall", "authenticity"]
[[data]]
name = "ring"
"""


def call(*words):
    """Run a command; an exception that is not ours passes through."""
    return CliRunner().invoke(cli.main, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a board that was run, to which the commands are then held."""
    folder = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("small", "other"):
            (folder / f"{name}.toml").write_text(BOARD)
        patch.chdir(folder)
        patch.setattr(cli.CONSOLE, "width", 160, raising=False)
        run(board_files.find("small.toml"), folder / "leaderboards" / "small")
        np.save(folder / "few.npy", np.zeros((9, 2)))
        yield folder


def test_a_new_model_stands_beside_the_board_and_goes_to_another(place):
    assert call("new", "mine.py").exit_code == 0

    scored = call("score", "mine.py", "--board", "small.toml")

    assert scored.exit_code == 0, scored.output
    rows = [line for line in scored.output.splitlines() if "mine.py" in line or "copycat" in line]
    assert len(rows) >= 2
    assert "law for models is broken" not in scored.output
    mine = {record.model for record in Store(place / "results" / "small").records()}
    assert mine == {REAL, "mine.py"}
    assert {r.model for r in Store(place / "leaderboards" / "small").records()} == {
        REAL,
        *CONTROLS,
    }
    assert "mine.py" in (place / "results" / "small" / "index.html").read_text()
    assert "copycat" in (place / "results" / "small" / "index.html").read_text()

    sent = call("submit", "mine.py", "--board", "small.toml", "--name", "Mine", "--out", "mine.zip")
    assert sent.exit_code == 0, sent.output
    with zipfile.ZipFile("mine.zip") as archive:
        said = json.loads(archive.read("manifest.json"))
    assert said["board"] == "small"
    assert said["environment"]
    assert "host" not in said["environment"]
    assert platform.node() not in json.dumps(said)
    refused = call("add", "mine.zip", "--board", "other.toml", "--folder", "others")
    assert refused.exit_code == 2
    assert "was made for the board small, not for other" in refused.stderr
    assert not (place / "others").exists()
    added = call("add", "mine.zip", "--board", "small.toml", "--folder", "others")

    assert added.exit_code == 0, added.output
    (there,) = Store(place / "others" / "small").records()
    (here,) = (r for r in Store(place / "results" / "small").records() if r.model == "mine.py")
    assert {n: s.value for n, s in there.scores.items()} == {
        n: s.value for n, s in here.scores.items()
    }


@pytest.mark.long
def test_a_model_asked_for_by_the_address_of_before_is_one_cell_with_that_of_now(place):
    old, new = (f"genbench.baselines.{at}:UniformNoise" for at in ("noise", "controls.noise"))

    for address in (old, old, new):
        scored = call("score", address, "--board", "small.toml")
        assert scored.exit_code == 0, scored.output
        assert new in (place / "results" / "small" / "index.html").read_text()
    assert "0 of 2 cells to do" in scored.output
    sent = call("submit", old, "--board", "small.toml", "--name", "Noise", "--out", "noise.zip")

    assert sent.exit_code == 0, sent.output
    found = Store(place / "results" / "small").records()
    assert [record.model for record in found if "UniformNoise" in record.model] == [new]


def test_sample_files_stand_beside_the_board_too(place):
    drawn = load("ring").drawn_anew(1).fresh
    np.save(place / "drawn.npy", np.concatenate([drawn, drawn[:50] + 9]))

    scored = call("score", "drawn.npy", "--board", "small.toml", "--dataset", "ring")

    assert scored.exit_code == 0, scored.output
    rows = [line for line in scored.output.splitlines() if "drawn.npy" in line or "copycat" in line]
    assert len(rows) >= 2
    found = Store(place / "results" / "small").records()
    (record,) = (each for each in found if each.model == "drawn.npy")
    assert not record.verified
    assert record.value("recall") > 0.9
    assert record.value("frechet_distance") < 0.05  # the first 1,000 only

    named = ("--board", "small.toml", "--dataset", "ring", "--name", "Our own")
    assert "Our own" in call("score", "drawn.npy", *named).output
    found = Store(place / "results" / "small").records()
    assert {"drawn.npy", "Our own"} <= {each.model for each in found}


@pytest.mark.long
def test_the_test_set_handed_in_is_marked_at_every_door(place):
    ring = load("ring")
    n = len(ring.fresh)
    np.save(place / "handed.npy", ring.test[:n].astype(np.float32))
    (place / "thief.py").write_text(
        "from genbench.datasets import load\n"
        "class Thief:\n"
        "    def fit(self, train, *, rng):\n        return self\n"
        "    def sample(self, n, *, rng):\n        return load('ring').test[:n]\n"
    )

    on_file = call("score", "handed.npy", "--board", "small.toml", "--dataset", "ring")
    on_model = call("score", "thief.py", "--board", "small.toml")
    sent = ("submit", "thief.py", "--board", "small.toml", "--name", "T", "--out", "t.zip")
    assert call(*sent).exit_code == 0
    on_bundle = call("add", "t.zip", "--board", "small.toml", "--folder", "added")

    told = f"{n} of {n} samples of"
    for done, name in ((on_file, "handed.npy"), (on_model, "thief.py"), (on_bundle, "T")):
        assert done.exit_code == 0, done.output
        assert f"copies: {name}" in done.output
        assert f"{told} {name}, seed 0, are equal to test samples" in done.output
        assert "copies: copycat" not in done.output
    found = (
        Store(place / "results" / "small").records() + Store(place / "added" / "small").records()
    )
    counted = {record.model: record.test_copies for record in found}
    names = ("handed.npy", "thief.py", "T")
    assert {name: counted[name] for name in (*names, REAL)} == {
        **dict.fromkeys(names, n),
        REAL: None,
    }
    table = (place / "results" / "small" / "README.md").read_text()
    assert "| *handed.npy* (copies of test samples) |" in table


@pytest.mark.long
def test_a_model_that_fails_or_breaks_a_law_is_said_to(place):
    (place / "bad.py").write_text(
        "import numpy as np\n"
        "class Bad:\n"
        "    def fit(self, train, *, rng):\n        return self\n"
        "    def sample(self, n, *, rng):\n        return np.random.normal(size=(n, 2))\n"
    )
    (place / "worse.py").write_text(
        "class Worse:\n"
        "    def fit(self, train, *, rng):\n        raise ValueError('too hard')\n"
        "    def sample(self, n, *, rng):\n        return None\n"
    )

    bad, worse = (
        call("score", "bad.py", "--board", "small.toml"),
        call("score", "worse.py", "--board", "small.toml"),
    )

    assert bad.exit_code == 0
    assert "a law for models is broken" in bad.output
    assert worse.exit_code == 1
    assert "ring/worse.py/0: error in fit. ValueError: too hard" in " ".join(worse.output.split())


def test_status_tells_how_the_board_stands(place):
    result = call("status", "small.toml", "--why")

    assert result.exit_code == 0, result.output
    assert "4 ok" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "small.toml", "--shard", "5/4"], "one of 1/4 to 4/4"),
        (["run", "small.toml", "--shard", "half"], "--shard must look like 1/4"),
        (["run", "small.toml", "--memory", "much"], "--memory must look like 8GB"),
        (["run", "small.toml", "--engine", "steam", "--only", "all"], "No engine named 'steam'"),
        (["score", "mine.py"], "--dataset NAME or --against FILE"),
        (["score", "few.npy", "--board", "small.toml"], "with --dataset NAME for sample files"),
        (
            ["score", "few.npy", "--board", "small.toml", "--dataset", "ring"],
            "few.npy has 9 samples; a board compares 1000 of ring",
        ),
        (
            ["score", "few.npy", "--board", "small.toml", "--dataset", "rink"],
            "Did you mean 'ring'",
        ),
        (["score", "mine.py", "--board", "quik"], "Did you mean 'quick'"),
        (["submit", "never.py", "--board", "small.toml", "--name", "N"], "nothing to submit"),
        (["add", "nothing.zip", "--board", "small.toml"], "There is no file nothing.zip"),
    ],
)
def test_mistakes_are_said_in_a_sentence_and_nothing_is_left(place, words, said):
    before = sorted(place.iterdir())

    result = call(*words)

    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert sorted(place.iterdir()) == before

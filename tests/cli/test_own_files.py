"""The shortest ways from files of one's own: to a page, and to the scores of a model."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from genbench.cli import main as cli
from genbench.runs.boards import CONTROLS
from genbench.runs.records import REAL
from genbench.runs.store import Store
from genbench.scoring.evaluate import score


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """The folder of the test, and a terminal that folds nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.CONSOLE, "width", 160, raising=False)
    return tmp_path


def call(*words):
    return CliRunner().invoke(cli.main, [str(word) for word in words], catch_exceptions=False)


@pytest.mark.long
def test_run_makes_a_page_of_a_table_and_report_makes_it_again(here):
    rng = np.random.default_rng(0)
    rows = [f"{rng.normal():.4f},{rng.choice(['a', 'b', 'c'])}" for _ in range(100)]
    (here / "my table.csv").write_text("\n".join(["size,kind", *rows]))

    done = call("run", "--data", "my table.csv", "-m", "marginals", "--seeds", 0, "--jobs", 2)

    assert done.exit_code == 0, done.output
    folder = here / "leaderboards" / "my_table"
    found = Store(folder).records()
    assert {record.model for record in found} == {REAL, *CONTROLS, "marginals"}
    assert {record.budget for record in found if record.model != REAL} == {30.0}
    page, text = (folder / "index.html").read_bytes(), (folder / "README.md").read_bytes()
    assert b"Made by `genbench report my_table`" in text
    again = call("report", "my_table")
    assert again.exit_code == 0, again.output
    assert (page, text) == (
        (folder / "index.html").read_bytes(),
        (folder / "README.md").read_bytes(),
    )


@pytest.fixture
def parts(here):
    """Files of train, test and fresh samples."""
    rng = np.random.default_rng(0)
    for name, n in (("train", 100), ("test", 80), ("fresh", 50)):
        np.save(here / f"{name}.npy", rng.normal(size=(n, 2)))


@pytest.mark.usefixtures("parts")
def test_score_fits_a_model_on_one_file_and_scores_it_against_another(here):
    words = ("--against", "test.npy", "--train", "train.npy", "-m", "authenticity,fid")

    halves = call("score", "copycat", *words)
    whole = call("score", "copycat", *words, "--fresh", "fresh.npy", "--json")

    assert halves.exit_code == 0, halves.output
    assert "Half of test.npy, 40 samples drawn at random, stands in for fresh" in halves.output
    assert "copycat (n = 40, d = 2) on test.npy (n = 40, d = 2)" in halves.output
    found = json.loads(whole.stdout)
    assert found["authenticity"]["value"] == 0
    train, test, fresh = (np.load(f"{name}.npy") for name in ("train", "test", "fresh"))
    mean, spread = train.mean(axis=0), train.std(axis=0)  # what is fitted is fitted on train
    real = score(test=(test - mean) / spread, generated=(fresh - mean) / spread, metrics="fid")
    assert found["frechet_distance"]["real"] == pytest.approx(real["fid"].value)


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("score", "vae", "--against", "test.npy"), "say what it is to learn from: --train FILE"),
        (
            ("score", "vea", "--against", "test.npy", "--train", "train.npy"),
            "No model named 'vea'. Did you mean 'vae'",
        ),
        (
            ("score", "vae", "--against", "none.npy", "--train", "train.npy"),
            "There is no file none.npy",
        ),
        (
            ("score", "vae", "--against", "train.npy", "--train", "train.npy"),
            "of 50 test samples (100.0%) are training samples as well",
        ),
        (("run", "--data", "none.npy"), "There is no file"),
        (("run", "quick", "--data", "test.npy"), "leave out quick, or --data"),
        (("run", "--data", "test.npy", "--models", "vea"), "Did you mean 'vae'"),
    ],
)
def test_mistakes_are_said_in_a_sentence(words, message):
    done = call(*words)

    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_data_named_as_a_board_of_ours_are_not_taken_for_it():
    np.save("quick.npy", np.ones((20, 2)))

    done = call("run", "--data", "quick.npy")

    assert done.exit_code == 2
    assert "quick is the name of a board of ours" in done.stderr

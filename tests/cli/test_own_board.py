"""board new and board check, end to end."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from genbench.cli import main as cli
from genbench.models.find import baselines
from genbench.runs import board_files


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """The folder of the test, with a file of samples, and a terminal that folds nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.CONSOLE, "width", 160, raising=False)
    (tmp_path / "my data").mkdir()
    np.save("my data/some.npy", np.random.default_rng(0).normal(size=(80, 2)))
    np.save("digits.npy", np.ones((80, 2)))
    return tmp_path


def call(*words):
    return CliRunner().invoke(cli.main, [str(word) for word in words], catch_exceptions=False)


def test_a_new_board_is_one_and_is_relative_to_its_file(here):
    (here / "lab").mkdir()

    done = call("board", "new", "lab/my.toml", "--data", "my data/some.npy")

    assert done.exit_code == 0, done.output
    assert "genbench board check lab/my.toml" in done.output
    board = board_files.find("lab/my.toml")
    assert board.own[0].samples == (here / "lab" / ".." / "my data" / "some.npy",)
    assert board.own[0].load().train.shape == (40, 2)
    assert (board.seeds, board.budget) == ((0,), 5.0)


def test_each_setting_that_it_only_shows_is_one_too(here):
    call("board", "new", "my.toml", "--data", "my data/some.npy")
    text = (here / "my.toml").read_text()
    np.save("labels.npy", np.arange(80) % 2)
    (here / "embed.py").write_text("def embed(samples):\n    return samples\n")
    shown = text.replace('\nfeatures = "standardised"\n', "\n")
    keys = ("split =", "[headline]", "distance =", "fidelity =", "coverage =", "labels =")
    for key in (*keys, "features ="):
        assert f"# {key}" in shown
        shown = shown.replace(f"# {key}", key)
    (here / "my.toml").write_text(shown)

    board = board_files.find("my.toml")

    assert board.headline["distance"] == ("frechet_distance", "wasserstein_distance")
    assert board.own[0].features == "embed.py:embed"
    assert board.own[0].load().train_labels.max() == 1


def test_check_says_what_the_board_would_tell_and_keeps_nothing(here):
    call("board", "new", "my.toml", "--data", "my data/some.npy")
    path = here / "my.toml"
    path.write_text(path.read_text().replace('"standard"', '["precision", "fid"]'))
    before = sorted(here.rglob("*"))

    done = call("board", "check", "my.toml", "--jobs", 2)

    assert done.exit_code == 0, done.output
    assert "some: 40 samples to train on, 20 to test against, 20 fresh" in done.output
    assert "copies of test in train 0.0%" in done.output
    for metric in ("precision", "frechet_distance"):
        (line,) = (line for line in done.output.splitlines() if line.strip().startswith(metric))
        assert any(word in line for word in ("counted", "too near", "out of order"))
    assert f"The board has {1 + len(baselines())} cells: at most some" in done.output
    assert sorted(here.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("new", "my.txt", "--data", "digits.npy"), "my.txt should end in .toml"),
        (("new", "my.toml", "--data", "none.npy"), "There is no file none.npy"),
        (("new", "no/my.toml", "--data", "digits.npy"), "no/my.toml cannot be written"),
        (("check", "none.toml"), "There is no file none.toml"),
        (("check", "quik"), "No board named 'quik'. Did you mean 'quick'"),
    ],
)
def test_mistakes_are_said_in_a_sentence(words, message):
    done = call("board", *words)

    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_a_file_that_is_there_stays_and_a_name_of_ours_is_not_taken():
    assert call("board", "new", "my.toml", "--data", "digits.npy").exit_code == 0
    again = call("board", "new", "my.toml", "--data", "my data/some.npy")

    assert again.exit_code == 2
    assert "my.toml is there already, and stays as it is" in again.stderr
    assert board_files.find("my.toml").datasets == ("my_digits",)


BAD_DATA = {
    "a missing file": ('samples = "none.csv"', "There is no file"),
    "an unknown key": ('sample = "rows.csv"', "No key named 'sample'. Did you mean 'samples'"),
    "shares beyond one": (
        'samples = "rows.csv"\nsplit = [0.5, 0.5, 0.5]',
        "must be above 0 and sum to one",
    ),
    "an empty part": (
        'samples = "rows.csv"\nsplit = [0.98, 0.01, 0.01]',
        "the test part would be",
    ),
    "labels of another length": (
        'samples = "rows.csv"\nlabels = "few.npy"',
        "must hold 80 labels, one for each sample",
    ),
    "words that are no categories": ('samples = "names.csv"', "holds 80 different words"),
    "pictures of several sizes": ('samples = "faces/"', "expected (4, 4)"),
    "a name twice": ('samples = "rows.csv"\n[[data]]\nname = "mine"', "No data set named 'mine'"),
    "data twice": (
        'samples = "rows.csv"\n[[data]]\nname = "mine"\nsamples = "rows.csv"',
        "has two data sets named 'mine'",
    ),
}


@pytest.mark.parametrize("command", [("run",), ("status",), ("board", "check")])
@pytest.mark.parametrize("case", BAD_DATA)
def test_data_that_cannot_be_used_end_every_command_with_a_sentence(case, command, here):
    said, message = BAD_DATA[case]
    rows = [f"{i * i / 7:.4f},person {i}" for i in range(80)]
    (here / "names.csv").write_text("\n".join(["size,name", *rows]))
    towns = [f"{i * i / 7:.4f},town {i % 2}" for i in range(80)]
    (here / "rows.csv").write_text("\n".join(["size,town", *towns]))
    np.save("few.npy", np.zeros(7))
    (here / "faces").mkdir()
    for side in (4, 5):
        Image.new("L", (side, side)).save(here / "faces" / f"{side}.png")
    (here / "my.toml").write_text(f'models = ["gaussian"]\n[[data]]\nname = "mine"\n{said}\n')

    done = call(*command, "my.toml")

    assert done.exit_code == 2, done.output
    assert message in " ".join(done.stderr.split())
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (here / "leaderboards").exists()

"""Text of one's own: files against files, on a data set, and on a board."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from genbench.cli import main as cli
from genbench.datasets import load
from genbench.files.texts import read_texts
from genbench.runs import board_files
from genbench.scoring.evaluate import score


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with sentences to train on and to compare with, and those of a model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.CONSOLE, "width", 160, raising=False)
    grammar = load("grammar")
    parts = {"train": grammar.train, "real": grammar.test, "out": grammar.fresh}
    for name, rows in parts.items():
        lines = map(grammar.symbols.spell, rows[:120])
        (tmp_path / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def call(*words):
    return CliRunner().invoke(cli.main, [str(word) for word in words], catch_exceptions=False)


METRICS = ["frechet_distance", "coverage", "novel_ngrams", "authenticity"]


def scored(*words):
    done = call("score", *words, "-m", ",".join(METRICS), "--json")
    assert done.exit_code == 0, done.output
    return {name: one["value"] for name, one in json.loads(done.stdout).items()}


def test_lines_are_scored_against_lines_as_rows_of_their_characters(here):
    found = scored("out.txt", "--against", "real.txt", "--train", "train.txt", "--no-fresh")

    files = [here / f"{name}.txt" for name in ("out", "real", "train")]
    symbols, (out, real, train) = read_texts(files)
    expected = score(generated=out, test=real, train=train, symbols=symbols, metrics=METRICS)
    assert found == {name: pytest.approx(one.value) for name, one in expected.items()}
    assert all(one.status == "ok" for one in expected.values())


def test_copies_of_training_lines_are_seen_and_noise_is_worse(here):
    rng = np.random.default_rng(0)
    letters = list("abcdefghi ")
    noise = ["".join(rng.choice(letters, size=30)) for _ in range(120)]
    (here / "noise.txt").write_text("\n".join(noise))
    beside = ("--against", "real.txt", "--train", "train.txt", "--no-fresh")

    real, copies, noise = (scored(f"{name}.txt", *beside) for name in ("out", "train", "noise"))

    assert copies["authenticity"] < 0.05
    assert real["authenticity"] > 0.3
    assert noise["frechet_distance"] > 5 * real["frechet_distance"]
    assert noise["coverage"] < 0.1
    assert real["coverage"] > 0.8


def test_fresh_lines_are_scored_beside(here):
    done = call("score", "out.txt", "--against", "real.txt", "--fresh", "train.txt", "-m", "fid")

    assert done.exit_code == 0, done.output
    assert "out.txt: 120 samples, a line each, of at most" in done.output
    assert "real: train.txt (n = 120" in done.output


def test_lines_are_scored_on_a_data_set_of_words(here):
    found = scored("out.txt", "--dataset", "grammar")

    assert found["coverage"] > 0.3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("out.txt", "--against", "bad.txt"), "bad.txt is not a text in UTF-8: byte 3, in line 2"),
        (("bad.txt", "--against", "real.txt"), "bad.txt is not a text in UTF-8"),
        (("out.txt", "--against", "a.npy"), "a.npy is not text, and cannot be compared with text"),
        (("a.npy", "--against", "real.txt"), "a.npy is not text"),
        (("out.txt", "--against", "none.txt"), "There is no file none.txt"),
        (("out.txt", "--against", "real.txt", "--standardise"), "--standardise would do nothing"),
        (("out.txt", "--dataset", "ring"), "its samples are numbers, not symbols"),
        (("wolf.txt", "--dataset", "grammar"), "Text 1 holds 'wolf'"),
    ],
)
def test_bad_input_is_one_sentence(here, words, message):
    (here / "bad.txt").write_bytes(b"a\n\xff")
    (here / "wolf.txt").write_text("wolf")
    np.save(here / "a.npy", np.ones((4, 2)))

    done = call("score", *words)

    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_a_new_board_of_text_is_one(here):
    done = call("board", "new", "my.toml", "--data", "train.txt")

    assert done.exit_code == 0, done.output
    (own,) = board_files.find("my.toml").own
    data = own.load()
    assert data.features == "ngrams"
    assert data.symbols.spell(data.train[0]) in (here / "train.txt").read_text().splitlines()


def test_a_model_learns_from_one_text_and_is_scored_against_another():
    done = call("score", "copycat", "--against", "real.txt", "--train", "train.txt", "-m", "fid")

    assert done.exit_code == 0, done.output
    assert "frechet_distance" in done.output

"""What the first README says of language and of your own data: its commands run as they stand."""

import csv
import re
import runpy
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from genbench.cli import main as cli
from genbench.runs.boards import CONTROLS
from genbench.runs.records import REAL
from genbench.runs.store import Store

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def shown(title, kind):
    """Return the blocks of one kind that a section shows."""
    section = re.search(rf"^## {title}\n(.*?)^## ", README, re.DOTALL | re.MULTILINE)[1]
    return re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL)


CONSOLE = [part for block in shown("Your own data", "console") for part in block.split("\n\n")]
CODE = shown("Your own data", "python")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with the files that the commands name."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    with Path("homes.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["rooms", "size", "town"])
        for _ in range(120):
            rooms = rng.integers(1, 8)
            writer.writerow([rooms, f"{rooms * 20 + rng.normal():.2f}", rng.choice(["a", "b"])])
    Path("faces").mkdir()
    for i in range(120):
        light = 150 * rng.random() + 60 * rng.random((6, 1)) + 20 * rng.random((6, 6))
        Image.fromarray(light.astype(np.uint8)).save(f"faces/{i:03}.png")
    for name in ("train", "test"):
        np.save(f"{name}.npy", rng.normal(size=(100, 2)))
    words = ("a dog sees", "the cat", "sleeps", "and sings")
    for name in ("train", "real", "out"):
        lines = (" ".join(rng.choice(words, size=rng.integers(2, 5))) for _ in range(100))
        Path(f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def run(block):
    for line in block.splitlines():
        _, *words = shlex.split(line)
        done = CliRunner().invoke(cli.main, words, catch_exceptions=False)
        assert done.exit_code == 0, (line, done.output)


def test_there_are_two_boards_the_shortest_ways_and_python():
    assert [block.count("genbench board new") for block in CONSOLE] == [1, 1, 0]
    assert len(CODE) == 1


@pytest.mark.long
@pytest.mark.parametrize("place", range(3))
def test_the_commands_run_as_they_stand(place, here):
    run(CONSOLE[place])

    name = ("homes", "faces", "homes")[place]
    assert (here / "leaderboards" / name / "index.html").stat().st_size > 1000
    models = {record.model for record in Store(here / "leaderboards" / name).records()}
    assert models >= {REAL, *CONTROLS, "kernel_density", "vae"}


@pytest.mark.long
def test_the_code_runs_as_it_stands(here, capsys):
    (here / "script.py").write_text(CODE[0])

    runpy.run_path(str(here / "script.py"), run_name="__main__")

    said = capsys.readouterr().out
    assert "kernel_density" in said
    assert "index.html" in said


@pytest.mark.long
def test_a_model_of_language_is_written_scored_and_asked(here):
    (block,) = shown("A language model", "console")
    run(block)

    assert (here / "my_model.py").is_file()
    assert "next_log_prob" in (here / "my_model.py").read_text()

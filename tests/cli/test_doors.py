"""Sample files on the command line: what was read is said, and columns are matched by name."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from genbench.cli import main as cli
from genbench.cli.main import main

RNG = np.random.default_rng(0)
N = 12


@pytest.fixture(autouse=True, scope="module")
def wide():
    """A terminal so wide that no name is folded."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli.CONSOLE, "width", 120)
        yield


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def numbers(output):
    """The rows of the table, but for what is said beside it."""
    return [line for line in output.splitlines() if " ↓ " in line or " ↑ " in line or " → " in line]


def people():
    return pd.DataFrame({"age": RNG.normal(40, 10, N), "income": RNG.normal(5000, 800, N)})


@pytest.fixture
def files(tmp_path):
    paths = {name: tmp_path / f"{name}.csv" for name in ("real", "made", "turned", "learned")}
    made = people()
    people().to_csv(paths["real"], index=False)
    people()[["income", "age"]].to_csv(paths["learned"], index=False)
    made.to_csv(paths["made"], index=False)
    made[["income", "age"]].to_csv(paths["turned"], index=False)
    return paths


def test_columns_of_files_are_matched_by_name(files):
    both = [
        call("score", files[name], "--against", files["real"], "--train", files["learned"])
        for name in ("made", "turned")
    ]

    assert [result.exit_code for result in both] == [0, 0], both[0].output
    assert numbers(both[0].output) == numbers(both[1].output) != []
    for name in ("real.csv", "made.csv", "learned.csv"):
        assert f"{name}: 12 samples of shape (2,) (age, income)." in both[0].output
    assert "Take care: columns of test differ in spread" in both[0].output
    assert "genbench score --standardise) (every metric)." in both[0].output


def test_columns_that_do_not_match_are_an_error(files):
    people().rename(columns={"age": "Age"}).to_csv(files["made"], index=False)

    result = call("score", files["made"], "--against", files["real"])

    assert result.exit_code == 2
    assert "made.csv lacks 'age' and has 'Age' too much" in result.output


def test_tables_are_standardised_by_the_reference_if_one_asks(files, tmp_path):
    read = {name: pd.read_csv(files[name])[["age", "income"]] for name in ("real", "made")}
    for name, frame in read.items():
        scaled = (frame - read["real"].mean()) / read["real"].std(ddof=0)
        np.save(tmp_path / f"{name}.npy", scaled.to_numpy())

    asked = call("score", files["turned"], "--against", files["real"], "--standardise")
    expected = call("score", tmp_path / "made.npy", "--against", tmp_path / "real.npy")

    assert numbers(asked.output) == numbers(expected.output) != []
    assert "Standardised by the mean and the spread of each column of" in asked.output
    assert "differ in spread" not in asked.output
    refused = call("score", files["made"], "--dataset", "wine", "--standardise")
    assert refused.exit_code == 2
    assert "--standardise would do nothing" in " ".join(refused.output.split())


def test_other_units_are_said_once_for_all_metrics(tmp_path):
    np.save(tmp_path / "real.npy", RNG.random((N, 2)))
    np.save(tmp_path / "made.npy", 255 * RNG.random((N, 2)))

    output = call("score", tmp_path / "made.npy", "--against", tmp_path / "real.npy").output

    assert output.count("are they in the same units? (every metric).") == 1


def test_what_is_left_out_of_a_folder_is_said(tmp_path):
    for name in ("a/1.png", "a/2.png", "a/3.gif", "a/.hidden/1.png", "a/notes.txt", "b/1.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RNG.integers(0, 256, (4, 4), dtype=np.uint8)).save(tmp_path / name, "PNG")

    output = call("score", tmp_path / "a", "--against", tmp_path / "b").output

    assert "b: 1 picture; nothing is left out." in output
    assert (
        "a: 2 pictures; left out: 1 hidden (.hidden), 1 of other formats (.gif), "
        "1 not of pictures (.txt)." in output
    )

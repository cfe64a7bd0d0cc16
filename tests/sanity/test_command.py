"""The command, from the shell's side, and what it leaves in a folder."""

import gzip
import io

import pandas as pd
import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.ground.errors import BadInput
from genbench.sanity.command import sanity, seeds_from

MINE = """
import numpy as np

def distance(test, generated):
    return np.abs(test.mean(axis=0) - generated.mean(axis=0)).sum()

distance.aim = "low"
distance.catches = ("shift", "dropped mode")
"""


def run(*arguments):
    return CliRunner().invoke(sanity, arguments, catch_exceptions=False)


@pytest.mark.parametrize(
    ("text", "seeds"), [("3", [0, 1, 2]), ("2-4", [2, 3, 4]), ("0,7, 5", [0, 5, 7])]
)
def test_seeds(text, seeds):
    assert seeds_from(text) == seeds


@pytest.mark.parametrize("text", ["1", "4-2", "x", "3,3", "", "-1"])
def test_bad_seeds(text):
    with pytest.raises(BadInput, match="--seeds must be at least two"):
        seeds_from(text)


def test_it_lists_the_checks():
    shown = run("--list").output

    assert "memory_gan" in shown
    assert "gets worse" in shown


@pytest.mark.parametrize(
    "more",
    [
        ("--jobs", "1"),
        ("--folder", "nowhere"),
        ("--seeds", "3"),
        ("--full",),
        ("--quick",),
        ("-c", "noise"),
        ("fid",),
    ],
)
def test_beside_a_list_nothing_else_is_of_use(more, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["sanity", "--list", *more])

    shown = {"-c": "--check", "fid": "METRICS", "--full": "--quick"}.get(more[0], more[0])
    assert done.exit_code == 2
    assert f"{shown} would do nothing: --list only shows the checks" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flag", ["--quick", "--full"])
def test_how_much_is_no_question_where_all_is_named(flag):
    named = ["sanity", "fid", "-c", "noise", "--seeds", "2", flag]
    done = CliRunner().invoke(main, named)

    assert done.exit_code == 2
    assert "--quick or --full would do nothing" in done.stderr


def test_ours_and_the_users_metric_stand_side_by_side(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(MINE)
    monkeypatch.chdir(tmp_path)

    shown = run("coverage", "./mine.py:distance", "-c", "shift", "-c", "mode_drop", "-c", "noise",
                "--seeds", "5", "-j", "1").output  # fmt: skip

    ours, mine = shown.split("\ndistance", 1)
    assert ours.strip().startswith("coverage")
    assert {line.split()[0]: line.split()[1] for line in mine.splitlines() if "from" in line} == {
        "shift": "+",
        "mode_drop": "+",
        "noise": "(·)",
    }
    left = {path.name for path in tmp_path.iterdir()} - {"__pycache__"}
    assert left == {"mine.py"}  # nothing is left behind


def test_unknown_names_have_near_matches():
    for arguments, says in ((["fidd"], "Did you mean 'fid'"), (["fid", "-c", "nois"], "'noise'")):
        with pytest.raises(BadInput, match=says):
            run(*arguments)


def test_a_board_of_models_is_not_written_over(tmp_path):
    (tmp_path / "records.jsonl").touch()

    with pytest.raises(BadInput, match="holds a board of models"):
        run("coverage", "-c", "noise", "--folder", str(tmp_path))


def test_the_folder_holds_tables_figures_and_a_page_that_do_not_change(tmp_path):
    checks = ("-c", "mode_drop", "-c", "overlap_null", "-c", "declared_bounds")
    settings = ("--seeds", "3", "-j", "1", "--folder", str(tmp_path))
    arguments = ("coverage", "precision", "is", *checks, *settings)
    run(*arguments)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    run(*arguments)

    assert set(first) == {"README.md", "index.html", "responses.csv.gz", "checks.csv",
                          "desiderata.csv", "heatmap.png", "heatmap.svg", "curves.png"}  # fmt: skip
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == first
    responses = pd.read_csv(io.BytesIO(gzip.decompress(first["responses.csv.gz"])))
    assert len(responses) == 3 * (6 * 3 + 3 * 10)  # seeds, levels, metrics, repeats
    checks = pd.read_csv(tmp_path / "checks.csv").set_index(["metric", "check"])
    assert checks.loc[("coverage", "mode_drop"), "verdict"] == "+"
    assert not checks.loc[("precision", "mode_drop"), "claimed"]
    assert checks.loc[("coverage", "declared_bounds"), "note"].startswith("0 of 108 values")
    page = (tmp_path / "README.md").read_text()
    assert "not to be edited by hand" in page
    assert "nan" not in page.lower().replace("nano", "")

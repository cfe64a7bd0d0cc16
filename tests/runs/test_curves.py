"""Models with parameters in their names: cells of their own, and the curves of a board."""

import csv

import numpy as np
import pytest
from click.testing import CliRunner

from genbench.cli import main as cli
from genbench.cli.options import models_from
from genbench.ground.errors import BadInput
from genbench.models.sources import hash_of_code
from genbench.report.board_check import check_board
from genbench.runs import board_files, records
from genbench.runs.boards import CONTROLS
from genbench.runs.cells import Cell, cells_of
from genbench.runs.names import check_owner
from genbench.runs.records import REAL
from genbench.runs.status import standings

BOARD = """
seeds = 1
models = ["gaussian", "kernel_density#max_left_out=50"]
metrics = ["fid", "precision", "coverage"]
[curves]
kernel_density = { bandwidth = [0.5, 0.05, 0.50] }
[[data]]
name = "mine"
samples = "mine.npy"
"""
POINTS = ("kernel_density#bandwidth=0.5", "kernel_density#bandwidth=0.05")


def call(*words):
    """Run a command; an exception that is not ours passes through."""
    return CliRunner().invoke(cli.main, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    np.save(folder / "mine.npy", np.random.default_rng(0).normal(size=(120, 2)))
    (folder / "my.toml").write_text(BOARD)
    return folder / "my.toml"


def test_a_key_depends_on_parameters_and_not_on_how_they_are_written():
    def key(model):
        return Cell("ring", model, 0).key()

    keys = [key(f"kernel_density{told}") for told in ("", "#bandwidth=0.2", "#bandwidth=0.3")]
    both = "#bandwidth=0.2,max_left_out=9", "#max_left_out=9.0, bandwidth=.2"

    assert len({*keys, key(f"kernel_density{both[0]}")}) == 4
    assert Cell("ring", f"kernel_density{both[1]}", 0) == Cell(
        "ring", f"kernel_density{both[0]}", 0
    )
    assert key(f"kernel_density{both[1]}") == key(f"kernel_density{both[0]}")
    assert Cell("ring", POINTS[0], 0).spec.family == Cell("ring", "kernel_density", 0).spec.family


def test_a_parameter_called_path_is_part_of_the_key(tmp_path):
    (tmp_path / "mine.py").write_text("def M(path):\n    pass\n")
    keys = {Cell("ring", f"mine.py:M#path={p}", 0, home=tmp_path).key() for p in ("a", "b")}

    assert len(keys) == 2
    assert hash_of_code(str(tmp_path / "mine.py"))


def test_what_is_handed_in_may_be_called_anything_but_a_model_with_parameters():
    assert Cell("ring", "My model #3", 0).model == "My model #3"
    assert check_owner("My model #3", "", []) == []
    with pytest.raises(BadInput, match="names a model with parameters"):
        check_owner("kernel_density#bandwidth=0.2", "", [])


def test_the_curves_of_a_board_are_run_beside_its_models(path):
    board = board_files.find(str(path))

    assert board.curves == POINTS
    models = [cell.model for cell in cells_of(board)]
    known = ("gaussian", "kernel_density#max_left_out=50")
    assert models == [REAL, *CONTROLS, *known, *POINTS]
    narrowed = board.narrowed(models=("gaussian", POINTS[0]), datasets=None, seeds=None)
    assert [cell.model for cell in cells_of(narrowed)] == [REAL, "gaussian", POINTS[0]]
    assert board.narrowed(models=None, datasets=None, seeds=(1,)).curves == POINTS


def test_the_check_of_a_board_counts_them_and_does_not_run_them(path):
    found = []

    (one,) = check_board(board_files.find(str(path)), jobs=1, on_end=found.append)

    assert one.n_cells == 8
    assert {record.model for record in found} == {REAL, "copycat", "noise"}


def test_families_has_a_curve_that_its_models_know():
    families = board_files.find("families")

    assert len(families.curves) >= 6
    assert len(cells_of(families)) == len(families.seeds) * len(families.datasets) * (
        len({cell.model for cell in cells_of(families)})
    )
    assert set(families.curves) < {cell.model for cell in cells_of(families)}


@pytest.mark.parametrize(
    ("curves", "message"),
    [
        ("kernel_density = { bandwith = [1, 2] }", "named 'bandwith'. Did you mean 'bandwidth'"),
        ("kernel_densty = { bandwidth = [1, 2] }", "No model named 'kernel_densty'"),
        ("kernel_density = [1, 2]", r"\[curves\]: kernel_density must be one parameter and its"),
        ("kernel_density = { bandwidth = [] }", "kernel_density must be one parameter"),
        ('kernel_density = { bandwidth = ["a"] }', "kernel_density must be one parameter"),
        ("kernel_density = { bandwidth = [1], max_left_out = [2] }", "must be one parameter"),
    ],
)
def test_what_is_no_curve_is_said(curves, message, path):
    other = path.with_name("other.toml")
    other.write_text(BOARD.replace("kernel_density = { bandwidth = [0.5, 0.05, 0.50] }", curves))

    with pytest.raises(BadInput, match=message):
        board_files.find(str(other))


def test_commas_part_models_and_parameters():
    assert models_from("vae,kernel_density#bandwidth=1, max_left_out=3,gaussian") == (
        "vae",
        "kernel_density#bandwidth=1,max_left_out=3",
        "gaussian",
    )
    assert models_from("a=1,b=2") == ("a=1", "b=2")
    assert models_from(None) is None


@pytest.mark.parametrize(
    "words",
    [
        ("run", "quick", "-m", "kernel_density#bandwith=0.2"),
        ("check", "kernel_density#bandwith=0.2"),
        ("score", "kernel_density#bandwith=0.2", "--dataset", "ring"),
        ("score", "kernel_density#bandwith=0.2", "--board", "quick"),
    ],
)
def test_an_unknown_parameter_is_an_error_before_anything_is_run(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = call(*words)

    assert done.exit_code == 2
    assert (
        "No parameter of kernel_density named 'bandwith'. Did you mean 'bandwidth'?" in done.output
    )
    assert "kernel_density has bandwidth, max_left_out." in done.output
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_a_board_is_run_with_its_curves_and_ranks_none_of_them(path, monkeypatch):
    monkeypatch.chdir(path.parent)

    done = call("run", path, "--folder", "boards", "--jobs", 1)

    assert done.exit_code == 0, done.output
    folder = path.parent / "boards" / "my"
    found = {record.model: record for record in records.read(folder / "records.jsonl")}
    assert set(POINTS) < set(found)
    near, far = (found[point].scores["frechet_distance"].value for point in POINTS[::-1])
    assert near < far  # of a wide kernel the samples are farther off
    assert found[POINTS[0]].key != found["kernel_density#max_left_out=50"].key
    with (folder / "table.csv").open(newline="") as file:
        ranked = {row["model"]: row["rank"] for row in csv.DictReader(file)}
    assert set(POINTS) < set(ranked)
    assert not any(ranked[point] for point in POINTS)
    assert b"#" not in (folder / "board.csv").read_bytes()
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "- kernel_density, bandwidth .05 to .5: a curve" in text
    board = board_files.find(str(path))
    assert {one.word for one in standings(board, folder)} == {"ok"}


def test_a_new_boards_file_explains_them(path):
    folder = path.parent
    new = folder / "new.toml"

    assert call("board", "new", new, "--data", folder / "mine.npy").exit_code == 0

    commented = new.read_text(encoding="utf-8")
    assert board_files.find(str(new)).curves == ()
    new.write_text(commented.replace("# [curves]", "[curves]").replace("# kernel_d", "kernel_d"))
    assert len(board_files.find(str(new)).curves) >= 6

"""Boards from TOML files: what is read, and one clear sentence for what is not."""

import re

import numpy as np
import pytest

from genbench.ground.errors import BadInput
from genbench.models.find import baselines
from genbench.runs import board_files
from genbench.runs.boards import CONTROLS, STANDARD
from genbench.runs.cells import cells_of
from genbench.runs.own_data import OwnData
from genbench.runs.records import REAL

FULL = """
summary = "faces of our lab"
seeds = [3, 1]
models = ["kernel_density", "ours.py:Model"]
metrics = ["fid", "coverage"]
copies = "ranked"
deadline = 60
budget = 9
[headline]
fidelity = ["precision"]
coverage = ["coverage"]
[[data]]
name = "ring"
[[data]]
name = "faces"
samples = "faces.npy"
split = [0.6, 0.2, 0.2]
split_seed = 4
labels = "labels.npy"
features = "embed.py:embed"
"""
OURS = """
class Model:
    def fit(self, train, *, rng):
        return self
    def sample(self, n, *, rng):
        return rng.normal(size=(n, 2))
"""
MINE = 'name = "mine"\nsamples = "mine.npy"\n'


@pytest.fixture
def write(tmp_path):
    """Return what writes a board's file and the files that it names, and returns its path."""
    rng = np.random.default_rng(0)
    np.save(tmp_path / "faces.npy", rng.normal(size=(50, 2)))
    np.save(tmp_path / "mine.npy", rng.normal(size=(40, 2)))
    np.save(tmp_path / "labels.npy", np.arange(50) % 3)
    (tmp_path / "ours.py").write_text(OURS)
    (tmp_path / "embed.py").write_text("def embed(samples):\n    return samples\n")

    def write(text, name="my.toml"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_every_key_is_read_and_paths_are_relative_to_the_file(write, tmp_path, monkeypatch):
    path = write(FULL)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    board = board_files.find(str(path))

    assert (board.name, board.summary, board.seeds) == ("my", "faces of our lab", (3, 1))
    assert board.models == (*CONTROLS, "kernel_density", "ours.py:Model")
    assert board.metrics == ("frechet_distance", "coverage")
    assert (board.copies, board.deadline, board.budget) == ("ranked", 60.0, 9.0)
    assert board.headline == {"fidelity": ("precision",), "coverage": ("coverage",)}
    assert board.datasets == ("ring", "faces")
    (faces,) = board.own
    assert isinstance(faces, OwnData)
    assert faces.samples == (tmp_path / "faces.npy",)
    assert (faces.shares, faces.split_seed) == ((0.6, 0.2, 0.2), 4)
    assert faces.labels == (str(tmp_path / "labels.npy"),)
    assert (faces.features, faces.features_from) == ("embed.py:embed", tmp_path / "embed.py")
    cells = cells_of(board)
    assert len(cells) == 2 * 2 * 6
    (of_ours, *_) = (cell for cell in cells if cell.model == "ours.py:Model")
    assert of_ours.spec.target == f"{tmp_path / 'ours.py'}:Model"


def test_what_a_file_does_not_say_is_as_ordinary(write):
    board = board_files.find(str(write('[[data]]\nname = "ring"\n')))

    assert board.seeds == (0, 1, 2)
    assert board.models is None
    assert board.metrics == STANDARD
    assert board.copies == "unranked"
    assert board.budget == 5.0
    assert {cell.model for cell in cells_of(board)} == {REAL, *baselines()}


def test_ours_can_be_named_with_fewer_training_samples(write):
    board = board_files.find(str(write('[[data]]\nname = "ring/300"\n[[data]]\nname = "ring"\n')))

    assert board.datasets == ("ring/300", "ring")
    assert len({cell.key() for cell in cells_of(board) if cell.model == "copycat"}) == 6
    more = board_files.find(str(write('[[data]]\nname = "ring/2001"\n')))
    with pytest.raises(BadInput, match="a number from 1 to 2000, not '2001'"):
        cells_of(more)


def test_ours_can_be_named_all_at_once_beside_yours(write):
    text = 'models = ["baselines", "ours.py:Model", "vae"]\n[[data]]\nname = "ring"\n'
    board = board_files.find(str(write(text)))

    assert len(board.models) == len(baselines()) + 1
    assert {*board.models} == {*baselines(), "ours.py:Model"}


def test_ours_are_such_files_and_all_have_the_controls():
    families, quick = map(board_files.find, ("families", "quick"))

    assert board_files.names() == [
        "cifar10",
        "decoding",
        "families",
        "fashion_mnist",
        "levels",
        "mnist",
        "pictures",
        "quick",
        "robust",
        "sequences",
    ]
    assert families.seeds == (0, 1, 2, 3, 4)
    assert families.budget is None
    assert families.models is None
    assert set(CONTROLS) <= set(quick.models)
    assert (quick.seeds, quick.budget, quick.datasets) == ((0,), 30.0, ("digits", "ring"))


def data(text):
    return f"[[data]]\n{text}"


BAD = {
    "no TOML": ("seeds = ", "my.toml is not TOML"),
    "an unknown key": (
        f"sedes = 5\n{data(MINE)}",
        "No key named 'sedes'. Did you mean 'seeds'",
    ),
    "an unknown key of data": (
        data('name = "mine"\nsampels = "mine.npy"\n'),
        "No key named 'sampels'. Did you mean 'samples'",
    ),
    "no data": ("seeds = 5", "lacks data: expected one or more tables"),
    "no seeds": (f"seeds = 0\n{data(MINE)}", "seeds must be a number of seeds from 1 up"),
    "a seed below zero": (f"seeds = [-1]\n{data(MINE)}", "seeds must be a number of seeds"),
    "too many seeds": (f"seeds = 20000\n{data(MINE)}", "at most 10000 will do"),
    "an unknown metric": (
        f'metrics = ["covrage"]\n{data(MINE)}',
        "No metric named 'covrage'. Did you mean 'coverage'",
    ),
    "an unknown model": (
        f'models = ["vea"]\n{data(MINE)}',
        "No model named 'vea'. Did you mean 'vae'",
    ),
    "a model's file that is not there": (
        f'models = ["theirs.py"]\n{data(MINE)}',
        "There is no file theirs.py",
    ),
    "an unknown face": (
        f'[headline]\nfidelity = ["precison"]\n{data(MINE)}',
        "Did you mean 'precision'",
    ),
    "copies": (f'copies = "maybe"\n{data(MINE)}', "copies must be 'unranked' or 'ranked'"),
    "a deadline that is none": (f"deadline = true\n{data(MINE)}", "deadline must be a positive"),
    "an unknown data set": (
        data('name = "rign"\n'),
        "No data set named 'rign'. Did you mean",
    ),
    "one name twice": (data(MINE) + data(MINE), "has two data sets named 'mine'"),
    "a name of ours": (
        data('name = "digits"\nsamples = "mine.npy"\n'),
        "'digits' is the name of one of our data sets",
    ),
    "a name that is no address": (
        data('name = "../mine"\nsamples = "mine.npy"\n'),
        "name must be 1 to 60 letters",
    ),
    "shares beyond one": (
        data(f"{MINE}split = [0.5, 0.5, 0.2]\n"),
        "must be above 0 and sum to one, not 0.5 + 0.5 + 0.2 = 1.2",
    ),
    "a share of nothing": (data(f"{MINE}split = [0.5, 0.5, 0]\n"), "must be above 0"),
    "two shares": (data(f"{MINE}split = [0.5, 0.5]\n"), "three shares or three paths"),
    "samples beside three paths": (
        data(f'{MINE}split = ["a.npy", "b.npy", "c.npy"]\n'),
        "samples would do nothing",
    ),
    "one file of labels for three": (
        data('name = "mine"\nsplit = ["a.npy", "b.npy", "c.npy"]\nlabels = "l.npy"\n'),
        "labels names one file, but there are 3 of samples",
    ),
    "features of nobody": (data(f'{MINE}features = "pixels"\n'), "features must be 'standardised'"),
    "features without weights": (data(f'{MINE}features = "inception"\n'), "go together"),
    "features from no file": (
        data(f'{MINE}features = "embad.py:embed"\n'),
        "features: there is no file",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_board_is_said_in_a_sentence(case, write):
    text, message = BAD[case]

    with pytest.raises(BadInput, match=re.escape(message)):
        board_files.find(str(write(text)))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("not_there.toml", "There is no file not_there.toml"),
        ("lab/quick.toml", "quick is the name of a board of ours"),
        ("quik", "No board named 'quik'. Did you mean 'quick'? Or give the path of a .toml file."),
    ],
)
def test_a_board_that_is_not_there_is_said(name, message):
    with pytest.raises(BadInput, match=re.escape(message)):
        board_files.find(name)


METRIC = """
def distance(test, generated):
    '''How far the means are apart.'''
    return abs(test.mean() - generated.mean())
distance.aim, distance.bounds = "low", (0, float("inf"))
"""


def test_a_metric_of_ones_own_is_named_by_its_file_and_may_be_a_face(write, tmp_path):
    (tmp_path / "my_metric.py").write_text(METRIC)
    text = (
        'metrics = ["fid", "my_metric.py:distance", "frechet_distance"]\n'
        f'[headline]\nmine = ["distance"]\n{data(MINE)}'
    )

    board = board_files.find(str(write(text)))

    assert board.metrics == ("frechet_distance", f"{tmp_path / 'my_metric.py'}:distance")
    assert board.headline == {"mine": ("distance",)}


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ('"none.py:distance"', "There is no file"),
        ('"my_metric.py:far"', "defines no function 'far'"),
        ('"my_metric.py"', "Say which function of"),
        ('"my_metric.py:distance", "other.py:distance"', "names two functions called distance"),
    ],
)
def test_a_metric_that_is_none_is_said(metrics, message, write, tmp_path):
    for name in ("my_metric.py", "other.py"):
        (tmp_path / name).write_text(METRIC)

    with pytest.raises(BadInput, match=re.escape(message)):
        board_files.find(str(write(f"metrics = [{metrics}]\n{data(MINE)}")))

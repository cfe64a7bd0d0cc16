"""genbench.board: arrays, frames and files in, a table and a page out."""

import numpy as np
import pandas as pd
import pytest

import genbench
from genbench.report import door
from genbench.runs.boards import CONTROLS
from genbench.runs.records import REAL
from genbench.runs.store import Store

FAST = {"models": ["gaussian"], "metrics": ["coverage", "fid"], "seeds": 1, "jobs": 2}


def frame(n=60, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "size": rng.normal(size=n),
            "kind": rng.choice(["a", "b", "c"], size=n),
            "rooms": rng.integers(1, 9, size=n),
        }
    )


def test_a_frame_becomes_a_table_with_a_page(tmp_path):
    table = genbench.board(frame(), folder=tmp_path, name="homes", **FAST)

    assert isinstance(table, pd.DataFrame)
    assert set(table["model"]) == {REAL, *CONTROLS, "gaussian"}
    assert set(table["dataset"]) == {"homes"}
    assert {"agreement", "coverage", "frechet_distance"} <= set(table.columns)
    assert table.attrs["page"] == str(tmp_path / "homes" / "index.html")
    assert "homes" in (tmp_path / "homes" / "index.html").read_text()
    (real,) = (r for r in Store(tmp_path / "homes").records() if r.model == REAL)
    (value,) = table.loc[table["model"] == REAL, "coverage"]
    assert value == real.value("coverage")
    assert (real.n_train, real.n_test, real.n_generated) == (30, 15, 15)


def loaded(monkeypatch, tmp_path, *given, **said):
    """Return the data set that a board would run on."""
    boards = []

    class Stop(Exception):
        pass

    def run(board, *_, **__):
        boards.append(board)
        raise Stop

    monkeypatch.setattr(door, "run", run)
    with pytest.raises(Stop):
        genbench.board(*given, folder=tmp_path, **said)
    return boards[0], boards[0].own[0].load()


def test_samples_are_what_was_given_to_the_last_digit(monkeypatch, tmp_path):
    one = frame()

    board, data = loaded(monkeypatch, tmp_path, one, labels="kind", models=["vae"], seeds=[4])

    assert (board.seeds, board.models, board.budget) == ((4,), (*CONTROLS, "vae"), 5.0)
    rows = np.concatenate([data.train, data.test, data.fresh])
    expected = one[["size", "rooms"]].to_numpy(dtype=float)
    np.testing.assert_array_equal(
        rows[np.argsort(rows[:, 0])], expected[np.argsort(expected[:, 0])]
    )
    assert set(data.train_labels) == {0, 1, 2}


def test_three_parts_are_taken_as_they_are_with_labels_of_each(monkeypatch, tmp_path):
    import torch

    parts = tuple(np.random.default_rng(i).normal(size=(9, 2, 2)) for i in range(3))
    words = (["x"] * 5 + ["y"] * 4, ["y"] * 9, ["y", "x", "z"] * 3)

    _, data = loaded(
        monkeypatch, tmp_path, (parts[0], torch.from_numpy(parts[1]), parts[2]), labels=words,
        budget=None,
    )  # fmt: skip

    np.testing.assert_array_equal(data.test, parts[1].reshape(9, 4))
    assert data.picture == (2, 2)
    assert data.train_labels.tolist() == [0] * 5 + [1] * 4
    assert data.test_labels.tolist() == [1] * 9
    assert data.fresh_labels.tolist() == [1, 0, 2] * 3


def test_a_file_is_read_where_it_is_and_a_board_file_says_all_else(monkeypatch, tmp_path):
    np.save(tmp_path / "some.npy", samples := np.random.default_rng(0).normal(size=(20, 2)))
    (tmp_path / "my.toml").write_text('[[data]]\nname = "some"\nsamples = "some.npy"\n')

    named, of_file = loaded(monkeypatch, tmp_path / "kept", tmp_path / "some.npy", models="vae")
    board, of_board = loaded(monkeypatch, tmp_path / "kept", tmp_path / "my.toml")

    assert (named.name, board.name) == ("some", "my")
    assert named.models == (*CONTROLS, "vae")
    for data in (of_file, of_board):
        assert set(data.train[:, 0]) <= set(samples[:, 0])
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    ("data", "said", "message"),
    [
        (np.ones((4, 2)), {"name": "quick"}, "quick is the name of a board of ours"),
        (np.ones((4, 2)), {"name": "../up"}, "name must be 1 to 60 letters"),
        (np.ones((4, 2)), {"name": "digits"}, "'digits' is the name of one of our data sets"),
        (np.ones((4, 2)), {"models": ["vea"]}, "Did you mean 'vae'"),
        (np.ones((4, 2)), {"seeds": 0}, "seeds must be a number of seeds"),
        ((np.ones((4, 2)),) * 2, {}, "not 2 of them"),
        (np.ones((4, 2)), {"labels": (np.ones(4),) * 3}, "labels must be 1, as data are, not 3"),
        (np.array([["a"]]), {}, "must hold real numbers"),
        ("none.npy", {}, "There is no file"),
        ("my.toml", {"models": ["vae"]}, "my.toml says itself what is run"),
        ("none.toml", {}, "There is no file none.toml"),
    ],
)
def test_mistakes_are_said_in_a_sentence(data, said, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(genbench.BadInput, match=message):
        genbench.board(data, folder=tmp_path / "boards", **said)

    assert not (tmp_path / "boards" / "my_data" / "records.jsonl").exists()

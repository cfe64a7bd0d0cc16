"""A metric of one's own on a board: a column, scored anew when its code has changed."""

import numpy as np
import pytest

from genbench.report.folder import report
from genbench.runs.board_files import find
from genbench.runs.engines import Engine
from genbench.runs.run import run
from genbench.runs.store import Store

BOARD = """
seeds = 1
models = ["copycat"]
metrics = ["coverage", "my_metric.py:apart", "my_metric.py:leaving"]
[[data]]
name = "mine"
samples = "mine.npy"
"""
METRIC = """
import numpy as np
def apart(test, generated):
    '''How far the means are apart.'''
    return FACTOR * np.linalg.norm(test.mean(axis=0) - generated.mean(axis=0))
apart.aim, apart.bounds = "low", (0, float("inf"))
def leaving(generated):
    raise SystemExit(3)
leaving.aim = "low"
FACTOR = 1
"""


@pytest.fixture
def again(tmp_path):
    """Return what runs the board with some code of the metric, and what it did anew."""
    np.save(tmp_path / "mine.npy", np.random.default_rng(0).normal(size=(80, 2)))
    (tmp_path / "my.toml").write_text(BOARD)

    def again(code):
        (tmp_path / "my_metric.py").write_text(code)
        anew = []
        board = find(str(tmp_path / "my.toml"))
        found = run(board, tmp_path / "my", engine=Engine(jobs=1), on_end=anew.append)
        return {record.model: record for record in found}, anew

    return again


def test_it_is_a_column_and_is_scored_anew_when_its_code_has_changed(again, tmp_path):
    first, made = again(METRIC)
    fits = {path: path.stat().st_mtime_ns for path in tmp_path.glob("my/work/cells/*/samples.npy")}
    same, none = again(f"{METRIC}\n# It says no more than before.\n")
    other, anew = again(METRIC.replace("FACTOR = 1", "FACTOR = 3"))

    assert (len(made), len(none), len(anew)) == (4, 0, 4)
    assert same.keys() == first.keys() == other.keys()
    for model, record in first.items():
        value = record.value("apart")
        samples = np.load(Store(tmp_path / "my").cell(record.key) / "samples.npy")
        test = find(str(tmp_path / "my.toml")).own[0].load().test
        assert value == np.linalg.norm(test.mean(axis=0) - samples.mean(axis=0)) > 0
        assert other[model].value("apart") == pytest.approx(3 * value)
        assert other[model].value("coverage") == record.value("coverage")
        assert record.scores["leaving"].reason == "SystemExit: 3"
    assert fits == {path: path.stat().st_mtime_ns for path in fits}  # nothing was fitted again

    report(tmp_path / "my")
    assert "apart" in (tmp_path / "my" / "README.md").read_text()
    assert "apart" in (tmp_path / "my" / "index.html").read_text()

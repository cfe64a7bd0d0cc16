"""What of a model's samples is kept to look at."""

import importlib
from pathlib import Path

import numpy as np
import pytest

from genbench.datasets import load
from genbench.ground.helper import HelperDied
from genbench.runs import scorer
from genbench.runs.cells import Cell
from genbench.runs.scorer import preview_of


@pytest.mark.parametrize(("name", "n", "length"), [("ring", 200, 2), ("photographs_8", 10, 192)])
def test_a_few_samples_that_can_be_drawn_are_kept(name, n, length):
    dataset = load(name)

    preview = preview_of(dataset, dataset.fresh + 0.4)

    assert {len(sample) for sample in preview} == {length}
    np.testing.assert_allclose(preview, dataset.project(dataset.fresh[:n] + 0.4), atol=5e-4)


@pytest.mark.parametrize("name", ["wine", "iris"])
def test_rows_of_a_table_are_not_kept_since_nobody_could_draw_them(name):
    table = load(name)

    assert preview_of(table, table.fresh) == ()


DIES_ONCE = """
import os
from pathlib import Path

def score(cell, mark, *_):
    if mark.exists():
        return os.getpid()
    mark.touch()
    os._exit(1)
"""


def test_a_process_that_dies_is_replaced_and_the_cell_tried_once_more(tmp_path, monkeypatch):
    (tmp_path / "dies_once.py").write_text(DIES_ONCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(scorer, "score_here", importlib.import_module("dies_once").score)
    with scorer.Scorer() as scoring:
        first = scoring.score(Cell("ring", "gaussian", 0), tmp_path / "mark", ())
        again = scoring.score(Cell("ring", "gaussian", 0), tmp_path / "mark", ())

    assert first == again
    assert not Path(f"/proc/{first}").exists()
    with pytest.raises(HelperDied, match="The run was stopped"):
        scoring.score(Cell("ring", "gaussian", 0), tmp_path / "mark", ())

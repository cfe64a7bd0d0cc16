"""A budget reaches the models that ask for one, and is part of what a cell's numbers depend on."""

from dataclasses import replace

import pytest

from genbench.ground.errors import BadInput
from genbench.models.find import ModelSpec
from genbench.runs import board_files
from genbench.runs.cells import Cell, cells_of
from genbench.runs.jobs import Plan, do
from genbench.runs.records import REAL, read, write
from genbench.runs.store import Store

MODEL = """
import numpy as np

class Says:
    '''Draws its own budget, again and again.'''
    def __init__(self, budget=60.0):
        self.budget = budget
    def fit(self, train, *, rng):
        self.d = train.shape[1]
        return self
    def sample(self, n, *, rng):
        return np.full((n, self.d), self.budget)

class SaysNothing(Says):
    def __init__(self):
        self.budget = 1.0
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    return path


def test_a_model_that_asks_is_told_and_one_that_does_not_is_left_alone(model, tmp_path):
    for name, drawn in (("Says", 7.0), ("SaysNothing", 1.0)):
        plan = Plan(folder=tmp_path / name, metrics=())
        record = do(plan, [Cell("ring", f"{model}:{name}", 0, 7.0)])[0]

        assert record.status == "ok"
        assert record.preview[0] == (drawn, drawn)
        assert record.budget == 7.0


def test_a_setting_of_the_spec_goes_before_the_budget(model):
    spec = ModelSpec(target=f"{model}:Says", params={"budget": 3.0})

    assert spec.make(budget=7.0).budget == 3.0
    assert replace(spec, params={}).make(budget=7.0).budget == 7.0
    assert replace(spec, params={}).make().budget == 60.0


def test_the_key_tells_budgets_apart_and_where_a_cell_stands_does_not():
    plain, small, same = (Cell("ring", "gan", 0, budget) for budget in (None, 5.0, 5))

    assert len({plain.key(), small.key()}) == 2
    assert small.key() == same.key()
    assert plain == small


def test_a_board_gives_its_budget_to_all_models_and_none_to_real_samples():
    board = board_files.find("quick").narrowed(
        models=("gan", "noise"), datasets=("ring",), seeds=(0,), budget=9.0
    )

    assert {cell.model: cell.budget for cell in cells_of(board)} == {
        REAL: None,
        "gan": 9.0,
        "noise": 9.0,
    }


@pytest.mark.parametrize("budget", [0.0, -1.0, float("inf"), float("nan")])
def test_what_is_no_budget_is_refused(budget):
    with pytest.raises(BadInput, match="positive number of seconds"):
        Cell("ring", "gan", 0, budget)


def test_a_record_of_another_budget_stands_until_the_cell_is_done_with_this_one(model, tmp_path):
    target, store = f"{model}:Says", Store(tmp_path / "board")
    plan = Plan(folder=store.folder, metrics=())
    do(plan, [Cell("ring", target, 0, 7.0)])
    do(plan, [Cell("ring", target, 0, 8.0)])

    (record,) = store.publish()
    assert record.budget == 8.0
    assert Cell.of(record).key() == record.key


def test_a_record_keeps_its_budget_and_one_with_none_is_refused(model, tmp_path):
    record = do(
        Plan(folder=tmp_path / "board", metrics=()), [Cell("ring", f"{model}:Says", 0, 7.0)]
    )[0]
    path = tmp_path / "records.jsonl"
    write(path, [record])
    assert read(path)[0].budget == 7.0

    path.write_text(path.read_text().replace('"budget": 7.0', '"budget": -7.0'))
    with pytest.raises(BadInput, match="budget"):
        read(path)

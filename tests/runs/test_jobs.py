"""A job does what is not done, and no more."""

from dataclasses import replace

import pytest

from genbench.runs.cells import Cell
from genbench.runs.claims import claim
from genbench.runs.jobs import Plan, do
from genbench.runs.records import Record
from genbench.runs.store import Store


@pytest.fixture
def cell():
    return Cell("ring", "copycat", 0)


@pytest.fixture
def landed(cell, tmp_path):
    """A record that holds, and could not have come of the cell itself."""
    record = Record(
        key=cell.key(),
        dataset=cell.dataset,
        model=cell.model,
        family="of another run",
        seed=cell.seed,
        status="error",
        reason="told by another run",
        finished="2026",
    )
    Store(tmp_path).land(record)
    return record


def never(*_):
    pytest.fail("it was done again")


def test_what_another_run_has_landed_meanwhile_is_taken_as_it_is(cell, landed, tmp_path):
    plan = Plan(folder=tmp_path, metrics=("recall",))

    found = do(plan, [cell], on_start=never)[0]

    assert found.finished > landed.finished
    assert replace(found, finished=landed.finished) == landed
    assert Store(tmp_path).landed(cell.key()) == found


def test_what_another_run_is_at_is_left_to_it(cell, tmp_path):
    store = Store(tmp_path)
    with claim(store.claims, cell.key()):
        assert do(Plan(folder=tmp_path, metrics=()), [cell], on_start=never) == []

    assert store.records() == []


def test_what_was_asked_for_anew_is_done_again(cell, landed, tmp_path):
    plan = Plan(folder=tmp_path, metrics=("recall",), anew_since="2026-01-01")

    found = do(plan, [cell])[0]

    assert (found.status, found.family) == ("ok", "control")
    assert found.scores.keys() == {"recall"}

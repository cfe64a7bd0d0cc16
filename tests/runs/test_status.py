"""How a board stands, as `genbench status` tells it."""

import io
import json
from dataclasses import asdict, replace

import pytest
from rich.console import Console

from genbench.creativity.laws import Law
from genbench.runs import status
from genbench.runs.boards import Board
from genbench.runs.cells import cells_of
from genbench.runs.claims import Holder, claim
from genbench.runs.records import Record
from genbench.runs.store import Store


@pytest.fixture
def board():
    models = ("copycat", "noise", "gaussian", "marginals", "smote")
    return Board(summary="", datasets=("ring",), models=models, metrics=())


@pytest.fixture
def store(tmp_path, board):
    """One cell each: done, failed, stale, under way, lost, missing."""
    store = Store(tmp_path)
    real, copycat, noise, gaussian, marginals, _ = cells_of(board)
    for cell, how in ((real, "ok"), (copycat, "error"), (noise, "ok")):
        record = Record(
            key=cell.key(),
            dataset=cell.dataset,
            model=cell.model,
            family="yours",
            seed=cell.seed,
            status=how,
            source=cell.source,
            kinds=Law(codebook="0a1b", counts=(7,)),
        )
        if how == "error":
            record = replace(record, phase="fit", reason="ValueError: oh")
        if cell is noise:
            record = replace(record, key="of-before", source="another")
        store.land(record)
    dead = Holder(Holder.this_process().host, 4_000_000, "1")
    store.claims.mkdir(parents=True)
    (store.claims / f"{marginals.key()}-0").write_text(json.dumps(asdict(dead)))
    with claim(store.claims, gaussian.key()):
        yield store


def test_every_cell_is_told_apart(board, store):
    found = {
        each.cell.model: (each.word, each.reason) for each in status.standings(board, store.folder)
    }

    assert found["(real samples)"] == ("ok", "")
    assert found["copycat"] == ("error", "in fit: ValueError: oh")
    assert found["noise"] == ("stale", "the model's source has changed")
    assert found["gaussian"][0] == "under way"
    assert f"process {Holder.this_process().pid}" in found["gaussian"][1]
    assert found["marginals"] == ("lost", "process 4000000 ended without a word; run it again")
    assert found["smote"] == ("missing", "not run yet")


def test_the_table_counts_and_says_why_when_asked(board, store):
    found = status.standings(board, store.folder)

    def shown(**how):
        console = Console(file=io.StringIO(), width=120)
        console.print(status.as_table(found, **how))
        return console.file.getvalue()

    assert "ring/copycat/0: error: in fit: ValueError: oh" in shown(why=True)
    assert "ValueError" not in shown()
    assert status.one_line(found).count("1 ") == 6
    assert not status.is_finished(found)


def test_watching_ends_when_nothing_is_left(board, store, monkeypatch):
    looks = iter([status.standings(board, store.folder), []])
    monkeypatch.setattr(status, "standings", lambda *_: next(looks))
    monkeypatch.setattr(status, "LOOK_SECONDS", 0)
    console = Console(file=io.StringIO())

    assert status.watch(board, store.folder, console, why=False) == []
    assert "1 lost" in console.file.getvalue()

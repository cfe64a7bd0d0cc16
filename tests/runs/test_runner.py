"""Runs: every cell gets its status, nothing is lost, and an interrupted run can be resumed."""

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from itertools import chain
from threading import Event

import numpy as np
import pytest

from genbench.creativity.laws import Law
from genbench.ground.errors import BadInput
from genbench.metric import Score
from genbench.metrics import CATALOG as METRICS
from genbench.models.find import baselines
from genbench.report.folder import report
from genbench.runs import board_files, records
from genbench.runs.boards import Board
from genbench.runs.cells import Cell, cells_of
from genbench.runs.engines import Engine
from genbench.runs.fits import fit_and_sample
from genbench.runs.records import REAL
from genbench.runs.run import Shard, TooManyFailures, run, select, why_stale
from genbench.runs.scorer import Scorer, score_here
from genbench.runs.store import Store

KILLS = 20

MODELS = """
import pathlib
import numpy as np

class Good:
    def fit(self, train, *, rng):
        with (pathlib.Path(__file__).parent / "fits.txt").open("a") as file:
            file.write(type(self).__name__ + "\\n")
        self.mean = train.mean(axis=0)
        return self
    def sample(self, n, *, rng):
        return rng.normal(self.mean, 1, size=(n, len(self.mean)))

class Slow(Good):
    def fit(self, train, *, rng):
        import time
        time.sleep(0.3)
        return super().fit(train, rng=rng)

class RaisesInFit(Good):
    def fit(self, train, *, rng):
        raise ValueError("cannot learn this")

class Hangs(Good):
    def fit(self, train, *, rng):
        import time
        time.sleep(600)
"""


@pytest.fixture
def zoo(tmp_path):
    path = tmp_path / "zoo.py"
    path.write_text(MODELS)
    return path


def fits(zoo):
    """The models that were fitted, once for each time."""
    path = zoo.with_name("fits.txt")
    return path.read_text().split() if path.exists() else []


def test_models_are_found_from_any_folder_and_ours_is_never_shadowed(tmp_path, monkeypatch):
    for name in ("genbench", "mine"):
        (tmp_path / name).mkdir()
    (tmp_path / "genbench" / "__init__.py").write_text("raise RuntimeError('not the package')")
    (tmp_path / "mine" / "__init__.py").write_text("from mine.zoo import Good")
    (tmp_path / "mine" / "zoo.py").write_text(MODELS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)  # where this process would find it; a worker by itself
    monkeypatch.delenv("PYTHONPATH", raising=False)

    for model in ("copycat", "mine:Good"):
        outcome = fit_and_sample(Cell("ring", model, 0), tmp_path / "cell")
        assert outcome.status == "ok", outcome.reason


def test_a_stop_ends_the_cell_at_once(zoo, tmp_path):
    stop = Event()
    stop.set()
    start = time.monotonic()

    fit_and_sample(Cell("ring", f"{zoo}:Hangs", 0), tmp_path / "cell", stop=stop)

    assert time.monotonic() - start < 60


@pytest.fixture
def board(zoo):
    models = ("copycat", f"{zoo}:RaisesInFit", f"{zoo}:Good")
    metrics = ("frechet_distance", "recall", "authenticity")
    return Board(summary="", datasets=("ring",), models=models, metrics=metrics)


def numbers(found):
    """All that must not depend on when, where and how often cells ran."""
    return {
        record.place: (
            record.key,
            record.status,
            record.reason,
            record.preview,
            {name: score.value for name, score in record.scores.items()},
        )
        for record in found
    }


def test_a_failure_is_a_row_and_the_others_go_on(board, zoo, tmp_path):
    ended = []

    found = run(board, tmp_path / "board", engine=Engine(jobs=2), on_end=ended.append)

    by_name = {record.model.rpartition(":")[2]: record for record in found}
    assert {name: record.status for name, record in by_name.items()} == {
        REAL: "ok",
        "copycat": "ok",
        "RaisesInFit": "error",
        "Good": "ok",
    }
    assert by_name["RaisesInFit"].reason == "ValueError: cannot learn this"
    assert by_name["copycat"].value("authenticity") == 0
    assert len(by_name[REAL].preview) == 200
    assert len(ended) == 4
    assert fits(zoo) == ["Good"]

    # The same call again does nothing; in another folder with one job, it gives the same numbers.
    again = run(board, tmp_path / "board", on_end=lambda record: pytest.fail(record.model))
    alone = run(board, tmp_path / "other", engine=Engine(jobs=1))
    assert again == found
    assert numbers(alone) == numbers(found)

    # Without what has landed, what was published is still there; and the other way round.
    shutil.rmtree(tmp_path / "board" / "work")
    assert run(board, tmp_path / "board", on_end=lambda record: pytest.fail(record.model)) == found
    (tmp_path / "other" / "records.jsonl").unlink()
    assert run(board, tmp_path / "other", on_end=lambda record: pytest.fail(record.model)) == alone


def test_selection_follows_what_the_numbers_depend_on(zoo, board, monkeypatch):
    cells = cells_of(board)
    revision = METRICS["recall"].revision
    score = Score(
        metric="recall", aim="high", bounds=(0, 1), status="ok", value=0.5, revision=revision
    )
    known = [
        records.Record(
            key=cell.key(),
            dataset=cell.dataset,
            model=cell.model,
            family="",
            seed=cell.seed,
            status="error" if "Raises" in cell.model else "ok",
            kinds=None if "Raises" in cell.model else Law(codebook="0a1b", counts=(7,)),
            scores={} if "Raises" in cell.model else {"recall": score},
        )
        for cell in cells
    ]
    failing = [cell for cell in cells if "Raises" in cell.model]
    good = [cell for cell in cells if cell not in failing]

    assert select(cells, known, "missing") == []
    assert select(cells, known, "failed") == failing
    assert select(cells, [replace(record, status="skipped") for record in known], "failed") == []
    assert select(cells, known, "all") == cells
    assert select(cells, known[1:], "missing") == cells[:1]
    assert select(cells, known[1:], "stale") == []
    assert select(cells, known, "missing", metrics=("recall",)) == []
    assert select(cells, known, "stale", metrics=("recall", "precision")) == good

    monkeypatch.setitem(
        METRICS, "recall", replace(METRICS["recall"], revision=METRICS["recall"].revision + 1)
    )

    assert select(cells, known, "missing", metrics=("recall",)) == good
    assert "recall" in why_stale(cells[0], known[0], ("recall",))

    uncounted, older = (
        [replace(r, kinds=kinds) for r in known]
        for kinds in (None, Law(codebook="0a1b", counts=(7,), revision=0))
    )
    assert select(cells, uncounted, "missing") == select(cells, older, "stale") == good
    assert "kinds" in why_stale(cells[0], uncounted[0], ())
    reasoned = [replace(r, kinds=Law(reason="too few")) for r in known]
    assert select(cells, reasoned, "missing") == []

    zoo.write_text(MODELS + "\nedited = True\n")
    edited = [cell for cell in cells if "zoo" in cell.model]

    assert select(cells, known, "missing") == select(cells, known, "stale") == edited
    assert "source" in why_stale(edited[0], known[cells.index(edited[0])], ())
    assert why_stale(cells[0], known[0], ()) is None


@pytest.mark.long
def test_a_new_or_corrected_metric_is_scored_from_the_samples_that_are_stored(
    zoo, board, tmp_path, monkeypatch
):
    board = replace(board, models=(f"{zoo}:Good",), metrics=("recall", "precision"))
    folder = tmp_path / "board"
    (_, before) = run(board, folder)
    more = replace(board, metrics=("recall", "precision", "density"))

    (_, found) = run(more, folder)

    assert found.scores.keys() == {"recall", "precision", "density"}
    assert found.scores["recall"] == before.scores["recall"]
    assert fits(zoo) == ["Good"]

    def recall(evidence):
        """One half."""
        return 0.5

    corrected = replace(METRICS["recall"], compute=recall, revision=METRICS["recall"].revision + 1)
    monkeypatch.setitem(METRICS, "recall", corrected)
    monkeypatch.setattr(Scorer, "score", lambda _, *of_what: score_here(*of_what))

    (_, found) = run(more, folder)

    assert (found.value("recall"), found.scores["recall"].revision) == (0.5, corrected.revision)
    assert found.scores["precision"] == before.scores["precision"]
    assert fits(zoo) == ["Good"]


@pytest.mark.long
def test_kinds_that_a_record_lacks_are_counted_from_the_samples_that_are_stored(
    zoo, board, tmp_path
):
    board = replace(board, models=(f"{zoo}:Good",), metrics=("recall",))
    store = Store(tmp_path / "board")
    before = run(board, store.folder)
    assert {sum(record.kinds.counts) for record in before} == {1000}
    for record in before:  # as they were before kinds were counted
        store.land(replace(record, kinds=None))
    store.published.unlink()

    found = run(board, store.folder)

    assert [record.kinds for record in found] == [record.kinds for record in before]
    assert [record.scores for record in found] == [record.scores for record in before]
    assert fits(zoo) == ["Good"]


def test_asking_for_all_or_for_what_failed_does_it_again(zoo, board, tmp_path):
    folder = tmp_path / "board"
    found = run(board, folder)

    again = run(board, folder, only="all")

    assert fits(zoo) == ["Good", "Good"]
    assert numbers(again) == numbers(found)
    assert min(record.finished for record in again) > max(record.finished for record in found)

    zoo.write_text(
        MODELS.replace(
            'raise ValueError("cannot learn this")', "super().fit(train, rng=rng); return self"
        )
    )
    run(board, folder)
    ended = []
    run(board, folder, only="failed", on_end=ended.append)
    assert ended == []


@pytest.mark.parametrize("only", ["failed", "all"])
def test_where_only_scoring_failed_the_samples_are_scored_and_nothing_is_fitted(
    zoo, board, tmp_path, monkeypatch, only
):
    board = replace(board, models=(f"{zoo}:Good",), metrics=("recall", "density"))
    sound = run(board, tmp_path / "sound")

    def fails(*_):
        raise ArithmeticError("no score")

    with monkeypatch.context() as broken:
        broken.setattr(Scorer, "score", fails)
        failed = run(board, tmp_path / "board")
    found = run(board, tmp_path / "board", only=only)

    assert {(record.status, record.phase) for record in failed} == {("error", "score")}
    assert numbers(found) == numbers(sound)
    assert fits(zoo) == ["Good", "Good"]


def test_a_model_changed_and_changed_back_has_its_first_record_again(zoo, board, tmp_path):
    board = replace(board, models=(f"{zoo}:Good",), metrics=("recall",))
    first = run(board, tmp_path / "board")
    zoo.write_text(MODELS.replace("self.mean, 1,", "self.mean, 9,"))
    second = run(board, tmp_path / "board")
    zoo.write_text(MODELS)

    third = run(board, tmp_path / "board")

    assert numbers(third) == numbers(first) != numbers(second)
    assert fits(zoo) == ["Good", "Good"]


def test_too_many_failures_end_the_run_and_keep_what_landed(zoo, board, tmp_path):
    board = replace(board, models=(f"{zoo}:RaisesInFit", f"{zoo}:Hangs"))
    start = time.monotonic()

    with pytest.raises(TooManyFailures, match="1 cells failed; at most 0 may"):
        run(board, tmp_path / "board", engine=Engine(jobs=2), most_failures=0)

    assert time.monotonic() - start < 100
    landed = Store(tmp_path / "board").records()
    assert "error" in {record.status for record in landed}
    assert not any("Hangs" in record.model for record in landed)


def test_shards_are_parts_of_the_board_that_together_are_all_of_it(board):
    cells = cells_of(replace(board, seeds=tuple(range(10))))

    parts = [[cell for cell in cells if Shard(part=i, of=3).has(cell)] for i in (1, 2, 3)]

    assert sorted(map(str, chain(*parts))) == sorted(map(str, cells))
    assert all(parts)
    with pytest.raises(BadInput, match="1/3 to 3/3"):
        Shard(part=4, of=3)


def test_what_ends_without_a_word_is_lost_in_the_end(board, tmp_path):
    board = replace(board, models=("copycat",), metrics=("recall",))

    class Deadly(Engine):
        def place(self, job, cells):
            return iter(())

    found = run(board, tmp_path / "board", engine=Deadly(name="loky"))

    assert {record.status for record in found} == {"lost"}
    assert "ended without a word, 2 times" in found[0].reason


def test_an_unknown_model_stops_the_run_before_it_starts(tmp_path):
    board = Board(summary="", datasets=("ring",), models=("copycat", "copicat"))

    with pytest.raises(BadInput, match="Did you mean 'copycat'"):
        run(board, tmp_path / "board")

    assert not (tmp_path / "board").exists()


RUN = """
import sys
from pathlib import Path
from genbench.runs.boards import Board
from genbench.runs.engines import Engine
from genbench.runs.run import run

if __name__ == "__main__":
    folder, models = Path(sys.argv[1]), sys.argv[2:]
    board = Board(summary="", datasets=("ring",), models=tuple(models), metrics=("recall",))
    run(board, folder, engine=Engine(jobs=2))
"""


@pytest.fixture
def start(tmp_path):
    """Start a run of these models in a process of its own."""
    script = tmp_path / "script.py"
    script.write_text(RUN)
    return lambda folder, models: subprocess.Popen(
        [sys.executable, str(script), folder, *models], cwd=tmp_path
    )


@pytest.fixture
def many(zoo):
    """Write so many models of names of their own, so that it can be told which was fitted."""

    def write(n):
        names = [f"M{i}" for i in range(n)]
        zoo.write_text(MODELS + "\n".join(f"class {name}(Slow): pass" for name in names))
        return [f"{zoo.name}:{name}" for name in names]

    return write


def wait_for_a_record(folder, process):
    before = len(list(folder.glob("work/cells/*/record.json")))
    while len(list(folder.glob("work/cells/*/record.json"))) == before:
        assert process.poll() is None, "nothing was left to do"
        time.sleep(0.02)


@pytest.mark.long
def test_a_run_killed_at_random_moments_resumes_to_the_same_tables(start, many, zoo, tmp_path):
    models = many(60)  # more than are done before the last kill
    folder = tmp_path / "killed" / "board"
    store, moments = Store(folder), np.random.default_rng(0)
    landed_after = {}  # by model, how often it had been fitted when its record was first seen
    for kill in range(KILLS):
        process = start(folder, models)
        if kill % 2:  # while cells are done; else at any moment, as when it starts
            wait_for_a_record(folder, process)
        time.sleep(moments.uniform(0, 0.6 if kill % 2 else 1.5))
        assert process.poll() is None
        process.kill()
        process.wait()
        done = fits(zoo)
        for record in store.records():
            name = record.model.rpartition(":")[2]
            landed_after.setdefault(name, done.count(name))
    assert KILLS / 2 <= len(landed_after) < 1 + len(models)
    assert start(folder, models).wait() == 0

    # Nothing that had landed was done again; and all is there, as if nothing had happened.
    whole = tmp_path / "whole" / "board"
    done = fits(zoo)
    assert all(done.count(name) == count for name, count in landed_after.items())
    assert start(whole, models).wait() == 0
    assert len(store.records()) == 1 + len(models)
    assert numbers(store.records()) == numbers(Store(whole).records())
    report(folder)
    report(whole)
    for name in ("README.md", "table.csv", "results.csv"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()


@pytest.mark.long
def test_two_runs_at_once_do_each_cell_once(start, many, zoo, tmp_path):
    folder = tmp_path / "board"

    models = many(16)

    both = [start(folder, models), start(folder, models)]

    assert [process.wait() for process in both] == [0, 0]
    assert sorted(fits(zoo)) == sorted(model.rpartition(":")[2] for model in models)
    assert len(Store(folder).records()) == 1 + len(models)
    assert list((folder / "work" / "claims").iterdir()) == []


def test_boards_name_measures_of_the_catalog():
    for board in map(board_files.find, board_files.names()):
        assert set(board.metrics) <= set(METRICS)
        assert len(set(board.metrics)) == len(board.metrics)


def test_the_quick_board_has_members_of_every_family():
    models = baselines()

    families = {models[name].family for name in board_files.find("quick").models}

    assert families == {spec.family for spec in models.values()}


def test_slurm_where_there_is_none_is_told_in_a_sentence(tmp_path, monkeypatch):
    submitit = pytest.importorskip("submitit")

    def absent(**_):
        raise RuntimeError('Could not detect "srun"')

    monkeypatch.setattr(submitit, "AutoExecutor", absent)

    with pytest.raises(BadInput, match="There is no slurm on this machine"):
        list(Engine(name="slurm", folder=tmp_path).place(lambda _: None, ["a cell"]))

"""Decoders as a property of cells: one fit serves all, each is a record of its own."""

import hashlib
import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from genbench.cli import main as cli
from genbench.datasets import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.markov import PairChain
from genbench.datasets.symbols import Symbols
from genbench.ground.errors import BadInput
from genbench.models.find import baselines, source_hash
from genbench.runs import board_files
from genbench.runs import cells as cells_module
from genbench.runs.boards import CONTROLS, Board
from genbench.runs.cells import PROTOCOL, Cell, by_fit, cells_of, load_once, take_together
from genbench.runs.claims import claim
from genbench.runs.continued import Continued
from genbench.runs.engines import Engine
from genbench.runs.fits import Part, fit_and_sample, fit_once
from genbench.runs.jobs import Plan, do
from genbench.runs.limits import Limits
from genbench.runs.names import check_owner
from genbench.runs.own_data import OwnData
from genbench.runs.records import REAL
from genbench.runs.run import Shard, run
from genbench.runs.status import standings
from genbench.runs.store import Store
from genbench.runs.with_decoders import canonical_name, find_decoded

MODELS = """
import os, pathlib, sys, time
import numpy as np

HERE = pathlib.Path(__file__).parent

class Chain:
    '''Which symbol follows which.'''
    def fit(self, train, *, rng):
        with (HERE / "fits.txt").open("a") as file:
            file.write(type(self).__name__ + "\\n")
        rows, size = train.astype(int), int(train.max()) + 1
        self.first = np.bincount(rows[:, 0], minlength=size) + 0.01
        self.next = np.full((size, size), 0.01)
        np.add.at(self.next, (rows[:, :-1].ravel(), rows[:, 1:].ravel()), 1)
        return self
    def next_log_prob(self, prefixes):
        self.before(prefixes)
        n, t = prefixes.shape
        counts = self.next[prefixes[:, -1].astype(int)] if t else np.tile(self.first, (n, 1))
        return np.log(counts / counts.sum(axis=1, keepdims=True))
    def before(self, prefixes):
        pass

class RaisesAlone(Chain):
    '''Cannot be asked for one row, as beam search begun by nothing asks.'''
    def before(self, prefixes):
        if len(prefixes) == 1:
            raise ValueError("one is too few")

class DiesAlone(Chain):
    def before(self, prefixes):
        if len(prefixes) == 1:
            os._exit(7)

class HangsAlone(Chain):
    def before(self, prefixes):
        if len(prefixes) == 1:
            time.sleep(600)

class Waits(Chain):
    '''Until it may go on, as soon as two decoders have written.'''
    def before(self, prefixes):
        folder = pathlib.Path(sys.argv[1])
        if (folder / "decoded" / "2").exists():
            (HERE / "waiting").touch()
            while not (HERE / "go").exists():
                time.sleep(0.05)

class Bits(Chain):
    def next_log_prob(self, prefixes):
        return super().next_log_prob(prefixes) / np.log(2)

class Silent:
    def fit(self, train, *, rng):
        with (HERE / "fits.txt").open("a") as file:
            file.write(type(self).__name__ + "\\n")
        self.train = train
        return self
    def sample(self, n, *, rng):
        return self.train[rng.integers(len(self.train), size=n)]

class RaisesInSample(Chain):
    def sample(self, n, *, rng):
        raise ValueError("cannot draw by itself")

class Lies(Chain):
    '''Leaves a link to what is no work of the decoder's, says that all is well, and ends.'''
    def before(self, prefixes):
        folder = pathlib.Path(sys.argv[1])
        (folder / "decoded").rename(folder / "elsewhere")
        (folder / "decoded").symlink_to(folder / "elsewhere")
        np.save(folder / "elsewhere" / "0" / "samples.npy", prefixes)
        for place in ("elsewhere/0", "."):
            (folder / place / "outcome.json").write_text('{"status": "ok"}')
        os._exit(0)

class Spies(Chain):
    '''Looks for what it is judged by while decoders write.'''
    def before(self, prefixes):
        if (pathlib.Path(sys.argv[1]) / "points.npy").exists() and not getattr(self, "asked", 0):
            raise ValueError("found it")
    def log_prob(self, samples):
        return np.zeros(len(samples))
"""
METRICS = ("distinct_ngrams",)
DECODERS = ("ancestral", "top_p:1", "greedy", "beam:2", "typical:0.5")


@pytest.fixture
def zoo(tmp_path):
    path = tmp_path / "zoo.py"
    path.write_text(MODELS)
    return path


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """Lines of some letters: of each, the next is likely, and the end is, too."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("data") / "words.txt"
    lines = []
    for _ in range(160):
        letters = (rng.integers(5) + np.cumsum(rng.random(10) < 0.8)) % 5
        lines.append("".join("abcde"[letter] for letter in letters[: 4 + rng.integers(7)]))
    path.write_text("\n".join(lines))
    return OwnData(name="words", samples=(path,))


@pytest.fixture
def board_of(zoo, words):
    def make(name, decoders):
        return Board(
            name="written",
            summary="",
            datasets=("words",),
            own=(words,),
            models=(f"{zoo}:{name}",),
            decoders=decoders,
            metrics=METRICS,
        )

    return make


def fits(zoo):
    path = zoo.with_name("fits.txt")
    return path.read_text().split() if path.exists() else []


def by_decoder(found):
    """Records by their decoders, those of the model itself under ""."""
    cells = [(Cell.of(record), record) for record in found if record.model != REAL]
    return {cell.decoder: record for cell, record in cells}


def written(board, folder, **how):
    """Do a board's cells but the real samples, here, and return the records by their decoders."""
    plan = Plan(folder=folder, metrics=METRICS, **how)
    cells = [cell for cell in cells_of(board) if cell.model != REAL]
    return by_decoder(record for group in by_fit(cells) for record in do(plan, group))


def rows_of(folder, record):
    return np.load(Store(folder).cell(record.key) / "samples.npy")


def test_the_key_of_a_cell_without_a_decoder_is_what_it_was():
    cell = Cell("grammar", "ngram", 3, 20.0)
    depends_on = {
        "protocol": PROTOCOL,
        "dataset": load_once("grammar").content_hash,
        "target": baselines()["ngram"].target,
        "params": dict(baselines()["ngram"].params),
        "source": source_hash(baselines()["ngram"]),
        "seed": 3,
        "budget": 20.0,
    }
    written = json.dumps(depends_on, sort_keys=True).encode()

    assert cell.key() == hashlib.sha256(written).hexdigest()[:16]
    assert replace(cell, decoder="greedy").key() != cell.key()


def test_a_decoder_is_part_of_a_cell_and_of_its_key():
    names = ("ngram", "ngram@greedy", "ngram@top_p:0.9", "ngram@grammar+top_p:0.9")
    cells = [Cell("grammar", name, 0) for name in names]

    assert [cell.name for cell in cells] == list(names)
    assert {cell.model for cell in cells} == {"ngram"}
    assert {cell.fit for cell in cells} == {cells[0]}
    assert len(set(cells)) == len({cell.key() for cell in cells}) == 4
    assert (
        Cell("grammar", "ngram@top_p:.90", 0)
        == cells[2]
        == Cell("grammar", "ngram", 0, decoder="top_p:.9")
    )
    assert Cell("grammar", "ngram@top_p:.90", 0).key() == cells[2].key()
    assert by_fit([*cells, Cell("grammar", "ngram", 1)]) == [cells, [Cell("grammar", "ngram", 1)]]
    shards = [Shard(part=part, of=3) for part in (1, 2, 3)]
    assert [sum(map(shard.has, cells)) for shard in shards].count(4) == 1


def test_a_model_may_have_parameters_and_a_decoder():
    cell = Cell("grammar", "ngram#order=3.0@top_k:2", 0)

    assert (cell.model, cell.decoder) == ("ngram#order=3", "top_k:2")
    assert cell.name == canonical_name("ngram#order=3.0@top_k:2.0")
    assert cell.spec.params["order"] == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ngram@topp:0.9", "No decoder named 'topp'. Did you mean 'top_p'"),
        ("ngram@top_k:0", "top_k takes a number of symbols"),
        ("ngran@top_k:2", "No model named 'ngran'"),
        ("ngran@top_k:0", "No model named 'ngran'"),
    ],
)
def test_what_is_misspelt_is_said(name, message):
    with pytest.raises(BadInput, match=message):
        find_decoded(name, None)
    with pytest.raises(BadInput, match=message):
        Cell("grammar", name, 0).key()


def test_nobody_may_be_called_as_a_model_with_a_decoder():
    assert check_owner("me@home", "", []) == []
    with pytest.raises(BadInput, match="names a model with a decoder"):
        check_owner("mine@greedy", "", [])


def test_one_fit_serves_all_and_each_is_a_record(board_of, zoo, tmp_path):
    board, folder = board_of("Chain", DECODERS), tmp_path / "board"

    found = written(board, folder)

    assert fits(zoo) == ["Chain"]
    assert set(found) == {"", *DECODERS}
    assert {(record.status, record.reason) for record in found.values()} == {("ok", None)}
    assert {record.model for record in found.values()} == {
        f"{zoo}:Chain{mark}" for mark in ("", *(f"@{name}" for name in DECODERS))
    }
    assert all(record.fit_seconds and record.sample_seconds for record in found.values())
    has_density = {
        name: (Store(folder).cell(record.key) / "log_prob.npy").exists()
        for name, record in found.items()
    }
    assert [name for name, has in has_density.items() if has] == [""]
    rows = {name: rows_of(folder, record) for name, record in found.items()}
    data = load_once(board.own[0])
    assert all(drawn.shape == data.fresh.shape for drawn in rows.values())
    np.testing.assert_array_equal(rows["ancestral"], rows["top_p:1"])  # by one stream of draws
    assert len(np.unique(rows["ancestral"], axis=0)) > 20
    for name in ("greedy", "beam:2"):
        assert len(np.unique(rows[name], axis=0)) == 1
        assert "all its rows are one" in found[name].scores["distinct_ngrams"].warnings[0]
    words = {each.cell.decoder: each.word for each in standings(board, folder)[1:]}
    assert words == dict.fromkeys(found, "ok")

    assert len(written(board, folder)) == 1 + len(DECODERS)
    assert fits(zoo) == ["Chain"]  # nothing was to be done
    more = replace(board, decoders=(*DECODERS, "top_k:2"))
    written(more, folder)
    assert fits(zoo) == ["Chain"] * 2  # once for what is missing
    assert np.array_equal(rows_of(folder, found["ancestral"]), rows["ancestral"])


@pytest.mark.parametrize(
    ("name", "status", "reason", "n_fits"),
    [
        ("RaisesAlone", "error", "ValueError: one is too few", 1),
        ("DiesAlone", "crash", "exit status 7", 2),
        ("HangsAlone", "timeout", "Not done after 6 seconds", 2),
    ],
)
def test_one_that_fails_is_its_own_failure(name, status, reason, n_fits, board_of, zoo, tmp_path):
    board = board_of(name, ("ancestral", "beam:2", "top_p:0.5"))

    found = written(board, tmp_path / "board", limits=Limits(seconds=6))

    states = {decoder: record.status for decoder, record in found.items()}
    assert states == {"": "ok", "ancestral": "ok", "beam:2": status, "top_p:0.5": "ok"}
    assert reason in found["beam:2"].reason
    assert found["beam:2"].phase == "decode"
    assert fits(zoo) == [name] * n_fits
    assert (Store(tmp_path / "board").cell(found["beam:2"].key) / "output.txt").exists()


def test_a_law_that_is_none_is_invalid_and_said(board_of, tmp_path):
    found = written(board_of("Bits", ("greedy",)), tmp_path / "board")

    assert {record.status for record in found.values()} == {"invalid"}
    assert found["greedy"].phase == "decode"
    assert found[""].phase == "sample"
    assert all("return nats, not bits" in record.reason for record in found.values())


def test_decoders_write_though_the_model_cannot_draw(board_of, zoo, tmp_path):
    found = written(board_of("RaisesInSample", ("greedy",)), tmp_path / "board")

    assert {name: (r.status, r.phase) for name, r in found.items()} == {
        "": ("error", "sample"),
        "greedy": ("ok", None),
    }
    assert fits(zoo) == ["RaisesInSample"]


def test_a_model_that_does_not_say_what_comes_next_is_skipped(board_of, zoo, tmp_path):
    board = board_of("Silent", ("greedy", "top_p:0.9"))

    found = written(board, tmp_path / "board")

    assert {name: record.status for name, record in found.items()} == {
        "": "ok",
        "greedy": "skipped",
        "top_p:0.9": "skipped",
    }
    assert "it has no next_log_prob" in found["greedy"].reason
    assert fits(zoo) == ["Silent"]
    alone = replace(board, models=(f"{zoo}:Silent@beam:3",), decoders=())
    assert written(alone, tmp_path / "board")["beam:3"].status == "skipped"
    assert fits(zoo) == ["Silent"]  # not even fitted


def test_what_the_law_of_the_data_does_not_allow_is_not_written(zoo, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    steps = np.ones((3, 3, 3))
    steps[:, 2, 2] = steps[0, 0, 0] = 0  # never two of the last, nor three of the first
    chain = PairChain(steps / steps.sum(axis=2, keepdims=True), 8)
    parts = {name: chain.sample(200, rng=rng)[0] for name in ("train", "test", "fresh")}
    data = Dataset(
        name="tiny chain",
        density=chain,
        domain=Domain(whole=True, low=0, high=2),
        symbols=Symbols(("a", "b", "c")),
        **parts,
    )
    monkeypatch.setattr(cells_module, "load_ours", {"tiny chain": data}.get)
    names = ("ancestral", "grammar+ancestral", "grammar+beam:2")
    cells = [Cell("tiny chain", f"{zoo}:Chain@{name}", 0) for name in names]
    parts = [Part(taken, tmp_path / str(i)) for i, taken in enumerate(take_together(cells))]

    told = fit_once(parts)

    assert {(each.status, each.reason) for each in told.values()} == {("ok", None)}
    rows = [np.load(part.folder / "samples.npy") for part in parts]
    with np.errstate(divide="ignore"):
        possible = [np.isfinite(chain.log_prob(drawn)).mean() for drawn in rows]
    assert possible[0] < 1
    assert possible[1:] == [1, 1]


@pytest.mark.parametrize(
    ("dataset", "decoder", "reason"),
    [
        ("ring", "greedy", "a sample of ring is none"),
        ("words", "grammar+greedy", "What is possible in words is not known"),
    ],
)
def test_what_cannot_be_written_is_skipped(dataset, decoder, reason, zoo, words, tmp_path):
    own = words if dataset == "words" else None
    cells = [Cell(dataset, f"{zoo}:Chain@{decoder}", 0, own=own)]
    (record,) = do(Plan(folder=tmp_path / "board", metrics=METRICS), cells)

    assert record.status == "skipped"
    assert re.search(reason, record.reason)
    assert fits(zoo) == []


def test_no_decoder_is_handed_what_the_model_is_judged_by(board_of, tmp_path):
    found = written(board_of("Spies", DECODERS), tmp_path / "board")

    assert {(record.status, record.reason) for record in found.values()} == {("ok", None)}


def test_who_lies_of_what_it_has_written_is_not_believed(board_of, tmp_path):
    board = board_of("Lies", ("greedy", "top_p:0.5"))
    board = replace(board, models=(f"{board.models[0]}@ancestral",), decoded=board.models)

    found = written(board, tmp_path / "board")

    assert {record.status for record in found.values()} == {"invalid"}
    assert found["greedy"].reason == "It left no rows of greedy."


def test_a_run_that_is_killed_half_way_does_only_the_rest(board_of, zoo, tmp_path):
    board, folder = board_of("Waits", DECODERS), tmp_path / "board"
    cells = [cell for cell in cells_of(board) if cell.model != REAL]
    plan = Plan(folder=folder, metrics=METRICS)
    (tmp_path / "job.pickle").write_bytes(pickle.dumps((plan, cells)))
    script = "import pickle, sys; from genbench.runs.jobs import do; "
    script += "do(*pickle.load(open(sys.argv[1], 'rb')))"
    killed = subprocess.Popen(
        [sys.executable, "-P", "-c", script, tmp_path / "job.pickle"], start_new_session=True
    )
    try:
        last = time.monotonic() + 120
        while not (tmp_path / "waiting").exists():
            assert time.monotonic() < last
            assert killed.poll() is None
            time.sleep(0.05)
        under_way = [one for one in standings(board, folder) if one.word == "under way"]
        assert len(under_way) == 1 + len(DECODERS)  # by one claim
        time.sleep(0.3)  # what was written before is kept meanwhile
    finally:
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    kept = {cell.decoder: Store(folder).cell(cell.key()) / "samples.npy" for cell in cells}
    before = {name: path.stat().st_mtime_ns for name, path in kept.items() if path.exists()}
    assert set(before) == {"ancestral", "top_p:1"}
    (tmp_path / "go").touch()

    found = written(board, folder)

    assert {record.status for record in found.values()} == {"ok"}
    assert fits(zoo) == ["Waits"] * 2
    assert {name: kept[name].stat().st_mtime_ns for name in before} == before
    np.testing.assert_array_equal(  # drawn by another fit, of the same seed
        rows_of(folder, found["top_p:1"]), rows_of(folder, found["ancestral"])
    )


def test_another_run_leaves_alone_what_is_claimed(board_of, zoo, tmp_path):
    board, folder = board_of("Chain", ("greedy",)), tmp_path / "board"
    cells = [cell for cell in cells_of(board) if cell.model != REAL]
    with claim(Store(folder).claims, cells[0].key()):
        assert do(Plan(folder=folder, metrics=METRICS), cells[1:]) == []
    assert fits(zoo) == []


ENGINES = {
    "loky": None,
    "dask": "distributed",
    "submitit-local": "submitit",
}


@pytest.mark.long
@pytest.mark.parametrize("engine", ENGINES)
def test_it_is_the_same_wherever_it_is_done(engine, board_of, zoo, tmp_path):
    if ENGINES[engine] and find_spec(ENGINES[engine]) is None:
        pytest.skip(f"needs {ENGINES[engine]}")
    board = board_of("DiesAlone", ("ancestral", "beam:2", "top_p:0.5"))

    found = by_decoder(run(board, tmp_path / "board", engine=Engine(name=engine, jobs=2)))

    states = {decoder: record.status for decoder, record in found.items()}
    assert states == {"": "ok", "ancestral": "ok", "beam:2": "crash", "top_p:0.5": "ok"}
    assert fits(zoo) == ["DiesAlone"] * 2


# Rows that go on from real ones.


def test_rows_are_begun_by_real_ones_and_only_what_follows_is_scored(zoo, words, tmp_path):
    data = Continued(words, 3)
    cells = [
        Cell(data.name, f"{zoo}:Chain{mark}", 0, own=data) for mark in ("", "@greedy", "@ancestral")
    ]
    parts = [Part(taken, tmp_path / str(i)) for i, taken in enumerate(take_together(cells))]

    told = fit_once(parts)

    assert {(each.status, each.reason) for each in told.values()} == {("ok", None)}
    whole, behind = load_once(words), load_once(data)
    assert fits(zoo) == ["Chain"]
    assert behind.fresh.shape == (len(whole.fresh), whole.fresh.shape[1] - 3)
    np.testing.assert_array_equal(behind.test, whole.test[:, 3:])
    own, greedy, ancestral = (np.load(part.folder / "samples.npy") for part in parts)
    assert own.shape == greedy.shape == ancestral.shape == behind.fresh.shape
    assert not list(tmp_path.glob("*/log_prob.npy"))
    # Of a chain, what follows greedily is decided by the last symbol that was given.
    last = whole.fresh[:, 2]
    by_last = {symbol: greedy[last == symbol] for symbol in np.unique(last)}
    assert len(by_last) == 5
    assert all((rows == rows[0]).all() for rows in by_last.values())
    assert len(np.unique(greedy, axis=0)) == 5
    assert cells[1].key() != Cell("words", f"{zoo}:Chain@greedy", 0, own=words).key()


def test_a_row_that_had_ended_before_stays_so(zoo, words, tmp_path):
    data = Continued(words, 7)
    cell = Cell(data.name, f"{zoo}:Chain@temperature:1000", 0, own=data)
    assert fit_and_sample(cell, tmp_path / "cell").status == "ok"

    rows = np.load(tmp_path / "cell" / "samples.npy")
    ended = (load_once(words).fresh[:, :7] == 0).any(axis=1)
    assert 0.2 < ended.mean() < 1
    assert (rows[ended] == 0).all()
    assert not (rows[~ended] == 0).all(axis=1).all()


@pytest.mark.parametrize(
    ("dataset", "begun", "message"),
    [
        ("grammar", 24, "rows have 24 symbols, 1 to 23 may be given.*not 24"),
        ("grammar", 0, "not 0"),
        ("ring", 1, "A sample of ring is no row of symbols"),
    ],
)
def test_a_beginning_is_shorter_than_rows(dataset, begun, message):
    with pytest.raises(BadInput, match=message):
        load_once(Continued(dataset, begun))


# Boards and commands.

TOML = """
seeds = 1
models = ["markov_1", "ngram"]
decoders = ["top_p:0.90", "greedy", "top_p:.9"]
DECODED
metrics = ["distinct_ngrams"]
[[data]]
name = "words"
samples = "words.txt"
"""


@pytest.fixture
def lab(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(words.samples[0], tmp_path)
    return tmp_path


def read(tmp_path, decoded=""):
    path = tmp_path / "my.toml"
    path.write_text(TOML.replace("DECODED", decoded))
    return board_files.find(str(path))


def test_a_board_says_which_models_are_decoded_and_how(lab):
    models = [cell.name for cell in cells_of(read(lab))]

    known = (REAL, *CONTROLS, "markov_1", "ngram")
    assert models == [
        *known,
        "markov_1@top_p:0.9",
        "markov_1@greedy",
        "ngram@top_p:0.9",
        "ngram@greedy",
    ]
    some = read(lab, 'decoded = ["ngram"]')
    assert [cell.name for cell in cells_of(some)] == [*known, "ngram@top_p:0.9", "ngram@greedy"]
    narrowed = some.narrowed(models=("markov_1@top_k:2", "markov_2"), datasets=None, seeds=None)
    assert [cell.name for cell in cells_of(narrowed)] == [
        REAL,
        "markov_1@top_k:2",
        "markov_2",
        "markov_2@top_p:0.9",
        "markov_2@greedy",
    ]
    anew = some.narrowed(models=None, datasets=None, seeds=None, decoders=("beam:2",))
    assert [cell.name for cell in cells_of(anew)] == [*known, "ngram@beam:2"]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ('decoded = ["ngran"]', "No model named 'ngran'"),
        ('decoded = "ngram"', "decoded must be a list of models"),
    ],
)
def test_what_is_no_plan_of_decoders_is_said(told, message, tmp_path):
    with pytest.raises(BadInput, match=message):
        read(tmp_path, told)


def test_decoders_are_named_and_not_told_for_nothing(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text(TOML.replace("DECODED", "").replace('"greedy"', '"greedily"'))
    with pytest.raises(BadInput, match="No decoder named 'greedily'"):
        board_files.find(str(path))
    path.write_text(TOML.replace("DECODED", 'decoded = ["ngram"]').replace("decoders", "# d"))
    with pytest.raises(BadInput, match="decoded would do nothing without decoders"):
        board_files.find(str(path))


def call(*words):
    return CliRunner().invoke(cli.main, [str(word) for word in words], catch_exceptions=False)


def test_a_new_boards_file_explains_them(tmp_path):
    np.save(tmp_path / "mine.npy", np.random.default_rng(0).normal(size=(40, 2)))
    new = tmp_path / "new.toml"

    assert call("board", "new", new, "--data", tmp_path / "mine.npy").exit_code == 0

    commented = new.read_text(encoding="utf-8")
    assert board_files.find(str(new)).decoders == ()
    new.write_text(commented.replace("# decoders", "decoders").replace("# decoded", "decoded"))
    board = board_files.find(str(new))
    assert len(board.decoders) == 3
    assert board.decoded == ("ngram",)


@pytest.mark.long
def test_the_commands_take_decoders(zoo, lab):
    read(lab)
    target = f"{zoo}:Chain"

    done = call("run", "my.toml", "-m", target, "--decode", "top_k:2, typical:0.9", "-j", 1)

    assert done.exit_code == 0, done.output
    found = by_decoder(
        record
        for record in Store(lab / "leaderboards" / "my").records()
        if record.model.startswith(target)
    )
    assert {name: record.status for name, record in found.items()} == {
        "": "ok",
        "top_k:2": "ok",
        "typical:0.9": "ok",
    }
    assert fits(zoo) == ["Chain"]


def test_a_model_is_scored_by_a_decoder(zoo, lab):
    lines = Path("words.txt").read_text().split("\n")
    Path("train.txt").write_text("\n".join(lines[:80]))
    Path("test.txt").write_text("\n".join(lines[80:]))
    score = ("score", f"{zoo}:Chain", "--against", "test.txt", "--train", "train.txt")
    score = (*score, "-m", "distinct_ngrams", "--json")

    plain = json.loads(call(*score, "--decode", "top_k:2").stdout)
    begun = json.loads(call(*score, "--decode", "top_k:2", "--prefix", 4).stdout)
    greedy = json.loads(call(*score, "--decode", "greedy").stdout)

    values = [one["distinct_ngrams"]["value"] for one in (plain, begun, greedy)]
    reals = [one["distinct_ngrams"]["real"] for one in (plain, begun)]
    assert len(set(values)) == 3
    assert reals[0] != reals[1]  # what follows in fresh rows stands beside what was written
    assert "all its rows are one" in str(greedy["distinct_ngrams"]["warnings"])
    assert "all its rows are one" not in str(plain)


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("run my.toml --decode topp:1", "No decoder named 'topp'"),
        ("run my.toml --decode greedy --prefix 11", "1 to 10 may be given"),
        ("run quick -d ring --decode greedy --prefix 11", "A sample of ring is no row of symbols"),
        ("score ngram --dataset english --decode top_k:0", "top_k takes a number"),
        ("score ngram --dataset english --decode greedy,top_k:2", "one decoder here"),
        ("score ngram --dataset markov --prefix 3", "--prefix needs a decoder"),
        ("score ngram --dataset markov --decode greedy --prefix 64", "1 to 63 may be given"),
        ("score ngram@greddy --dataset markov", "No decoder named 'greddy'"),
        ("score words.txt --against words.txt --decode greedy", "--decode would do nothing"),
    ],
)
def test_the_commands_say_what_is_wrong(told, message, lab):
    read(lab)

    done = call(*told.split())

    assert done.exit_code == 2
    assert message in " ".join(done.output.split())

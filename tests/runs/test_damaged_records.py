"""Records that editors, merges, kills and clocks have damaged: said, and never written over."""

import json
import warnings
from dataclasses import replace

import pytest

from genbench.ground.errors import BadInput
from genbench.runs import records
from genbench.runs.boards import Board
from genbench.runs.cells import Cell
from genbench.runs.jobs import Plan, do
from genbench.runs.records import REAL, Record
from genbench.runs.run import run, standing
from genbench.runs.store import Store, now

FIRST = Record(key="1", dataset="ring", model="größer", family="f", seed=0, status="skipped")
SECOND = replace(FIRST, key="2", seed=1)
WHOLE = records.to_lines([FIRST, SECOND])
LINES = WHOLE.splitlines(keepends=True)
AHEAD = "2999-01-01T00:00:00.000000+00:00"
BOARD = Board(summary="", datasets=("ring",), models=("copycat",), metrics=("recall",))

# What usually happens to a file, and the line that is then no record.
DAMAGES = {
    "a byte-order mark": (b"\xef\xbb\xbf" + WHOLE, 1),
    "UTF-16": (WHOLE.decode().encode("utf-16"), 1),
    "UTF-16 without a mark": (WHOLE.decode().encode("utf-16-le"), 1),
    "UTF-16 on one line": (LINES[0].strip().decode().encode("utf-16"), 1),
    "UTF-32": (WHOLE.decode().encode("utf-32"), 1),
    "another encoding": (WHOLE.decode().encode("latin-1"), 1),
    "another encoding, no last end": (WHOLE.decode().encode("latin-1").strip(), 1),
    "another encoding in the last line": (LINES[0] + LINES[1].decode().encode("latin-1"), 2),
    "commas": (b"".join(line.strip() + b",\n" for line in LINES), 1),
    "a comma in the last line": (WHOLE.strip() + b",", 2),
    "a comma within the last line": (WHOLE.strip()[:-1] + b",}", 2),
    "a list": (b"[\n" + LINES[0].strip() + b",\n" + LINES[1] + b"]\n", 1),
    "a list on one line": (b"[" + LINES[0].strip() + b", " + LINES[1].strip() + b"]", 1),
    "indents": (json.dumps(json.loads(LINES[0]), indent=1).encode(), 1),
    "a merge": (b"<<<<<<< HEAD\n" + LINES[0] + b"=======\n" + LINES[1] + b">>>>>>> x\n", 1),
    "a merge's end": (WHOLE + b">>>>>>> x", 3),
    "a line that was cut": (LINES[0][:-9] + b"\n" + LINES[1], 1),
    "depth": (LINES[0] + b"[" * 10**5 + b"\n" + LINES[1], 2),
    "another file": (b"dataset,model\nring,gaussian\n", 1),
    "a null": (LINES[0] + b"null\n", 2),
    "zeros after a power cut": (LINES[0] + b"\0" * 4096, 2),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_an_error_that_names_the_line_and_stays_as_it_is(tmp_path, damage):
    content, line = DAMAGES[damage]
    store = Store(tmp_path)
    store.published.write_bytes(content)
    store.land(replace(FIRST, key="3", seed=3))

    for use in (store.records, store.publish, lambda: run(BOARD, tmp_path)):
        with pytest.raises(BadInput, match=rf"records\.jsonl, line {line}: not "):
            use()

    assert store.published.read_bytes() == content


def test_a_last_line_that_was_cut_anywhere_costs_that_record_only(tmp_path):
    path = tmp_path / "records.jsonl"
    numbers = replace(SECOND, fit_seconds=1.5e-7, preview=((-2.0, 1e300),), reason='"\\\n\x01"')
    for last in (SECOND, numbers):
        whole, line = records.to_lines([FIRST, last]), records.to_lines([last])
        for cut in range(1, len(line)):
            path.write_bytes(whole[:-cut])

            # Of the last byte, its end, nothing is lost.
            assert records.read(path) == ([FIRST, last] if cut == 1 else [FIRST])


def test_what_landed_and_is_no_record_of_its_cell_is_that_cells_loss_only(tmp_path):
    store = Store(tmp_path)
    store.land(FIRST)
    cells = tmp_path / "work" / "cells"
    for name, content in (("no record", b"{}\n"), ("deep", b"[" * 10**5 + b"\n")):
        (cells / name).mkdir()
        (cells / name / "record.json").write_bytes(content)
    (cells / "folder" / "record.json").mkdir(parents=True)
    (cells / "link").mkdir()
    (cells / "link" / "record.json").symlink_to("/dev/zero")
    (cells / "forged").mkdir()
    forged = replace(
        FIRST, status="ok", finished="2026"
    )  # another's record, in a folder of its own
    records.write(cells / "forged" / "record.json", [forged])

    with pytest.warns(UserWarning, match=r"passed over: .*(no record|deep)/record\.json, line 1"):
        assert store.records() == [FIRST]
    with warnings.catch_warnings(action="ignore"):
        assert store.landed("folder") is store.landed("no record") is None


def test_a_record_of_a_clock_that_runs_ahead_does_not_outlive_its_model(tmp_path):
    model = tmp_path / "model.py"
    code = (
        "class M:\n    def fit(self, train, *, rng): return self\n"
        "    def sample(self, n, *, rng): return rng.normal(size=(n, 2)) * {}\n"
    )
    cell, store = Cell("ring", str(model), 0), Store(tmp_path / "board")
    plan = Plan(folder=store.folder, metrics=("frechet_distance",))
    model.write_text(code.format(9))
    before = do(plan, [cell])[0]
    store.land(replace(before, finished=AHEAD))
    store.publish()

    model.write_text(code.format(1))
    after = do(plan, [cell])[0]

    assert after.value("frechet_distance") < before.value("frechet_distance")
    for _ in range(2):  # landed, and published
        assert store.publish() == [after]
        assert records.read(store.published) == [after]
    assert standing(cell, after, plan.metrics) == "done"


def test_a_record_of_a_clock_that_runs_ahead_is_no_newer_than_what_is_made_anew(tmp_path):
    store, cell = Store(tmp_path), Cell("ring", REAL, 0)
    plan = Plan(folder=tmp_path, metrics=())
    early = replace(do(plan, [cell])[0], finished=AHEAD, family="early")
    store.land(early)
    store.publish()

    made = do(replace(plan, anew_since=now()), [cell])[0]

    assert (made.family, made.finished < AHEAD) == ("control", True)
    assert store.publish() == records.read(store.published) == [made]

"""What models write stands on the page as it is: nothing of it becomes markup or turns the page."""

import json
from dataclasses import replace

import pytest

from genbench.ground.errors import BadInput
from genbench.report.excerpts import excerpts
from genbench.report.html_parts import Look
from genbench.report.leaderboard import tables
from genbench.runs import records as store
from genbench.runs.records import REAL, Record
from genbench.scoring.excerpts import Excerpt

LOOK = Look(colours={"f": "#000"}, meanings={}, failings={}, cards={})


def record(model, **values):
    return Record(
        key=f"{model}0", dataset="d", model=model, family="f", seed=0, status="ok", **values
    )


def shown(**values):
    (table,) = tables([record(REAL, **values), record("mine")])
    return excerpts(table, LOOK)


def test_texts_are_escaped_and_line_ends_and_direction_marks_are_seen():
    markup = shown(texts=(Excerpt("<script>alert(1)</script>\n\u202eright to left"),))

    assert "<script" not in markup
    assert "&lt;script&gt;alert(1)&lt;/script&gt;⏎\\u202eright to left" in markup


def test_what_is_copied_is_underlined_and_what_cannot_be_is_grey():
    markup = shown(texts=(Excerpt("one <two> three", ((4, 9), (10, 15)), possible=False),))

    assert "<p class=no><bdi>one <u>&lt;two&gt;</u> <u>three</u></bdi></p>" in markup


def test_series_are_lines_to_one_scale():
    markup = shown(series=((0.0, 1.0, 0.5),))

    assert markup.count("<polyline") == 1
    assert '0,36.0 100,0.0 200,18.0"' in markup


def test_who_writes_nothing_has_no_place():
    assert "mine" not in shown(texts=(Excerpt("a"),))
    assert shown() == ""


def test_a_record_keeps_what_was_written(tmp_path):
    texts = (Excerpt('a "b"\n\u202e', ((0, 3),), possible=False), Excerpt("c"))
    written = record("m", texts=texts, series=((0.5, 1.0),))
    store.write(tmp_path / "records.jsonl", [written])

    assert store.read(tmp_path / "records.jsonl") == [written]


@pytest.mark.parametrize(
    "texts", [[{"text": 1}], [{"text": "a", "copied": [[2, 1]]}], [{"text": "a", "possible": 3}]]
)
def test_texts_that_are_none_are_no_record(tmp_path, texts):
    path = tmp_path / "records.jsonl"
    store.write(path, [replace(record("m"), texts=(Excerpt("a"),))])
    path.write_text(json.dumps(json.loads(path.read_text()) | {"texts": texts}) + "\n")

    with pytest.raises(BadInput, match="not a record"):
        store.read(path)

"""Records on disk: nothing lost, nothing half written, nothing that is not strict JSON."""

import json
import math
from dataclasses import replace

import pytest

from genbench.creativity.laws import Law
from genbench.ground.errors import BadInput
from genbench.metric import Score
from genbench.runs import records
from genbench.runs.records import Record
from genbench.scoring.standouts import Standouts

SCORE = Score(
    metric="coverage",
    aim="high",
    bounds=(0.0, 1.0),
    status="ok",
    value=0.25,
    ideal=0.97,
    real=0.96,
    standard_error=0.02,
    uncertainty="spread over samples",
    p_value=0.5,
    parameters={"k": 5, "width": 0.25, "names": ["a", "b"]},
    warnings=("3 of 9 balls have no volume",),
    seconds=1.0,
)
SKIPPED = Score(
    metric="log_likelihood",
    aim="high",
    bounds=(-math.inf, math.inf),
    status="skipped",
    reason="The model has no log_prob.",
)
RECORD = Record(
    key="abc",
    dataset="ring",
    model="gaussian",
    family="exact sampler",
    seed=0,
    status="ok",
    fit_seconds=1.5,
    test_copies=7,
    preview=((0.0, 1.5), (2.0, -3.25)),
    standouts=Standouts(nearest=(((0.0, 1.5), (0.0, 1.25)),), least_typical=((2.0, -3.25),)),
    kinds=Law(codebook="0a1b", counts=(3, 0, 997)),
    scores={"coverage": SCORE, "log_likelihood": SKIPPED},
)


def test_a_record_comes_back_as_it_was(tmp_path):
    records.write(tmp_path / "records.jsonl", [RECORD])

    assert records.read(tmp_path / "records.jsonl") == [RECORD]


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinity_survives_strict_json(tmp_path, value):
    path = tmp_path / "records.jsonl"
    record = replace(RECORD, scores={"am_score": replace(SCORE, metric="am_score", value=value)})

    records.write(path, [record])

    assert records.read(path) == [record]
    json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_nan_is_refused(tmp_path):
    record = replace(RECORD, scores={"coverage": replace(SCORE, value=math.nan)})

    with pytest.raises(ValueError, match="JSON"):
        records.write(tmp_path / "records.jsonl", [record])

    assert list(tmp_path.iterdir()) == []


def test_the_newest_record_of_a_cell_wins_whatever_the_order_of_others(tmp_path):
    path = tmp_path / "records.jsonl"
    other, newer = replace(RECORD, model="a"), replace(RECORD, status="error", scores={})
    records.write(path, [RECORD, other, newer])

    assert records.read(path) == [other, newer]


def test_what_was_finished_later_is_newer_wherever_it_stands(tmp_path):
    path = tmp_path / "records.jsonl"
    early = replace(RECORD, finished="2026-01-01T00:00:00.000000+00:00")
    late = replace(early, finished="2026-01-01T00:00:00.000001+00:00", status="error", scores={})

    records.write(path, [late, early, RECORD])

    assert records.read(path) == [late]


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "records.jsonl"
    records.write(path, [RECORD])

    with pytest.raises(ValueError, match="JSON"):
        records.write(path, [RECORD, replace(RECORD, fit_seconds=math.nan)])

    assert records.read(path) == [RECORD]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_last_line_cut_off_by_a_kill_costs_that_cell_only(tmp_path, cut):
    path = tmp_path / "records.jsonl"
    whole = records.to_lines([RECORD])
    cut_off = records.to_lines([replace(RECORD, model="next")]).strip()[:-cut]
    path.write_bytes(whole + cut_off)

    assert records.read(path) == [RECORD]


def test_a_line_that_is_no_record_is_named(tmp_path):
    path = tmp_path / "records.jsonl"
    records.write(path, [RECORD])
    path.write_text(path.read_text() + '{"schema": 99}\n')

    with pytest.raises(BadInput, match=r"records.jsonl, line 2: .*schema is 99"):
        records.read(path)


def test_lines_of_an_older_schema_are_read(tmp_path):
    path = tmp_path / "records.jsonl"
    records.write(path, [RECORD])
    values = json.loads(path.read_text())
    values["schema"] = 1
    for fact in ("real", "uncertainty", "p_value", "parameters", "warnings"):
        del values["scores"]["coverage"][fact]
    path.write_text(json.dumps(values) + "\n")

    (found,) = records.read(path)

    plain = replace(SCORE, real=None, uncertainty=None, p_value=None, parameters={}, warnings=())
    assert found == replace(RECORD, scores=RECORD.scores | {"coverage": plain})


@pytest.mark.parametrize("law", [None, Law(reason="there are no training samples")])
def test_kinds_that_were_not_counted_come_back_as_that(tmp_path, law):
    path = tmp_path / "records.jsonl"
    records.write(path, [replace(RECORD, kinds=law)])

    assert ("kinds" in json.loads(path.read_text())) == (law is not None)
    assert records.read(path)[0].kinds == law


def test_a_model_that_was_named_by_an_address_of_before_is_read_under_that_of_now(tmp_path):
    path = tmp_path / "records.jsonl"
    old, new = "genbench.baselines.gan:GAN", "genbench.baselines.gans.gan:GAN"
    records.write(path, [replace(RECORD, model=old, finished="1"), RECORD])

    assert [record.model for record in records.read(path)] == ["gaussian", new]

    with path.open("ab") as file:
        file.write(records.to_lines([replace(RECORD, model=new, finished="2")]))

    assert [record.finished for record in records.read(path)] == ["", "2"]  # one and the same


def test_a_missing_file_holds_no_records(tmp_path):
    assert records.read(tmp_path / "records.jsonl") == []


def test_what_may_land_is_what_would_be_read_back():
    honest = replace(
        SCORE, parameters={"levels": (1, math.inf), "seeds": [0]}, value=0, bounds=(0, 1)
    )
    records.check(replace(RECORD, scores=RECORD.scores | {"coverage": honest}))

    for odd in (
        {"seed": False},
        {"fit_seconds": math.nan},
        {"reason": "\ud800"},
        {"model": 7},
        {"preview": 7},
        {"test_copies": "7"},
        {"kinds": Law(codebook="0a1b", counts=(3, -1))},
        {"kinds": Law(codebook="0a1b", counts=(0.5, 1))},
        {"kinds": Law(counts=(3, 1))},
        {"kinds": Law(reason=7)},
        {"scores": {"coverage": replace(SCORE, value=10**400)}},
    ):
        with pytest.raises((ValueError, OverflowError)):
            records.check(replace(RECORD, **odd))

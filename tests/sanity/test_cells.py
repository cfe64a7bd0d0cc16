"""Cells: what they hold, that they are kept whole, and that a run goes on where it stopped."""

import json
from dataclasses import replace

import pytest

from genbench.evidence import Overlap
from genbench.metrics import find
from genbench.sanity import store, suite
from genbench.sanity.cell import compare, respond
from genbench.sanity.check import Response
from genbench.sanity.checks import CATALOG

NULL = CATALOG["overlap_null"]
DENSITY, COVERAGE = find("density"), find("coverage")


def test_a_number_depends_on_its_seed_and_not_on_other_metrics():
    alone = respond(NULL, 3, [COVERAGE])
    beside = [one for one in respond(NULL, 3, [DENSITY, COVERAGE]) if one.metric == "coverage"]
    other = respond(NULL, 4, [COVERAGE])

    assert [one.value for one in alone] == [one.value for one in beside]
    assert [one.value for one in alone] != [one.value for one in other]
    assert len(alone) == len(NULL.levels) * NULL.repeats


def test_real_samples_are_the_same_at_all_levels_and_the_models_are_not():
    noise = CATALOG["noise"]
    first, second = (compare(noise, 0, level) for level in noise.levels[:2])

    assert (first.reference.test == second.reference.test).all()
    assert (first.generated != second.generated).all()
    assert first.seed != second.seed


def test_a_metric_that_fails_is_a_row_with_a_reason_and_takes_no_other_along():
    def broken(_: Overlap) -> float:
        """Fails."""
        raise ZeroDivisionError("of its own")

    metric = replace(DENSITY, compute=broken)
    asked = replace(NULL, only=None)

    found = respond(asked, 0, [metric, COVERAGE])

    assert {one.reason for one in found if one.metric == "broken"} == {
        "ZeroDivisionError: of its own"
    }
    assert all(one.value is not None for one in found if one.metric == "coverage")


def test_what_is_not_asked_of_a_metric_is_not_computed():
    assert respond(NULL, 0, [find("fid")]) == []


def test_cells_are_strict_json_and_come_back_as_they_were(tmp_path):
    rows = (
        Response(check="c", seed=1, metric="density", level=0.5, value=float("inf"), ideal=1.0),
        Response(check="c", seed=1, metric="fid", level=0.5, reason="None."),
    )
    path = tmp_path / "cell.json"

    store.write(path, store.Cell(rows, {"density": "abc"}))

    json.loads(path.read_text(), parse_constant=pytest.fail)
    assert store.read(path) == store.Cell(rows, {"density": "abc"})


def test_a_file_that_is_not_whole_is_no_cell(tmp_path):
    path = tmp_path / "cell.json"
    store.write(path, store.Cell((), {"density": "abc"}))
    path.write_text(path.read_text()[:-5])

    assert store.read(path) == store.Cell()
    assert store.read(tmp_path / "none.json") == store.Cell()


def test_a_run_goes_on_where_it_stopped(tmp_path, monkeypatch):
    asked = []

    def counted(check, seed, metrics):
        asked.append((check.name, seed, [metric.name for metric in metrics]))
        return respond(check, seed, metrics)

    monkeypatch.setattr(suite, "respond", counted)

    suite.run(["overlap_null"], ["density"], [0, 1], tmp_path)
    suite.run(["overlap_null"], ["density", "coverage"], [1, 2], tmp_path)

    assert asked == [
        ("overlap_null", 0, ["density"]),
        ("overlap_null", 1, ["density"]),
        ("overlap_null", 1, ["coverage"]),
        ("overlap_null", 2, ["density", "coverage"]),
    ]
    found = suite.responses(["overlap_null"], ["density", "coverage"], [1], tmp_path)
    assert {one.metric for one in found} == {"density", "coverage"}


def test_a_changed_metric_is_asked_again(tmp_path, monkeypatch):
    suite.run(["overlap_null"], ["density"], [0], tmp_path)
    path = store.path_of(tmp_path, NULL, 0)
    kept = store.read(path)
    assert not kept.lacks([DENSITY])

    monkeypatch.setattr(store, "digest", lambda _: "another")

    assert kept.lacks([DENSITY]) == [DENSITY]


def test_parallel_cells_are_the_same(tmp_path):
    for folder, jobs in (("one", 1), ("two", 2)):
        suite.run(["unbiased"], ["kernel_distance"], [0, 1], tmp_path / folder, jobs=jobs)

    one, two = (
        suite.responses(["unbiased"], ["kernel_distance"], [0, 1], tmp_path / f)
        for f in ("one", "two")
    )
    assert [replace(row, seconds=0) for row in one] == [replace(row, seconds=0) for row in two]
    assert one

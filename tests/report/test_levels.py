"""The table of levels says what the records do."""

import numpy as np
import pytest

from genbench.datasets import load
from genbench.metric import Score
from genbench.report.levels import levels_table, lines_of, read_levels, write_levels
from genbench.runs.records import Record


def record(model, dataset, seed, status="ok", fit_seconds=1.5, **values):
    scores = {
        name: Score(metric=name, aim="high", bounds=(-np.inf, np.inf), status="ok", value=value)
        for name, value in values.items()
    }
    return Record(
        key="k",
        dataset=dataset,
        model=model,
        family="f",
        seed=seed,
        status=status,
        fit_seconds=fit_seconds if status == "ok" else None,
        scores=scores,
    )


@pytest.fixture
def records():
    truth = float(load("ring").density.log_prob(load("ring").test).mean())
    return [
        record("gan", "ring", 0, high_density_share=0.5, frechet_distance=3.0),
        record("gan", "ring", 1, high_density_share=0.7, frechet_distance=3.0, fit_seconds=9.6),
        record("maf", "ring", 0, high_density_share=0.9, log_likelihood=truth - 0.25),
        record("maf", "digits", 0, frechet_distance=4.0),
        record("maf", "digits", 1, status="timeout"),
        record("glow", "ring", 0, status="skipped"),
    ]


def test_a_line_holds_what_a_cell_reached(records):
    lines = lines_of(records)

    assert [(line["dataset"], line["model"], line["seed"]) for line in lines] == [
        ("digits", "maf", 0),
        ("digits", "maf", 1),
        ("ring", "gan", 0),
        ("ring", "gan", 1),
        ("ring", "glow", 0),
        ("ring", "maf", 0),
    ]
    assert lines[0]["frechet"] == "4"
    assert lines[1]["status"] == "timeout"
    assert lines[2]["frechet"] is None  # where the density is known, it says more
    assert lines[5]["nats"] == "0.25"


def test_the_table_has_means_and_spreads_over_seeds(records, tmp_path):
    write_levels(tmp_path / "levels.csv", records)

    head, rows = levels_table(read_levels(tmp_path / "levels.csv"))

    assert head == ["model", "ring", "digits", "most seconds"]
    assert rows == [
        ["`maf`", "0.90 (0.25)", "4.00, timeout", "2"],
        ["`glow`", "refused", "", ""],
        ["`gan`", "0.60 ± 0.14", "", "10"],
    ]


def test_what_never_happens_under_a_model_costs_nats_without_end(tmp_path):
    never = [record("maf", "ring", seed, log_likelihood=-np.inf) for seed in (0, 1)]
    write_levels(tmp_path / "levels.csv", never)

    (row,) = levels_table(read_levels(tmp_path / "levels.csv"))[1]

    assert row == ["`maf`", "(∞)", "2"]


def test_no_file_is_an_empty_table(tmp_path):
    assert levels_table(read_levels(tmp_path / "none.csv"))[1] == []

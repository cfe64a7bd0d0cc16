"""Tables of hand-made records, whose answers are worked out by hand."""

import csv
import io
import math
from dataclasses import replace

import pytest
from rich.console import Console

from genbench.metric import Score
from genbench.report.agreement import HEADLINE
from genbench.report.frames import cost_frame, long_frame, to_csv, wide_frame
from genbench.report.intervals import Estimate, number
from genbench.report.leaderboard import failure, novelty_quality_points, tables
from genbench.report.markdown import markdown
from genbench.report.page import page
from genbench.report.terminal import print_table
from genbench.runs.records import REAL, Record

AIMS = {"classifier_two_sample_test": "match", "precision": "high", "coverage": "high"}
AIMS |= {"bayesian_surprise": "high", "high_density_share": "high", "authenticity": "match"}


def score(name, value, **more):
    aim = more.pop("aim", AIMS.get(name, "low"))
    ideal = 0.5 if name == "classifier_two_sample_test" else None
    status = "skipped" if value is None else "ok"
    values = {"bounds": (0, 1), "ideal": ideal, "status": status} | more
    return Score(metric=name, aim=aim, value=value, **values)


def record(model, seed=0, *, family="yours", dataset="ring", status="ok", **values):
    family = {REAL: "control", "noise": "control", "copycat": "control"}.get(model, family)
    scores = {
        name: value if isinstance(value, Score) else score(name, value)
        for name, value in values.items()
    }
    return Record(
        key=f"{model}{seed}",
        dataset=dataset,
        model=model,
        family=family,
        seed=seed,
        status=status,
        scores=scores,
    )


def only(records):
    (table,) = tables(records)
    return table


def rows(records):
    return {row.model: row for row in only(records).rows}


ANCHORS = [
    record(REAL, frechet_distance=2.0, precision=0.9),
    record("noise", frechet_distance=12.0, precision=0.1),
]


def test_rows_start_with_real_samples_and_go_on_best_first():
    found = only(
        [
            *ANCHORS,
            record("poor", frechet_distance=9.0, precision=0.3),
            record("good", frechet_distance=3.0, precision=0.8),
            record("copycat", frechet_distance=2.0, precision=0.9),
        ]
    )

    assert [row.model for row in found.rows] == [REAL, "copycat", "good", "poor", "noise"]
    assert [row.rank for row in found.rows] == [None, None, "1", "2", None]


def test_copies_of_the_test_set_are_marked_everywhere_and_do_not_compete():
    good = {"frechet_distance": 3.0, "precision": 0.8}
    honest = [record("good", seed, **good) for seed in (0, 1)]
    copied = [record("copier", seed, frechet_distance=0.0, precision=1.0) for seed in (0, 1)]
    copied[1] = replace(copied[1], test_copies=90, n_generated=100)
    found = only([*ANCHORS, *honest, *copied])
    by_model = {row.model: row for row in found.rows}
    (note,) = (note for note in found.notes if "copier" in note)

    assert [by_model[name].rank for name in ("copier", "good")] == [None, "1"]
    assert not by_model["copier"].cells["precision"].best
    assert by_model["good"].cells["precision"].best
    assert "90 of 100 samples of copier, seed 1, are equal to test samples" in note
    assert "| *copier* (copies of test samples) |" in markdown(found)
    assert "copier <small>copies of test samples</small>" in page("board", [found])
    assert "1 model ·" in page("board", [found])
    console = Console(file=io.StringIO(), width=100)
    print_table([*ANCHORS, *honest, *copied], console)
    assert "copies: copier" in console.file.getvalue()
    reasons = {line["model"]: line["reason"] for line in wide_frame([found]).to_dict("records")}
    assert reasons == {**dict.fromkeys((REAL, "noise", "good")), "copier": "copies of test samples"}


def test_real_samples_stay_first_when_something_else_scores_better():
    unlucky = record(REAL, 1, frechet_distance=4.0, precision=0.8)
    found = only([*ANCHORS, unlucky, record("copycat", frechet_distance=2.0, precision=0.9)])

    assert [row.model for row in found.rows] == [REAL, "copycat", "noise"]
    assert found.rows[0].agreement.mean < found.rows[1].agreement.mean


def test_agreement_is_the_mean_way_from_noise_to_real_samples():
    found = rows([*ANCHORS, record("half", frechet_distance=7.0, precision=0.7)])

    assert found["half"].agreement.mean == pytest.approx((0.5 + 0.75) / 2)
    assert found[REAL].agreement.mean == 1
    assert found["noise"].agreement.mean == 0


def test_agreement_stops_at_both_anchors():
    found = rows(
        [
            *ANCHORS,
            record("better than real", frechet_distance=0.0, precision=1.0),
            record("worse than noise", frechet_distance=math.inf, precision=0.0),
        ]
    )

    assert found["better than real"].agreement.mean == 1
    assert found["worse than noise"].agreement.mean == 0


def test_a_metric_to_match_counts_by_its_distance_to_the_ideal():
    test = "classifier_two_sample_test"
    found = rows(
        [
            record(REAL, **{test: 0.52}),
            record("noise", **{test: 1.0}),
            record("below", **{test: 0.24}),
        ]
    )

    assert found["below"].agreement.mean == pytest.approx((0.5 - 0.26) / (0.5 - 0.02))


def test_a_model_does_not_change_the_agreement_of_another():
    model = record("model", frechet_distance=7.0, precision=0.7)
    alone = rows([*ANCHORS, model])["model"].agreement

    crowd = [record(f"clone {i}", frechet_distance=7.0 + i, precision=0.7) for i in range(5)]

    assert rows([*ANCHORS, model, *crowd])["model"].agreement == alone


def test_a_metric_whose_anchors_stand_in_the_wrong_order_is_left_out_and_named():
    real = record(REAL, frechet_distance=2.0, precision=0.4)
    noise = record("noise", frechet_distance=12.0, precision=0.4)
    found = only([real, noise, record("model", frechet_distance=7.0, precision=0.9)])

    assert found.counted == ("frechet_distance",)
    assert any(
        "precision is left out" in note and "not score worse" in note for note in found.notes
    )
    assert found.rows[1].agreement.mean == 0.5


@pytest.mark.parametrize("absent", [REAL, "noise"])
def test_without_an_anchor_there_is_a_note_and_the_order_of_the_frechet_distance(absent):
    anchors = [anchor for anchor in ANCHORS if anchor.model != absent]
    found = only([*anchors, record("b", frechet_distance=3.0), record("a", frechet_distance=5.0)])

    assert all(row.agreement is None for row in found.rows)
    assert any("No agreement" in note and absent in note for note in found.notes)
    assert any("ordered by frechet_distance" in note for note in found.notes)
    ranked = [(row.model, row.rank) for row in found.rows if row.rank]
    assert ranked == [("b", "1"), ("a", "2")]


def test_ties_share_a_rank():
    values = {"a": 3.0, "b": 3.0, "c": 4.0}
    found = rows([*ANCHORS, *(record(m, frechet_distance=v) for m, v in values.items())])

    assert [found[name].rank for name in "abc"] == ["1", "1", "3"]


def test_three_seeds_give_a_student_interval_and_two_give_none():
    three, two = Estimate((1.0, 2.0, 6.0)), Estimate((1.0, 2.0))

    deviation = math.sqrt((4 + 1 + 9) / 2)
    assert three.half == pytest.approx(4.302653 * deviation / math.sqrt(3), rel=1e-6)
    assert two.half is None
    assert two.mean == 1.5


def test_a_value_as_good_as_the_best_is_marked_with_it():
    near, wide, far = (3.0, 3.1, 3.2), (2.0, 4.0, 6.0), (10.0, 10.1, 10.2)
    found = rows(
        [
            *ANCHORS,
            *(
                record(model, seed, frechet_distance=value)
                for model, values in (("near", near), ("wide", wide), ("far", far))
                for seed, value in enumerate(values)
            ),
        ]
    )

    best = {name: row.cells["frechet_distance"].best for name, row in found.items()}
    assert best == {REAL: False, "noise": False, "near": True, "wide": True, "far": False}
    assert [found[name].rank for name in ("near", "wide", "far")] == ["1-2", "1-2", "3"]


def test_with_one_seed_only_the_best_is_marked_and_controls_never_are():
    values = {"copycat": 0.0, "a": 3.0, "b": 3.0, "c": 3.1}
    found = rows([*ANCHORS, *(record(m, frechet_distance=v) for m, v in values.items())])

    marked = {name for name, row in found.items() if row.cells["frechet_distance"].best}
    assert marked == {"a", "b"}


def test_best_at_a_metric_to_match_is_who_is_nearest_to_real_samples():
    values = {REAL: 0.5, "noise": 1.0, "low": 0.1, "near": 0.6, "high": 0.9}
    found = rows([record(model, authenticity=value) for model, value in values.items()])

    assert {name for name, row in found.items() if row.cells["authenticity"].best} == {"near"}


def test_a_failed_cell_is_kept_with_its_reason_and_without_numbers():
    failed = replace(record("slow", status="timeout"), phase="fit", reason="no answer after 300 s")
    found = only([*ANCHORS, failed])

    assert [row.model for row in found.rows] == [REAL, "noise"]
    assert [failure(r) for r in found.failures] == ["timeout in fit: no answer after 300 s"]


def test_a_model_that_failed_on_one_seed_says_so():
    good = [record("model", seed, frechet_distance=3.0) for seed in (0, 1)]
    found = only([*ANCHORS, *good, record("model", 2, status="crash")])

    row = next(row for row in found.rows if row.model == "model")
    assert (len(row.records), row.failed) == (2, 1)


def test_a_missing_score_is_a_dash_with_a_reason_and_counts_as_noise():
    skipped = score("precision", None, reason="too few samples")
    found = only([*ANCHORS, record("model", frechet_distance=2.0, precision=skipped)])

    row = next(row for row in found.rows if row.model == "model")
    assert (row.cells["precision"].text, row.cells["precision"].reason) == ("–", "too few samples")
    assert row.agreement.mean == 0.5
    assert any("precision is missing for model" in note for note in found.notes)


def test_a_metric_that_nobody_has_is_not_a_column_but_a_note():
    skipped = score("log_likelihood", None, reason="the model has no log_prob")
    found = only([*ANCHORS, record("model", frechet_distance=3.0, log_likelihood=skipped)])

    assert "log_likelihood" not in {column.name for column in found.columns}
    assert "log_likelihood is not shown: the model has no log_prob" in found.notes


def test_the_order_of_records_does_not_matter():
    records = [
        record(model, seed, frechet_distance=value + seed, precision=0.5)
        for model, value in ((REAL, 1.0), ("noise", 20.0), ("a", 5.0), ("b", 4.0))
        for seed in range(3)
    ]

    assert tables(records[::-1]) == tables(records)
    assert to_csv(long_frame(records[::-1])) == to_csv(long_frame(records))


def test_columns_start_with_those_of_the_headline_whatever_the_order_in_the_records():
    names = ["aaa_new", "recall", *reversed(HEADLINE)]
    found = only([record("model", **{name: score(name, 0.5, aim="low") for name in names})])

    assert [column.name for column in found.columns] == [*HEADLINE, "recall", "aaa_new"]


@pytest.mark.parametrize(
    ("mean", "half", "text"),
    [
        (0.95312, None, "0.953"),
        (0.5, None, "0.500"),
        (0.0, None, "0"),
        (1234.5, None, "1234"),
        (12345678.0, None, "1.23e+07"),
        (0.95312, 0.0213, "0.95 ± 0.02"),
        (0.95312, 0.0113, "0.953 ± 0.011"),
        (123.4, 45.0, "120 ± 40"),
        (-0.0001, 0.02, "0.00 ± 0.02"),
        (3.0, 0.0, "3.00"),
        (math.inf, None, "∞"),
        (-math.inf, None, "-∞"),
    ],
)
def test_a_number_has_the_digits_that_its_interval_supports(mean, half, text):
    assert number(mean, half) == text


def test_an_infinite_seed_makes_an_infinite_mean_and_no_interval():
    found = Estimate((1.0, math.inf, 2.0))

    assert (found.text, found.half) == ("∞", None)


def test_the_long_csv_has_every_digit_and_no_seconds():
    value = 0.1 + 0.2
    failed = replace(record("broken", status="oom"), reason="killed")
    lines = to_csv(long_frame([replace(record("a", recall=value), fit_seconds=1.5), failed]))

    first, second = csv.DictReader(io.StringIO(lines.decode()))
    assert (first["metric"], float(first["value"])) == ("recall", value)
    assert (second["metric"], second["value"], second["reason"]) == ("", "", "oom: killed")
    assert not any("seconds" in name for name in first)


def test_costs_stand_apart():
    costs = {"fit_seconds": 1.5, "sample_seconds": 0.25, "peak_memory": 2**20, "environment": "e"}
    lines = to_csv(cost_frame([replace(record("a"), **costs), record("b")])).decode().splitlines()

    assert lines[1:] == ["ring,a,0,1.5,0.25,1048576,e", "ring,b,0,,,,"]


def test_the_wide_csv_has_a_row_per_model_and_one_for_a_model_that_failed():
    made = tables([*ANCHORS, record("a", frechet_distance=3.0), record("z", status="error")])
    lines = list(csv.DictReader(io.StringIO(to_csv(wide_frame(made)).decode())))

    assert [line["model"] for line in lines] == [REAL, "a", "noise", "z"]
    assert (lines[1]["rank"], lines[1]["frechet_distance"]) == ("1", "3.0")
    assert (lines[3]["rank"], lines[3]["seeds"], lines[3]["reason"]) == ("", "0", "error")


def panel(*models, **options):
    records = [record(model, **values) for model, values in models]
    return novelty_quality_points(records, **options)["ring"]


def front(found):
    return {point.model for point in found.points if point.on_front}


def test_quality_is_the_share_in_dense_regions_where_it_is_known():
    both = {"precision": 0.5, "high_density_share": 0.7, "bayesian_surprise": 1.0}
    without = {"precision": 0.5, "bayesian_surprise": 1.0}

    assert panel(("a", both)).quality == "high_density_share"
    assert panel(("a", without)).quality == "precision"


def test_a_model_is_off_the_front_only_if_another_is_better_on_both():
    found = panel(
        ("novel", {"precision": 0.2, "bayesian_surprise": 0.9}),
        ("good", {"precision": 0.9, "bayesian_surprise": 0.2}),
        ("tie", {"precision": 0.1, "bayesian_surprise": 0.9}),
        ("beaten", {"precision": 0.1, "bayesian_surprise": 0.1}),
        ("copycat", {"precision": 1.0, "bayesian_surprise": 1.0}),
    )

    assert front(found) == {"novel", "good", "tie"}


def test_axes_follow_the_aim_of_their_metric():
    found = panel(
        (REAL, {"frechet_distance": 1.0, "authenticity": 0.5}),
        ("near", {"frechet_distance": 2.0, "authenticity": 0.6}),
        ("far", {"frechet_distance": 3.0, "authenticity": 0.9}),
        quality="frechet_distance",
        novelty="authenticity",
    )

    assert (found.quality_aim, found.novelty_aim) == ("low", "match")
    assert front(found) == {"near"}


def test_a_point_needs_both_numbers_of_one_seed():
    found = novelty_quality_points(
        [
            record("a", 0, precision=0.5, bayesian_surprise=1.0),
            record("a", 1, precision=0.6),
            record("b", 0, precision=0.5),
            record("c", 0, status="error"),
        ]
    )["ring"]

    (point,) = found.points
    assert (point.model, point.quality.values, point.novelty.values) == ("a", (0.5,), (1.0,))
    assert found.absent == ("b", "c")

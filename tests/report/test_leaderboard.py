"""Tables of hand-made records, whose answers are worked out by hand."""

import csv
import io
import math
import re
from dataclasses import replace

import pytest
from rich.console import Console

from genbench.metric import Score
from genbench.report.columns import HEADLINE
from genbench.report.frames import cost_frame, long_frame, to_csv, wide_frame
from genbench.report.intervals import Estimate, decimals, number
from genbench.report.leaderboard import Rules, tables
from genbench.report.markdown import markdown
from genbench.report.overall import overall
from genbench.report.page import Content, pages
from genbench.report.reasons import failure
from genbench.report.terminal import print_tables
from genbench.report.tradeoff import novelty_quality_points
from genbench.runs.records import REAL, Record

AIMS = {"classifier_two_sample_test": "match", "precision": "high", "coverage": "high"}
AIMS |= {"bayesian_surprise": "match", "high_density_share": "high", "authenticity": "match"}
AIMS |= {"recall": "high"}


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


def several(model, seeds=3, **values):
    """Return a record for each seed, whose values differ by little."""
    return [
        record(model, seed, **{name: value + 1e-3 * seed for name, value in values.items()})
        for seed in range(seeds)
    ]


def test_rows_come_best_first_and_real_samples_and_controls_in_their_place():
    found = only(
        [
            *ANCHORS,
            record("poor", frechet_distance=9.0, precision=0.3),
            record("good", frechet_distance=3.0, precision=0.8),
            record("better than real", frechet_distance=1.0, precision=0.9),
            record("copycat", frechet_distance=2.0, precision=0.9),
        ]
    )

    order = ["better than real", REAL, "copycat", "good", "poor", "noise"]
    assert [row.model for row in found.rows] == order


def test_copies_of_the_test_set_are_marked_everywhere_and_do_not_compete():
    anchors = [
        *several(REAL, frechet_distance=2.0, precision=0.9),
        *several("noise", frechet_distance=12.0, precision=0.1),
    ]
    honest = several("good", frechet_distance=3.0, precision=0.8)
    copied = several("copier", frechet_distance=0.0, precision=1.0)
    copied[1] = replace(copied[1], test_copies=90, n_generated=0)
    records = [*anchors, *honest, *copied]
    found = only(records)
    by_model = found.by_model
    (note,) = (note for note in found.notes if "copier" in note)

    assert [by_model[name].rank for name in ("copier", "good")] == [None, "1"]
    assert not by_model["copier"].cells["precision"].best
    assert by_model["good"].cells["precision"].best
    assert "90 of 0 samples of copier, seed 1, are equal to test samples" in note
    assert "| *copier* (copies of test samples) |" in markdown(found)
    html = pages([found], overall([found]), Content(title="board"))["index.html"].decode()
    assert "copier</button> <mark>copies of test samples</mark>" in html
    assert ">1 model, " in html
    console = Console(file=io.StringIO(), width=100)
    print_tables([found], console)
    assert "copies: copier" in console.file.getvalue()
    reasons = {line["model"]: line["reason"] for line in wide_frame([found]).to_dict("records")}
    assert reasons == {**dict.fromkeys((REAL, "noise", "good")), "copier": "copies of test samples"}


def test_the_terminal_goes_by_the_rules_of_the_board():
    records = [
        *several(REAL, recall=0.9),
        *several("noise", recall=0.1),
        *several("good", recall=0.8),
    ]
    shown = []
    for rules in ((), (Rules(faces={"support": ("recall",)}),)):
        console = Console(file=io.StringIO(), width=100)
        print_tables(tables(records, *rules), console)
        shown.append(console.file.getvalue())

    assert "No agreement" in shown[0]
    assert "No agreement" not in shown[1]
    assert re.search(r"1 +A +good", shown[1])


def test_best_in_a_column_are_all_that_are_not_worse_for_sure():
    values = {REAL: 1.0, "noise": 90.0, "near": 3.0, "level": 3.0, "far": 10.0, "copycat": 0.0}
    records = [r for model, v in values.items() for r in several(model, frechet_distance=v)]
    found = only(records)

    best = {row.model for row in found.rows if row.cells["frechet_distance"].best}
    assert best == {"near", "level"}


def test_a_column_on_top_of_which_is_noise_has_no_best():
    values = {REAL: 0.5, "noise": 0.9, "near": 0.6}
    records = [r for model, v in values.items() for r in several(model, recall=v)]
    found = only(records)

    assert not found.columns[0].trusted
    assert not any(row.cells["recall"].best for row in found.rows)


def test_best_at_a_metric_to_match_is_who_is_nearest_to_real_samples():
    values = {REAL: 0.5, "noise": 1.0, "low": 0.1, "near": 0.52, "high": 0.9}
    records = [r for model, v in values.items() for r in several(model, authenticity=v)]
    found = only(records)

    assert {row.model for row in found.rows if row.cells["authenticity"].best} == {"near"}


def test_decimals_are_the_same_down_a_column():
    values = {REAL: 0.9123, "noise": 0.1, "a": 0.5, "b": 0.77777}
    records = [r for model, v in values.items() for r in several(model, recall=v)]
    found = only(records)

    texts = [row.cells["recall"].text.split(" ± ")[0] for row in found.rows]
    assert {len(text.split(".")[1]) for text in texts} == {found.columns[0].decimals}


@pytest.mark.parametrize(
    ("halves", "means", "expected"),
    [
        ((0.021, 0.03, 0.04), (0.5, 0.6, 0.9), 2),
        ((0.012, 0.03, 0.04), (0.5, 0.6, 0.9), 3),  # a leading 1 takes a second digit along
        ((0.5, 3.0, 40.0), (2.0, 10.0, 145.0), 1),
        ((1e-9, 1e-9, 1e-9), (0.5, 0.6, 0.9), 4),  # no more than four digits that matter
        ((0.0, 0.0, 0.0), (0.512, 0.6, 0.9), 3),
        ((300.0, 500.0, 900.0), (9000.0, 8000.0, 100.0), 0),
    ],
)
def test_decimals_are_those_of_a_narrow_interval(halves, means, expected):
    step = 2.484138  # half the 95 % interval of (-1, 0, 1)
    column = [
        Estimate(tuple(mean + half / step * s for s in (-1, 0, 1)))
        for mean, half in zip(means, halves, strict=True)
    ]

    assert decimals(column) == expected


def front_of(*models, **options):
    return {point.model for point in panel(*models, **options).points if point.on_front}


def test_the_front_are_those_whom_none_beats_on_both():
    surprise = {REAL: 0.5, "like real": 0.52, "newer": 0.9, "good": 0.6, "beaten": 0.95, "bad": 0.5}
    quality = {REAL: 0.9, "like real": 0.7, "newer": 0.85, "good": 0.8, "beaten": 0.6, "bad": 0.1}
    models = [(m, {"precision": quality[m], "bayesian_surprise": surprise[m]}) for m in surprise]

    # "bad" is as surprising as real samples, but not half as good.
    assert front_of(*models) == {"like real", "newer", "good"}


def test_axes_follow_the_aim_of_their_metric():
    models = (
        (REAL, {"frechet_distance": 1.0, "authenticity": 0.5}),
        ("near", {"frechet_distance": 2.0, "authenticity": 0.6}),
        ("far", {"frechet_distance": 3.0, "authenticity": 0.9}),
    )
    found = panel(*models, quality="frechet_distance", novelty="authenticity")

    assert (found.quality_aim, found.novelty_aim) == ("low", "match")
    assert front_of(*models, quality="frechet_distance", novelty="authenticity") == {"near"}


def test_with_seeds_a_model_is_beaten_only_for_sure():
    def cells(model, precision, spread):
        return [
            record(model, s, precision=precision + spread * s, bayesian_surprise=0.5 + 0.1 * gap)
            for s in range(3)
            for gap in [precision < 0.85]
        ]

    sure = [*cells(REAL, 0.9, 0.001), *cells("a", 0.88, 0.001), *cells("b", 0.7, 0.001)]
    unsure = [*cells(REAL, 0.9, 0.001), *cells("a", 0.88, 0.001), *cells("b", 0.7, 0.2)]

    for records, expected in ((sure, {"a"}), (unsure, {"a", "b"})):
        found = novelty_quality_points(records)["ring"]
        assert {point.model for point in found.points if point.on_front} == expected


def test_agreement_is_the_mean_way_from_noise_to_real_samples():
    found = rows([*ANCHORS, record("half", frechet_distance=7.0, precision=0.7)])

    assert found["half"].agreement.mean == pytest.approx((0.5 + 0.75) / 2)
    assert found[REAL].agreement.mean == 1
    assert found["noise"].agreement.mean == 0


def test_a_metric_to_match_counts_by_its_distance_to_the_ideal():
    test = "classifier_two_sample_test"
    values = {REAL: 0.52, "noise": 1.0, "below": 0.24}
    records = [record(model, **{test: value}) for model, value in values.items()]
    (found,) = tables(records, Rules(faces={"test": (test,)}))

    below = found.by_model["below"].agreement.mean
    assert below == pytest.approx((0.5 - 0.26) / (0.5 - 0.02))


def test_a_model_does_not_change_the_agreement_of_another():
    model = record("model", frechet_distance=7.0, precision=0.7)
    alone = rows([*ANCHORS, model])["model"].agreement

    crowd = [record(f"clone {i}", frechet_distance=7.0 + i, precision=0.7) for i in range(5)]

    assert rows([*ANCHORS, model, *crowd])["model"].agreement == alone


@pytest.mark.parametrize("absent", [REAL, "noise"])
def test_without_an_anchor_there_is_a_note_and_the_order_of_the_frechet_distance(absent):
    anchors = [anchor for anchor in ANCHORS if anchor.model != absent]
    found = only([*anchors, record("b", frechet_distance=3.0), record("a", frechet_distance=5.0)])

    assert all(row.agreement is None and row.rank is None for row in found.rows)
    assert any("No agreement" in note and absent in note for note in found.notes)
    assert any("ordered by frechet_distance" in note for note in found.notes)
    assert [row.model for row in found.rows if row.competes] == ["b", "a"]


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


def test_metrics_that_are_missing_for_one_reason_share_a_note():
    skipped = {
        name: score(name, None, reason=reason)
        for name, reason in {"recall": "no law.", "entropy": "no law.", "memory": "no time"}.items()
    }
    found = only([*ANCHORS, record("model", frechet_distance=3.0, **skipped)])

    assert "recall, entropy are not shown: no law." in found.notes
    assert "memory is not shown: no time" in found.notes


def test_metrics_that_leave_the_agreement_for_one_reason_share_a_note():
    found = only([*ANCHORS, record("model", frechet_distance=3.0)])

    left_out = [note for note in found.notes if "left out of the agreement" in note]
    assert len(left_out) == len({note.partition(": ")[2] for note in left_out})
    assert any(" are left out of the agreement: " in note for note in left_out)


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
    assert (lines[1]["rank"], lines[1]["frechet_distance"]) == ("", "3.0")
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

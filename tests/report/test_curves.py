"""Curves: drawn in order of their parameter, ranked nowhere, and of no effect on anybody."""

import csv
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from rich.console import Console

from genbench.creativity.envelope import Envelope
from genbench.creativity.laws import Law
from genbench.evidence.kinds import N_CELLS, channel_of
from genbench.metric import Score
from genbench.report import plots
from genbench.report.citation import citation
from genbench.report.curves import by_decoder, parted
from genbench.report.exports import board_json
from genbench.report.folder import report
from genbench.report.frames import overall_frame, to_csv, wide_frame
from genbench.report.frontier import frontier_frame, planes
from genbench.report.frontier_plot import frontier_figure
from genbench.report.leaderboard import tables
from genbench.report.losses import competes
from genbench.report.overall import overall
from genbench.report.page import Content, pages
from genbench.report.terminal import print_tables
from genbench.report.tradeoff import novelty_quality_points
from genbench.runs import records as store
from genbench.runs.codebooks import NAME, Book, to_json_lines
from genbench.runs.records import REAL, Record

BANDWIDTHS = (0.02, 0.5, 0.1, 1)
LABEL = "kernel_density, bandwidth .02 to 1"
N_KINDS = 30
WEIGHTS = np.round(0.5 + np.random.default_rng(1).gamma(0.5, size=N_KINDS), 6)
QUALITY = np.round(np.linspace(0.0, 0.9, N_KINDS)[np.argsort(np.argsort(WEIGHTS))], 6)
AIMS = {"frechet_distance": "low", "authenticity": "match", "bayesian_surprise": "match"}


def score(name, value):
    return Score(metric=name, aim=AIMS.get(name, "high"), bounds=(0, 1), status="ok", value=value)


def several(model, way, *, dataset="ring", family="yours", **more):
    """Return three seeds of a model so far from noise (0) to real samples (1)."""
    rng = np.random.default_rng(sum(map(ord, model)))
    counts = rng.multinomial(400, rng.dirichlet(np.full(N_KINDS, 1.0)), size=3)
    return [
        Record(
            key=f"{dataset}{model}{seed}",
            dataset=dataset,
            model=model,
            family="control" if model in (REAL, "noise") else family,
            seed=seed,
            status="ok",
            n_generated=400,
            kinds=Law(codebook="0a1b", counts=tuple(map(int, counts[seed]))),
            scores={
                name: score(name, value)
                for name, value in {
                    "frechet_distance": 10 - 9 * (way + shift),
                    "precision": 0.1 + 0.8 * (way + shift),
                    "coverage": 0.1 + 0.8 * (way + shift),
                    "authenticity": 0.5,
                    "bayesian_surprise": 0.6 - 0.2 * way + shift,
                }.items()
            },
            **more,
        )
        for seed, shift in enumerate((-1e-3, 0.0, 1e-3))
    ]


MODELS = [
    cell
    for model, way in (
        (REAL, 1.0),
        ("noise", 0.0),
        ("first", 0.97),
        ("second", 0.9),
        ("third", 0.6),
    )
    for cell in several(model, way)
]
# Better than everybody: who would be first, if it were ranked.
CURVE = [
    cell
    for at, bandwidth in enumerate(BANDWIDTHS)
    for cell in several(f"kernel_density#bandwidth={bandwidth}", 0.98 - 0.01 * at, family="density")
]
RECORDS = [*MODELS, *CURVE]


@pytest.fixture(scope="module")
def book():
    usual = Envelope.of(channel_of("ring", WEIGHTS, 200.0), QUALITY)
    frontiers = {N_CELLS: usual}
    return Book(codebook="0a1b", weights=WEIGHTS, total=200.0, quality=QUALITY, frontiers=frontiers)


def test_a_curve_has_the_points_of_one_model_in_order_of_its_parameter():
    other = several("kernel_density#kernel=box", 0.5) + several("a.py:M#b=2,c=true", 0.5)
    alone, curves = parted([*RECORDS, *other])

    assert list(alone) == MODELS
    assert [curve.label for curve in curves] == [
        "a.py:M, b 2, c true",
        LABEL,
        "kernel_density, kernel box",
    ]
    models = dict.fromkeys(record.model for record in curves[1].points)
    assert list(models) == [f"kernel_density#bandwidth={b}" for b in (0.02, 0.1, 0.5, 1)]


def test_its_points_compete_with_nobody():
    assert not any(map(competes, CURVE))
    assert all(competes(record) for record in MODELS if record.family == "yours")


def test_the_table_is_the_same_without_it_and_a_line_under_it_says_so():
    (without,), (beside,) = tables(MODELS), tables(RECORDS)

    notes = beside.notes[len(without.notes) :]
    assert replace(beside, curves=(), notes=without.notes) == without
    assert notes == (f"{LABEL}: a curve, small points in the figures; in table.csv, not ranked",)
    assert sorted(row.model for row in beside.curves) == sorted({r.model for r in CURVE})
    assert all(row.standing is None and row.agreement.mean > 0.9 for row in beside.curves)
    assert overall([beside]) == overall([without])


def test_the_files_of_all_data_sets_have_the_same_bytes_and_others_only_its_own_lines():
    (without,), (beside,) = tables(MODELS), tables(RECORDS)

    assert to_csv(overall_frame(overall([beside]))) == to_csv(overall_frame(overall([without])))
    lines = to_csv(wide_frame([beside])).splitlines()
    own = [line for line in lines if b"kernel_density#" in line]
    assert [line for line in lines if line not in own] == to_csv(wide_frame([without])).splitlines()
    assert len(own) == len(BANDWIDTHS)
    cited = citation("mine", MODELS)
    found = json.loads(board_json([beside], overall([beside]), cited))
    plain = json.loads(board_json([without], overall([without]), cited))
    assert {row["rank"] for row in found["datasets"][0].pop("curves")} == {None}
    assert plain["datasets"][0].pop("curves") == []
    assert found == plain


def test_what_fails_on_it_is_told_and_is_no_incomplete_model():
    failed = replace(CURVE[0], status="timeout", phase="fit", reason="no answer", scores={})
    otherwise = replace(CURVE[3], n_generated=7)

    (table,) = tables([*MODELS, failed, otherwise, *CURVE[1:3], *CURVE[4:]])

    notes = [note for note in table.notes if "is not on its curve" in note]
    assert notes == [
        f"{failed.model}, seed 0, is not on its curve: timeout in fit: no answer",
        f"{otherwise.model}, seed 0, is not on its curve: another number of samples (7 for 400)",
    ]
    assert overall([table]).incomplete == ()
    assert table.failures == ()


def test_the_terminal_lists_it_below_the_others():
    console = Console(file=io.StringIO(), width=150)

    print_tables(tables(RECORDS), console)

    lines = console.file.getvalue().splitlines()
    own = [i for i, line in enumerate(lines) if "kernel_density#bandwidth" in line]
    assert len(own) == len(BANDWIDTHS)
    assert min(own) > max(i for i, line in enumerate(lines) if "noise" in line and "0.000" in line)
    assert all(lines[i].split()[0] == "–" for i in own)


def test_it_is_a_line_in_order_in_the_plane_of_novelty_and_moves_no_name():
    without, beside = (novelty_quality_points(records) for records in (MODELS, RECORDS))
    (curve,) = beside["ring"].curves

    figure, plain = plots.novelty_quality(beside), plots.novelty_quality(without)

    assert beside["ring"].points == without["ring"].points
    spots = [(p.novelty.mean, p.quality.mean) for p in curve.points]
    assert spots in drawn(figure.axes[0])
    assert (figure.axes[0].get_xlim(), figure.axes[0].get_ylim()) == (
        plain.axes[0].get_xlim(),
        plain.axes[0].get_ylim(),
    )
    assert texts(figure)[: len(texts(plain))] == texts(plain)
    assert [words for words, _ in texts(figure)[len(texts(plain)) :]] == [LABEL]


def test_it_is_a_line_in_order_under_the_frontier_and_moves_no_name(book):
    without, beside = (planes(records, {"ring": book}) for records in (MODELS, RECORDS))
    (curve,) = beside["ring"].curves

    figure, plain = frontier_figure(beside), frontier_figure(without)

    assert beside["ring"].places == without["ring"].places
    spots = [(p.quality.mean, p.novelty.mean) for p in curve.points]
    assert spots in drawn(figure.axes[0])
    assert len(figure.axes[1].lines) == len(plain.axes[1].lines)
    assert [words for words, _ in texts(figure)].count(LABEL) == 1
    assert [t for t in texts(figure) if t[0] != LABEL] == texts(plain)
    rows = list(csv.DictReader(io.StringIO(to_csv(frontier_frame(beside)).decode())))
    own = [row["name"] for row in rows if row["what"] == "curve" and not row["seed"]]
    assert own == [point.model for point in curve.points]
    others = [row for row in rows if row["what"] != "curve"]
    assert others == list(csv.DictReader(io.StringIO(to_csv(frontier_frame(without)).decode())))


def drawn(ax):
    """Lines, as their points."""
    return [
        list(zip(*(map(float, xy) for xy in line.get_data()), strict=True)) for line in ax.lines
    ]


def texts(figure):
    FigureCanvasAgg(figure).draw()
    found = [t for t in figure.axes[0].texts if t.get_text() and "%" not in t.get_text()]
    return [(t.get_text(), t.get_position()) for t in found]


def test_its_name_lies_on_no_other_and_on_no_point(book):
    crowd = [cell for i in range(12) for cell in several(f"model {i}", 0.9 - i / 40)]
    found = planes([*RECORDS, *crowd], {"ring": book})

    figure = frontier_figure(found)

    FigureCanvasAgg(figure).draw()
    ax = figure.axes[0]
    boxes = {t.get_text(): t.get_window_extent() for t in ax.texts if t.get_text()}
    own = boxes.pop(LABEL)
    assert not any(own.overlaps(box) for words, box in boxes.items() if "%" not in words)
    spots = [(p.quality.mean, p.novelty.mean) for p in found["ring"].places]
    assert not any(own.contains(*ax.transData.transform(spot)) for spot in spots)


def test_the_page_draws_it_names_it_once_and_has_no_row_of_it(book):
    def page(records):
        made = tables(records)
        content = Content(
            title="mine",
            panels=novelty_quality_points(records),
            frontiers=planes(records, {"ring": book}),
            colours={"yours": "#0173b2", "density": "#de8f05"},
        )
        return pages(made, overall(made), content)["index.html"].decode()

    html, plain = page(RECORDS), page(MODELS)

    groups = re.findall(r'<g class="f0 curve"><path d="M[^"]*"/>(.*?)</g>', html)
    assert len(groups) == 2
    for group in groups:
        told = re.findall(r"<title>kernel_density#bandwidth=([\d.]+):", group)
        assert told == ["0.02", "0.1", "0.5", "1"]
    assert html.count(f">{LABEL}</text>") == 2
    assert f"<li>{LABEL}: a curve" in html
    rows = re.compile(r"<tr.*")
    assert rows.findall(html) == rows.findall(plain)


def test_a_report_has_the_same_board_with_and_without_it(book, tmp_path):
    for name, found in (("without", MODELS), ("beside", RECORDS)):
        (tmp_path / name).mkdir()
        store.write(tmp_path / name / "records.jsonl", found)
        (tmp_path / name / NAME).write_bytes(to_json_lines({"ring": book}))
        report(tmp_path / name)

    one, other = ((tmp_path / name / "board.csv").read_bytes() for name in ("without", "beside"))
    assert one == other
    pictures = ((tmp_path / name / "board.png").read_bytes() for name in ("without", "beside"))
    assert len(set(pictures)) == 1
    text = (tmp_path / "beside" / "README.md").read_text(encoding="utf-8")
    assert f"- {LABEL}: a curve" in text


def one(model, **values):
    scores = {name: score(name, value) for name, value in values.items()}
    return Record(
        key=model, dataset="ring", model=model, family="f", seed=0, status="ok", scores=scores
    )


def test_what_a_model_writes_by_one_kind_of_decoder_is_joined_in_order_of_the_number():
    names = ("m@top_p:0.9", "m@top_p:0.3", "m@greedy", "m@temperature:0.5", "m", "n@top_p:0.3")
    points = [one(name) for name in names]

    (curve,) = by_decoder(points)

    assert [point.model for point in curve.points] == ["m@top_p:0.3", "m@top_p:0.9"]
    assert curve.label == "m, top_p .3 to .9"


def test_the_plane_of_sequences_has_axes_of_its_own_and_joins_decoders():
    by_axes = {"novel_ngrams": 0.4, "judged_bits": 2.0, "bayesian_surprise": 1.0, "precision": 0.5}
    records = [
        one(name, **{axis: value * factor for axis, value in by_axes.items()})
        for factor, name in enumerate((REAL, "m@top_p:0.3", "m@top_p:0.9"), start=1)
    ]

    panel = novelty_quality_points(records)["ring"]
    asked = novelty_quality_points(records, novelty="bayesian_surprise")["ring"]

    assert (panel.novelty, panel.quality) == ("novel_ngrams", "judged_bits")
    assert (asked.novelty, asked.quality_aim) == ("bayesian_surprise", "low")
    assert [curve.label for curve in panel.curves] == ["m, top_p .3 to .9"]
    assert len(panel.points) == 3


def test_an_axis_on_which_all_are_the_same_is_passed_over():
    records = [
        one(name, novel_ngrams=0.1 * place, grammatical_share=1.0, judged_bits=2.0 + place)
        for place, name in enumerate((REAL, "noise", "m"))
    ]

    panel = novelty_quality_points(records)["ring"]

    assert (panel.novelty, panel.quality) == ("novel_ngrams", "judged_bits")

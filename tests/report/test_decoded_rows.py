"""What decoders write stands in every table, is ranked nowhere, and moves no model's place."""

import csv
import io
import re
from dataclasses import replace

import pytest

from genbench.metric import Score
from genbench.report.bars import agreement_bars
from genbench.report.citation import citation
from genbench.report.cost import best_within, costs
from genbench.report.exports import export
from genbench.report.leaderboard import DECODED, tables
from genbench.report.markdown import overall_markdown
from genbench.report.overall import overall
from genbench.report.page import Content, pages
from genbench.report.tradeoff import novelty_quality_points
from genbench.runs.records import REAL, Record

AIMS = {"frechet_distance": "low", "bayesian_surprise": "match"}


def several(model, way, *, n=3, fit=1.0):
    """Return seeds of a model so far from noise (0) to real samples (1)."""
    return [
        Record(
            key=f"{model}{seed}",
            dataset="ring",
            model=model,
            family="control" if model in (REAL, "noise") else "yours",
            seed=seed,
            status="ok",
            n_generated=400,
            fit_seconds=fit,
            scores={
                name: Score(
                    metric=name,
                    aim=AIMS.get(name, "high"),
                    bounds=(0, 10),
                    status="ok",
                    value=value,
                )
                for name, value in {
                    "frechet_distance": 9 - 8 * (way + shift),
                    "precision": 0.1 + 0.8 * (way + shift),
                    "coverage": 0.1 + 0.8 * (way + shift),
                    "bayesian_surprise": 0.6 - 0.2 * way + shift,
                }.items()
            },
        )
        for seed, shift in enumerate((-1e-3, 0.0, 1e-3)[:n])
    ]


MODELS = [
    *several(REAL, 1.0),
    *several("noise", 0.0),
    *several("first", 0.9, fit=3.0),
    *several("second", 0.6, fit=2.0),
]
# Better than every model: they would be first.
WRITTEN = [
    cell for mass in (0.5, 0.9) for cell in several(f"second@top_p:{mass}", 0.9 + mass / 20, fit=2)
]
BESIDE = [*MODELS, *WRITTEN]
NAMES = {record.model for record in WRITTEN}


def test_a_row_has_its_place_and_no_rank_and_is_best_of_no_column():
    (without,), (beside,) = tables(MODELS), tables(BESIDE)

    assert [row.model for row in beside.rows[:3]] == [REAL, "second@top_p:0.9", "second@top_p:0.5"]
    assert [row.rank for row in beside.rows] == [None, None, None, "1", "2", None]
    own = {row.model: row for row in beside.rows if row.model in NAMES}
    assert all(row.decoded and row.agreement.mean > 0.9 for row in own.values())
    assert not any(cell.best for row in own.values() for cell in row.cells.values())
    others = [row for row in beside.rows if row.model not in NAMES]
    assert [row.standing for row in others] == [row.standing for row in without.rows]
    assert [row.cells for row in others] == [row.cells for row in without.rows]
    assert (beside.pairs, beside.leaders) == (without.pairs, {"first"})
    assert beside.notes == (*without.notes, DECODED)


def test_over_all_data_sets_too():
    without, beside = overall(tables(MODELS)), overall(tables(BESIDE))

    assert [line.rank for line in beside.lines] == [None, None, None, "1", "2", None]
    assert beside.pairs == without.pairs == (1, 1)
    assert (without.notes, beside.notes) == ((), (DECODED,))
    (line,) = (line for line in overall_markdown(beside).splitlines() if "top_p:0.9" in line)
    assert line.startswith("| – | – | second@\u2060top_p:0.9 | yours | 0.945")


def test_the_page_counts_models_and_names_the_leader_among_them():
    made = tables(BESIDE)

    html = pages(made, overall(made), Content(title="mine"))["index.html"].decode()

    assert "<p class=soft>2 models, 1 data set" in html
    front = re.search(r"<article>.*?In front.*?</article>", html, re.S)[0]
    assert "0.90<small>agreement" in front
    assert "One model is told apart from all others" in front
    assert "top_p" not in front
    assert html.count(DECODED) == 2  # under the table of all, and under its own


def test_what_decoders_copied_is_no_model_that_copies():
    def originals(record):
        share = 0.1 if record.model in NAMES else 0.8
        score = Score(
            metric="authenticity",
            aim="match",
            bounds=(0, 1),
            status="ok",
            value=share,
            standard_error=0.02,
        )
        return replace(record, scores={**record.scores, "authenticity": score})

    made = tables(map(originals, BESIDE))

    html = pages(made, overall(made), Content(title="mine"))["index.html"].decode()

    assert all(row.copies_train == (row.model in NAMES) for row in made[0].rows)
    panel = re.search(r"<article>.*?Copies its training data.*?</article>", html, re.S)[0]
    assert "0<small>models" in panel
    assert "No model does" in panel


def test_a_model_that_alone_has_a_rank_is_told_apart_from_nobody():
    made = tables([*MODELS[:-3], *several("second", 0.95, n=2), *WRITTEN])

    html = pages(made, overall(made), Content(title="mine"))["index.html"].decode()

    front = re.search(r"<article>.*?In front.*?</article>", html, re.S)[0]
    assert "0.90<small>agreement" in front
    assert "One model alone has seeds enough for a rank" in front
    assert "One model alone is ranked: there is no pair to tell apart" in html


def test_no_front_has_it_and_none_is_moved_by_it():
    without, beside = (novelty_quality_points(found)["ring"] for found in (MODELS, BESIDE))
    cheap, dear = (costs(overall(tables(found))) for found in (MODELS, BESIDE))

    assert {p.model for p in without.points if p.on_front} == {"first"}
    assert {p.model for p in beside.points if p.on_front} == {"first"}
    assert {p.model for p in beside.points} >= NAMES
    assert [p.model for p in best_within(dear)] == [p.model for p in best_within(cheap)]
    assert {p.model for p in dear.priced if p.on_front} == {"first", "second"}


def test_the_first_of_an_export_are_models():
    made = tables(BESIDE)

    lines = export("csv", made, overall(made), citation("mine", BESIDE), top=1).decode()

    assert [row["model"] for row in csv.DictReader(io.StringIO(lines))] == [
        REAL,
        "second@top_p:0.9",
        "second@top_p:0.5",
        "first",
    ]


@pytest.mark.parametrize(("written", "said"), [(20, "10 more rows are in the tables"), (2, "")])
def test_the_figure_shows_models_before_what_decoders_wrote(written, said):
    many = [
        cell
        for mass in range(written)
        for cell in several(f"second@temperature:{mass + 1}", 0.91 + mass / 1000)
    ]
    made = tables([*MODELS, *many])

    (ax,) = agreement_bars(overall(made), made, {}).axes

    names = [label.get_text() for label in ax.get_yticklabels()]
    assert {"first", "second"} <= set(names)
    assert len(names) == 4 + min(written, 10)
    assert ax.get_xlabel() == said
    assert [t.get_text() for t in ax.texts].count("a decoder") == min(written, 10)

"""Symbols and series have models of their own each: the table of all data sets is of one kind."""

from dataclasses import replace

import pytest

from genbench.metric import Score
from genbench.report.leaderboard import tables
from genbench.report.overall import overall
from genbench.report.page import Content, pages
from genbench.runs.records import REAL, Record
from genbench.scoring.excerpts import Excerpt

KINDS = {
    "letters": {"texts": (Excerpt("abba"),)},
    "words": {"texts": (Excerpt("a b"),)},
    "waves": {"series": ((0.5, 1.5),)},
    "steps": {"series": ((2.5, 1.5),)},
    "ring": {},
}
WAYS = {REAL: 1.0, "noise": 0.0, "both": 0.5, "ngram": 0.9, "burg": 0.8}
AIMS = {"frechet_distance": "low"}
REFUSED = {"ngram": ("waves", "steps"), "burg": ("letters", "words")}


def cell(dataset, model, seed):
    way = WAYS[model] + 1e-3 * seed
    values = {"frechet_distance": 9 - 8 * way, "precision": way, "coverage": way}
    found = Record(
        key=f"{dataset}{model}{seed}",
        dataset=dataset,
        model=model,
        family="control" if model in (REAL, "noise") else "yours",
        seed=seed,
        status="ok",
        n_generated=400,
        scores={
            name: Score(
                metric=name, aim=AIMS.get(name, "high"), bounds=(0, 10), status="ok", value=value
            )
            for name, value in values.items()
        },
        **KINDS[dataset],
    )
    if dataset in REFUSED.get(model, ()):
        return replace(
            found, status="skipped", reason="it learns others", scores={}, texts=(), series=()
        )
    return found


def board(*datasets):
    return tables(
        cell(name, model, seed) for name in datasets for model in WAYS for seed in (0, 1, 2)
    )


@pytest.mark.parametrize(
    ("datasets", "inside", "title", "said"),
    [
        (
            ("letters", "waves", "words"),
            ("letters", "words"),
            "all data sets of symbols",
            "Of series, which models of symbols do not learn, and so not in it but in tables of"
            " their own: waves.",
        ),
        (
            ("letters", "steps", "waves"),
            ("steps", "waves"),
            "all data sets of series",
            "Of symbols, which models of series do not learn, and so not in it but in tables of"
            " their own: letters.",
        ),
    ],
)
def test_the_table_is_of_the_kind_of_which_there_is_more(datasets, inside, title, said):
    found = overall(board(*datasets))

    assert (found.datasets, found.title, found.notes) == (inside, title, (said,))
    learns, not_ = ("ngram", "burg") if "symbols" in title else ("burg", "ngram")
    assert found.by_model[learns].rank == "1"
    assert found.by_model["both"].rank == "2"
    assert [(each.model, each.done, each.of) for each in found.incomplete] == [(not_, 0, 2)]


@pytest.mark.parametrize(
    "datasets", [("letters", "waves"), ("letters", "ring", "words"), ("ring",)]
)
def test_where_none_is_more_or_there_is_one_kind_it_is_of_all(datasets):
    found = overall(board(*datasets))

    assert (found.datasets, found.apart) == (tuple(sorted(datasets)), ())
    assert (found.title, found.notes) == ("all data sets", ())


def test_other_samples_stay_beside_those_that_are_more():
    assert overall(board("letters", "ring", "waves", "words")).datasets == (
        "letters",
        "ring",
        "words",
    )


def test_the_page_says_so_and_still_has_the_table_of_the_others():
    made = board("letters", "waves", "words")

    html = pages(made, overall(made), Content(title="mine"))["index.html"].decode()

    assert "all data sets of symbols" in html
    assert "in tables of their own: waves" in html
    assert "Over all data sets of symbols: agreement 0.9" in html
    assert [row.rank for row in made[1].rows if row.model == "burg"] == ["1"]

"""Two models of a board against each other: the numbers of the board, and what they tell."""

import json
import re
from dataclasses import replace

import pytest
from scipy.stats import ttest_ind

from genbench.report.leaderboard import tables
from genbench.report.overall import overall
from genbench.report.standing import TOLD_APART, difference
from genbench.runs import records


@pytest.fixture
def duel(call):
    """Compare two models of the board `mine` as JSON: the whole, and its duels by data set."""

    def run(*models, board="mine"):
        result = call("compare", *models, "--board", board, "--json")
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)
        return found, {each["where"]: each for each in found["duels"]}

    return run


def test_the_numbers_are_those_of_the_board(boards, duel):
    made = tables(records.read(boards / "mine" / "records.jsonl"))
    lines = overall(made).by_model
    found, duels = duel("first", "second")

    assert found["models"] == ["first", "second"]
    assert list(duels) == ["overall", "moons", "ring"]
    for where, by_model in [("overall", lines), *((t.dataset, t.by_model) for t in made)]:
        one, other = by_model["first"].agreement, by_model["second"].agreement
        expected = difference(one, other)
        assert duels[where]["agreement"]["first"] == {"mean": one.mean, "half": one.half}
        assert duels[where]["difference"] == vars(expected)
        assert duels[where]["apart"] == one.mean - other.mean
    by_seed = [made[0].by_model[name].agreement.values for name in ("first", "second")]
    test = ttest_ind(*by_seed, equal_var=False)
    assert duels["moons"]["difference"]["p"] == pytest.approx(test.pvalue, rel=1e-9)
    low, high = test.confidence_interval()
    assert duels["moons"]["difference"]["half"] == pytest.approx((high - low) / 2, rel=1e-9)


def test_the_verdict_names_who_is_better_whoever_comes_first(duel):
    for models in (("first", "second"), ("second", "first")):
        _, duels = duel(*models)

        assert duels["overall"]["difference"]["p"] < TOLD_APART
        assert (duels["overall"]["verdict"], duels["overall"]["better"]) == ("better", "first")
        assert 3 <= duels["overall"]["seeds"] <= 10


def test_equals_are_not_told_apart(duel):
    _, duels = duel("second", "level")

    assert duels["overall"]["verdict"] == "cannot tell"
    assert duels["overall"]["better"] is None


def test_in_between_it_says_perhaps(call, duel, boards):
    path = boards / "mine" / "records.jsonl"
    shifted = [
        cell if cell.model != "level" else moved(cell, 1e-2 * (2 + cell.seed % 2))
        for cell in records.read(path)
    ]
    records.write(path, shifted)
    _, duels = duel("level", "second")
    said = call("compare", "level", "second", "--board", "mine").stdout

    assert TOLD_APART < duels["moons"]["difference"]["p"] < 0.05
    assert (duels["moons"]["verdict"], duels["moons"]["better"]) == ("perhaps", "level")
    assert "perhaps level (p 0.0" in said


def moved(cell, by):
    """Return a cell whose model is better by so much."""
    shift = {"frechet_distance": -9 * by, "precision": 0.8 * by, "coverage": 0.8 * by}
    scores = {
        name: replace(score, value=score.value + shift.get(name, 0.0))
        for name, score in cell.scores.items()
    }
    return replace(cell, scores=scores)


def test_it_is_printed_a_line_for_all_data_sets_and_for_each(call):
    result = call("compare", "first", "copyist", "--board", "mine")
    lines = result.stdout.splitlines()

    assert result.exit_code == 0
    assert [line.split()[0] for line in lines] == ["overall", "moons", "ring", "copying"]
    pattern = (
        r"overall +first 0\.9\d+ +copyist 0\.9\d+ +difference -0\.01\d* "
        r"\[-0\.0\d+, [-+]0\.0\d+\] +(perhaps copyist|copyist is better|cannot tell)"
        r" \(p [\d.e-]+\) +(more than )?\d+ seeds would tell"
    )
    assert re.match(pattern, lines[0]), lines[0]
    assert lines[-1].split(maxsplit=1)[1] == "copyist on moons, ring"


def test_of_honest_models_neither_copies(call):
    lines = call("compare", "first", "second", "--board", "mine").stdout.splitlines()

    assert lines[-1].split() == ["copying", "neither"]


def test_where_a_model_has_nothing_the_reason_stands(call, duel):
    found, duels = duel("narrow", "first")
    said = call("compare", "narrow", "first", "--board", "mine").stdout

    assert duels["ring"]["verdict"] == "better"
    assert duels["moons"]["verdict"] is duels["moons"]["apart"] is None
    assert duels["moons"]["why"] == "narrow has no agreement: skipped: too wide."
    assert duels["overall"]["why"] == "narrow has no agreement on moons."
    assert found["copying_unknown"] == ["moons"]
    assert "moons: narrow has no agreement: skipped: too wide." in said
    assert "neither; not known of both on moons" in said


def test_one_seed_has_no_verdict_which_is_said_once(call, duel):
    _, duels = duel("first", "second", board="once")
    said = call("compare", "first", "second", "--board", "once")

    assert duels["ring"]["apart"] == pytest.approx(0.07, abs=0.01)
    assert duels["ring"]["verdict"] is duels["ring"]["difference"] is None
    assert said.exit_code == 0
    assert said.stdout.count("no verdict with fewer than 3 seeds of each") == 1
    assert "is better" not in said.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("frist", "second", "--board", "mine"), "No model on the board mine named 'frist'. Did"),
        (("first", "secnd", "--board", "mine"), "Did you mean 'second'?"),
        (("first", "first", "--board", "mine"), "first cannot be compared with itself"),
        (("first", "second", "--board", "quik"), "No board named 'quik'. Did you mean 'quick'?"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_sentence(call, arguments, says):
    result = call("compare", *arguments)

    assert result.exit_code == 2
    assert says in result.stderr
    assert not result.stdout


def test_a_board_that_was_not_run_says_how_to_run_it(call, monkeypatch):
    monkeypatch.setattr("genbench.report.kept.published_records", lambda *_: [])
    result = call("compare", "first", "second", "--board", "quick")

    assert result.exit_code == 2
    assert "`genbench run quick`" in result.stderr


def test_models_of_ones_own_stand_beside_those_of_the_board(boards, call):
    names = {"first": "mine.py", "second": "second"}
    own = [
        moved(replace(cell, model=names[cell.model]), 0.05)
        for cell in records.read(boards / "mine" / "records.jsonl")
        if cell.model in names
    ]
    records.write(boards / "results" / "mine" / "records.jsonl", own)
    found = json.loads(call("compare", "mine.py", "second", "--board", "mine", "--json").stdout)[
        "duels"
    ][0]

    assert found["apart"] == pytest.approx(0.97 + 0.05 - 0.9, abs=0.005)  # second: as on the board

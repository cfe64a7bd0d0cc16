"""A reason that many cells share is told once, and none is lost."""

import io

from rich.console import Console

from genbench.report.leaderboard import tables
from genbench.report.markdown import failures, markdown
from genbench.report.overall import overall
from genbench.report.page import Content, pages
from genbench.report.reasons import Missing, by_reason, missing, notes_on, one_reason
from genbench.report.terminal import print_tables
from genbench.runs.records import Record


def cell(model, seed, reason, *, status="skipped", phase=None):
    return Record(
        key=f"{model}{seed}",
        dataset="ring",
        model=model,
        family="yours",
        seed=seed,
        status=status,
        phase=phase,
        reason=reason,
    )


FAILURES = [
    *(cell(model, seed, "no symbols") for model in ("a", "b", "c") for seed in (0, 1)),
    cell("d", 1, "no symbols"),
    cell("a", 2, "too slow", status="timeout", phase="fit"),
]


def test_cells_of_one_reason_and_the_same_seeds_stand_together():
    assert missing(FAILURES) == [
        Missing(models=("a", "b", "c"), seeds=(0, 1), became="skipped", why="skipped: no symbols"),
        Missing(models=("d",), seeds=(1,), became="skipped", why="skipped: no symbols"),
        Missing(models=("a",), seeds=(2,), became="timeout in fit", why="timeout in fit: too slow"),
    ]
    assert [each.on for each in missing(FAILURES)] == ["seeds 0, 1", "seed 1", "seed 2"]


def test_every_place_that_tells_them_tells_them_so():
    made = tables(FAILURES)
    console = Console(width=200, record=True, file=io.StringIO())
    print_tables(made, console)

    assert "without numbers: a, b, c, seeds 0, 1: skipped: no symbols" in console.export_text()
    assert "- **a**, **b**, **c**, seeds 0, 1: skipped: no symbols" in failures(made[0])
    assert "| a (seeds 0, 1) | yours | *skipped* |" in markdown(made[0])
    assert "| a (seed 2) | yours | *timeout in fit* |" in markdown(made[0])
    page = pages(made, overall(made), Content(title="x"))["index.html"].decode()
    assert "<b>a</b>, <b>b</b>, <b>c</b> on ring, seeds 0, 1: skipped: no symbols" in page


def test_names_of_one_reason_share_a_note():
    reasons = {"recall": "no law.", "memory": "no time", "entropy": "no law."}

    assert by_reason(reasons) == {"no law.": ["recall", "entropy"], "no time": ["memory"]}
    assert notes_on("not shown", reasons) == [
        "recall, entropy are not shown: no law.",
        "memory is not shown: no time",
    ]


def test_several_reasons_are_one_sentence():
    assert one_reason(["no law.", "no law."]) == "no law."
    assert one_reason(["no law.", "no time.", "it fell"]) == "it fell; no law; no time."
    assert one_reason([]) == ""

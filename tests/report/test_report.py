"""Everything of a board is made again from its records, the same whenever and wherever."""

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from genbench.ground.errors import BadInput
from genbench.metric import Score
from genbench.report.behaviour import Behaviour
from genbench.report.folder import print_tables, report
from genbench.report.leaderboard import tables
from genbench.report.markdown import safe
from genbench.runs import records as store
from genbench.runs.records import REAL, Record

NAMES = {
    "README.md",
    "results.csv",
    "table.csv",
    "board.csv",
    "board.json",
    "costs.csv",
    "cost.csv",
    "cost.png",
    "cost.svg",
    "board.png",
    "novelty_quality.csv",
    "novelty_quality.png",
    "novelty_quality.svg",
    "index.html",
}


def record(model, seed=0, *, status="ok", **values):
    return Record(
        key=f"{model}{seed}",
        dataset="ring",
        model=model,
        family="control" if model in (REAL, "noise") else "yours",
        seed=seed,
        status=status,
        fit_seconds=1.0,
        scores={
            name: Score(metric=name, aim="low", bounds=(0, 1), status="ok", value=value)
            for name, value in values.items()
        },
    )


RECORDS = [
    record(REAL, frechet_distance=1.0, bayesian_surprise=0.5, precision=0.2),
    record("noise", frechet_distance=11.0, bayesian_surprise=2.0, precision=0.9),
    record("a|b", frechet_distance=3.0, bayesian_surprise=0.7, precision=0.4),
    replace(
        record("slow", status="timeout"), phase="fit", reason="no [b]answer[/b] | after *300* s"
    ),
]


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    folder = tmp_path_factory.mktemp("boards") / "mine"
    folder.mkdir()
    store.write(folder / "records.jsonl", RECORDS)
    report(folder)
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_report_writes_all_its_files_and_leaves_nothing_else(board):
    assert set(contents(board)) == NAMES | {"records.jsonl"}


def test_the_page_warns_of_metrics_as_the_checks_of_metrics_say(board, tmp_path, monkeypatch):
    failed = Behaviour(metric="precision", check="truncation", desideratum="diversity",
                       samples="points", claimed=True, verdict="-")  # fmt: skip
    monkeypatch.setattr("genbench.report.folder.published_behaviour", lambda: [failed])
    shutil.copy(board / "records.jsonl", tmp_path)

    report(tmp_path)

    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert html.count("it fails: truncation.") == 2  # the head of the column, and the list


def test_a_report_written_again_is_the_same_to_the_byte(board):
    before = contents(board)

    paths = report(board).files

    assert {path.name for path in paths} == NAMES
    assert contents(board) == before


def test_a_board_run_in_parts_on_a_slower_machine_has_the_same_tables(board, tmp_path):
    other = tmp_path / "mine"
    other.mkdir()
    slower = [replace(each, fit_seconds=99.0) for each in reversed(RECORDS)]
    store.write(other / "records.jsonl", slower)
    report(other)

    ours, theirs = contents(board), contents(other)
    same = NAMES - {
        "costs.csv",
        "cost.csv",
        "cost.png",
        "cost.svg",
        "index.html",
        "board.json",
    }  # which tell of costs, and cite records
    assert {name for name in NAMES if ours[name] == theirs[name]} == same


def test_the_readme_has_a_table_the_picture_and_the_command(board):
    text = (board / "README.md").read_text(encoding="utf-8")

    assert "`genbench report mine`" in text
    assert "![Novelty against quality](novelty_quality.png)" in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) == table[0].count("|") for line in table[:6])
    assert any(line.startswith("| – | – | a\\|b | yours |") for line in table)
    assert (
        "- **slow**, seed 0: timeout in fit: no \\[b\\]answer\\[/b\\] \\| after \\*300\\* s" in text
    )
    assert not re.search(r"\b(nan|NaN|None|inf)\b", text)


def test_a_report_cut_off_while_writing_leaves_the_old_file_whole(board, monkeypatch):
    before = contents(board)

    def cut_off(self, target):
        raise OSError("killed")

    monkeypatch.setattr(Path, "replace", cut_off)
    with pytest.raises(OSError, match="killed"):
        report(board)

    assert contents(board) == before


def test_the_axes_can_be_chosen_and_the_command_says_so(board, tmp_path):
    shutil.copy(board / "records.jsonl", tmp_path)
    report(tmp_path, quality="frechet_distance", novelty="precision")

    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "--quality frechet_distance --novelty precision`" in text


def test_the_usual_axis_may_be_missing_and_is_not_repeated_in_the_command(tmp_path):
    store.write(tmp_path / "records.jsonl", [record("a", precision=0.5)])
    report(tmp_path)

    assert "--novelty" not in (tmp_path / "README.md").read_text(encoding="utf-8")
    with pytest.raises(BadInput, match="bayesian_surprise"):
        report(tmp_path, novelty="bayesian_surprise")


def test_an_unknown_axis_is_refused_with_near_matches(board):
    with pytest.raises(BadInput, match="Did you mean 'precision'"):
        report(board, quality="precison")


def test_without_records_there_is_nothing_to_report(tmp_path):
    with pytest.raises(BadInput, match="There are no records"):
        report(tmp_path)


def test_markdown_from_elsewhere_is_inert():
    assert safe("<b>`x`|[y](z)\n*w*") == r"&lt;b&gt;\`x\`\|\[y\](z) \*w\*"


@pytest.mark.parametrize("width", [100, 120])
def test_the_table_for_the_terminal_fits_and_takes_names_as_they_are(width):
    odd = record("[red]\x1b[31mx", frechet_distance=4.0, bayesian_surprise=1.0)
    console = Console(width=width, record=True, file=io.StringIO())
    print_tables(tables([*RECORDS, odd]), console)
    text = console.export_text()

    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    assert "[red]" in text
    assert "\x1b" not in text
    assert "no [b]answer[/b] | after *300* s" in text
    order = [line.split()[1] for line in lines if re.match(r"\s+–  ", line)]
    assert order == ["(real", "a|b", "[red]�[31mx", "noise"]

"""What goes to a file or a pipe is never folded or cut: other programs may read it."""

import io
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from genbench.check import conformance
from genbench.check.verdicts import Law, Verdict
from genbench.datasets import CATALOG as DATASETS
from genbench.ground.consoles import WideConsole
from genbench.metric import Score
from genbench.models.find import baselines
from genbench.report.leaderboard import tables
from genbench.report.terminal import COLUMNS, print_tables
from genbench.runs import status
from genbench.runs.cells import Cell
from genbench.runs.records import Record
from genbench.sanity.checks import CATALOG as CHECKS

LONG = "a_package_of_a_long_name.and_a_module_of_another:AndAClassOfTheLongestNameOfAll"


def piped(*words, **environment):
    done = subprocess.run(
        [sys.executable, "-P", "-m", "genbench", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("columns", [{}, {"COLUMNS": "40"}])
def test_a_list_has_one_line_for_each_thing(columns):
    lines = piped("list", "models", **columns)

    for name, spec in baselines().items():
        (line,) = (line for line in lines if line.split()[:1] == [name])
        assert line.rstrip().endswith(spec.summary)
    assert len(lines) < len(baselines()) + 6


def test_a_list_of_checks_and_of_data_sets_has_one_too():
    for words, catalog, said in (
        (("sanity", "--list"), CHECKS, lambda check: check.expects.says),
        (("list", "datasets"), DATASETS, lambda entry: entry.summary),
    ):
        lines = piped(*words)
        for name, entry in catalog.items():
            (line,) = (line for line in lines if line.split()[:1] == [name])
            assert line.rstrip().endswith(said(entry))


@pytest.fixture
def pipe():
    return WideConsole(file=io.StringIO())


def test_a_board_has_every_column_and_whole_names(pipe):
    scores = {
        name: Score(metric=name, aim="low", bounds=(0, 1), status="ok", value=0.123)
        for name in COLUMNS
    }
    record = Record(
        key="k", dataset="ring", model=LONG, family="f", seed=0, status="ok", scores=scores
    )
    failed = replace(record, model=f"{LONG}2", status="error", scores={}, reason="because " * 40)

    print_tables(tables([record, failed]), pipe)

    lines = pipe.file.getvalue().splitlines()
    (row,) = (line for line in lines if f" {LONG} " in line)
    assert row.split().count("0.123") == len(COLUMNS)
    assert sum(f"{LONG}2" in line and "because because" in line for line in lines) == 1


def test_laws_and_states_have_a_line_each(pipe):
    verdicts = [Verdict(law, "fail", "why " * 60) for law in Law]
    conformance.print_verdicts(pipe, LONG, verdicts)
    pipe.print(status.as_table([status.Standing(Cell("ring", LONG, 0), "missing", "")]))

    lines = pipe.file.getvalue().splitlines()
    for law in Law:
        assert sum(law.value in line and line.count("why") == 60 for line in lines) == 1
    assert sum(LONG in line and "1" in line for line in lines) == 1


def test_a_terminal_is_as_wide_as_it_is():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    console = WideConsole(file=Terminal(), force_terminal=True, _environ={"COLUMNS": "50"})

    assert console.width == 50
    assert WideConsole(file=io.StringIO(), width=50).width == 50


def test_a_score_of_files_has_a_line_each(tmp_path):
    name = tmp_path / f"{'n' * 100}.npy"
    np.save(name, np.random.default_rng(0).normal(size=(20, 2)))

    lines = piped("score", str(name), "--against", str(name), "-m", "fid", COLUMNS="40")

    (title,) = (line for line in lines if " against " in line)
    assert title.count("n" * 100) == 2

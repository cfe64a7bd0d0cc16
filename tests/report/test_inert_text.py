"""Words from elsewhere stay words: in Markdown, in spreadsheets, in terminals of any kind."""

import csv
import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from rich.console import Console

from genbench.cli.show import Show, show_scores
from genbench.metric import Score
from genbench.report.frames import frame_of, to_csv
from genbench.report.markdown import safe
from genbench.scoring.evaluate import Scores

# What a reader of Markdown makes something of, wherever one looks at it.
ACTIVE = re.compile(
    r"https?://|ftp://|www\.\w|mailto:\w|javascript:\w|@\w|(?<![&\w])#\w|<\w|:\w+:|(?<!\\)[`*\[\]|~$]",
    re.IGNORECASE,
)
HOSTILE = [
    "http://evil.example/x",
    "see HTTPS://evil.example.",
    "ftp://evil",
    "www.evil.example",
    "a@evil.example",
    "@someone and @team/all",
    "fixes #12",
    ":smile: it",
    "mailto:a@b.c",
    "[x](javascript:alert(1))",
    "![x](//evil/x.png) <img src=x>",
    "**b** ~~s~~ `c` | next",
    "$x^2$",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_markdown_of_words_is_those_words(words):
    made = safe(words)

    assert not ACTIVE.search(made), made
    shown = made.replace("\u2060", "").replace("\\", "").replace("&lt;", "<").replace("&gt;", ">")
    assert shown == words


def test_underscores_mark_nothing_and_names_stay_as_they_are():
    assert safe("_it_ __b__") == r"\_it\_ \_\_b\_\_"
    assert safe("noise_contrastive, a-b.c (real samples), 3: no") == (
        "noise_contrastive, a-b.c (real samples), 3: no"
    )


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t=", " =", "\r=", "\n@", "＝", "＋", "－", "＠"]
)
def test_no_cell_of_a_csv_is_a_formula(first):
    words = f'{first}HYPERLINK("http://evil.example","x")'
    written = to_csv(frame_of([{"model": words, words: "a"}]))

    with io.StringIO(written.decode(), newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert f"'{words}" in cells
    assert words not in cells


def test_numbers_of_a_csv_stay_numbers():
    rows = [{"a": -1.5, "b": -np.inf, "c": -3, "d": None, "e": "a=b"}]

    assert to_csv(frame_of(rows)) == b"a,b,c,d,e\n-1.5,-inf,-3,,a=b\n"


@pytest.mark.parametrize(
    "name", ["[bold]x[/nothing]", "[/]", "[link=http://evil]x[/link]", "a[b].npy"]
)
def test_names_are_no_markup_of_the_terminal(name):
    score = Score(metric="recall", aim="high", bounds=(0, 1), status="skipped", reason=name)
    console = Console(file=io.StringIO(), width=100)

    show_scores(console, name, Scores([score]), Show(why=True))

    assert console.file.getvalue().count(name) == 2


def test_what_is_printed_survives_where_few_signs_can_be_written():
    call = "from genbench.cli.main import main; main()"
    surroundings = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    for words, status in ((["list", "metrics"], 0), (["new", os.fsdecode(b"caf\xe9/\xff.py")], 2)):
        done = subprocess.run(
            [sys.executable, "-P", "-c", call, *words],
            env=surroundings,
            capture_output=True,
            check=False,
        )

        assert done.returncode == status
        assert b"Traceback" not in done.stderr

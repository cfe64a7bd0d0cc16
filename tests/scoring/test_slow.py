"""What is said beforehand of what takes long."""

import io

import numpy as np
import pytest
from rich.console import Console

from genbench.cli import show
from genbench.metrics import CATALOG
from genbench.scoring.evaluate import Scores
from genbench.scoring.slow import WORK, Work, said_of_slow, seconds_of


def sets(n, d):
    samples = np.broadcast_to(0.0, (n, d))
    return {"test": samples, "generated": samples}


def test_times_are_of_measures_that_there_are():
    assert set(WORK) <= set(CATALOG)


def test_a_time_adds_pairs_products_and_numbers():
    work = Work(pairs=1, products=10, numbers=100)

    found = seconds_of(work, (20_000, 4, 5), (10_000, 4, 5))

    assert found == pytest.approx(2 + 10 * 0.4 + 100 * 0.06)
    assert seconds_of(Work(pairs=1, most=1000), (20_000, 1), (500, 1)) == pytest.approx(5e-3)


def test_the_longest_are_named_first_and_nothing_is_said_of_what_is_short():
    said = said_of_slow(CATALOG, sets(2000, 2048))

    assert said.startswith("This takes about ")
    names = [part.split()[0] for part in said.partition("longest ")[2].split(", ")]
    assert len(names) == 4
    times = [seconds_of(WORK[name], (2000, 2048), (2000, 2048)) for name in names]
    assert times == sorted(times, reverse=True)
    assert times[0] == max(seconds_of(work, (2000, 2048), (2000, 2048)) for work in WORK.values())
    assert said_of_slow(CATALOG, sets(500, 20)) is None
    assert said_of_slow(["coverage"], sets(2000, 2048)) is None
    assert said_of_slow(CATALOG, {"generated": sets(2000, 2048)["generated"]}) is None


def test_fresh_samples_take_as_long_again():
    def total(given):
        return float(said_of_slow(CATALOG, given).split()[3])

    given = sets(4000, 2048)

    assert total(given | {"fresh": given["test"]}) == pytest.approx(2 * total(given), abs=1)


def test_the_command_says_it_before_it_begins(monkeypatch):
    console, at_the_start = Console(file=io.StringIO(), width=300), []

    def score(**_):
        at_the_start.append(console.file.getvalue())
        return Scores([])

    monkeypatch.setattr(show, "score", score)
    show.as_they_come(console, "title", sets(2000, 2048), show=show.Show())

    assert "This takes about" in at_the_start[0]

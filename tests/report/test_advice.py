"""Advice: the metric that sees most of a fault, and of those the one that needs least."""

import pytest

from genbench.cli.readme import faults_table
from genbench.report import advice as module
from genbench.report.advice import advice, falls


def size(metric, n95, *, model="a", family="noise", board="plane"):
    return {"board": board, "family": family, "model": model, "metric": metric, "n95": n95}


def attack(metric, exploitability, *, junk=0.0, copies=0.0):
    shares = {"junk": str(junk), "copies": str(copies)}
    return {"metric": metric, "exploitability": exploitability, **shares}


def test_seeing_more_models_comes_before_needing_fewer_samples():
    rows = [
        *(size("recall", n, model=m) for m, n in (("a", "500"), ("b", ""))),
        *(size("fid", n, model=m) for m, n in (("a", "2000"), ("b", "10000"))),
        *(size("mmd", n, model=m) for m, n in (("a", "500"), ("b", "10000"))),
        size("precision", "", family="heat"),
    ]
    (line,) = advice(rows, [])

    assert (line.fault, line.metric, line.n, line.seen, line.of) == ("noise", "mmd", 10_000, 2, 2)
    assert line.falls == ()


def test_a_metric_falls_to_what_most_of_the_pictures_that_beat_real_ones_are():
    rows = [
        attack("fid", "1.2", junk=0.9),
        attack("fid", "1.01", copies=1.0),
        attack("recall", "0.99", junk=1.0),
        attack("precision", "1.1", junk=0.2, copies=0.3),
        attack("density", "", junk=1.0),
    ]
    assert falls(rows) == {"fid": ("junk", "copies")}
    (line,) = advice([size("fid", "500")], rows)
    assert line.falls == ("junk", "copies")


@pytest.mark.parametrize("shipped", [True, False])
def test_the_table_of_faults_is_made_of_what_is_shipped(monkeypatch, shipped):
    rows = {"n95.csv": [size("recall", "2000", family="dropped classes")]} if shipped else {}
    monkeypatch.setattr(module, "shipped_rows", lambda name: rows.get(name, ()))
    text = faults_table()

    assert ("| dropped classes | `recall` | 2,000 | 1 of 1 |" in text) is shipped
    assert ("Not run yet" in text) is not shipped

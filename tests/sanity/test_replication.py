"""What is said of a run beside the shipped table."""

import pytest

from genbench.report.behaviour import Behaviour
from genbench.sanity.check import Finding, Verdict
from genbench.sanity.judging import Judgement
from genbench.sanity.replication import beside_published


def judgement(check, verdict, *, metric="recall", p=0.5):
    return Judgement(Finding(check=check, metric=metric, claimed=True, p=p), Verdict(verdict))


def published(check, verdict, *, metric="recall"):
    return Behaviour(metric=metric, check=check, desideratum="diversity", samples="points",
                     claimed=True, verdict=verdict)  # fmt: skip


BEFORE = [published("noise", "+"), published("shift", "·"), published("copying", "-"),
          published("time", "+"), published("without", "")]  # fmt: skip


def test_verdicts_are_the_same_or_decided_in_one_only_or_opposite():
    now = [judgement("noise", "+"), judgement("shift", "-"), judgement("copying", "+")]

    told = beside_published(now, BEFORE, timed=())

    assert "1 of 3 verdicts are the same, 1 are decided in one of the two only" in told
    assert told.endswith("1 is opposite: recall in copying.")


@pytest.mark.parametrize(
    "alone",
    [
        judgement("time", "-"),  # measures the machine
        judgement("without", "+"),  # had no number then
        judgement("noise", "·", p=None),  # has none now
        judgement("noise", "-", metric="mine"),
        judgement("new", "-"),
    ],
    ids=["timed", "none then", "none now", "another metric", "another check"],
)
def test_only_verdicts_that_have_a_fellow_count(alone):
    assert beside_published([alone], BEFORE, timed=("time",)) is None
    told = beside_published([alone, judgement("copying", "-")], BEFORE, timed=("time",))
    assert "1 of 1 verdicts are the same" in told
    assert told.endswith("0 are opposite.")


def test_not_all_of_many_are_named():
    before = [published(f"c{i}", "+") for i in range(9)]

    told = beside_published([judgement(f"c{i}", "-") for i in range(9)], before, timed=())

    assert "9 are opposite: recall in c0; " in told
    assert told.endswith("recall in c4; and more.")

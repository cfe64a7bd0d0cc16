"""Holm's correction and verdicts."""

import numpy as np
import pytest

from genbench.metrics import find
from genbench.sanity.check import Finding, Response
from genbench.sanity.checks import CATALOG
from genbench.sanity.judging import judge, settle, table_of


def finding(p, **facts):
    return Finding(check=f"{p}", metric="m", claimed=True, p=p, **facts)


def test_holm_as_written_out():
    settled = settle([finding(0.03), finding(0.001), finding(0.02)])

    assert [one.adjusted_p for one in settled] == pytest.approx([0.04, 0.003, 0.04])


def test_many_findings_make_one_less_sure():
    alone = settle([finding(0.004)])[0]
    among = settle([finding(0.004), *(finding(0.5) for _ in range(9))])[0]

    assert (str(alone.verdict), str(among.verdict)) == ("+", "·")


def test_what_holds_passes_only_while_it_is_not_refuted():
    holds, refuted, none = settle(
        [
            finding(0.5, wrong=True, holds=True),
            finding(1e-9, wrong=True, holds=True),
            finding(None),
        ]
    )

    assert [str(one.verdict) for one in (holds, refuted, none)] == ["+", "-", "·"]


def test_claims_and_what_happens_to_be_are_corrected_apart(rng):
    names = ("noise", "copying")
    rows = [
        Response(check=name, seed=seed, metric="fid", level=level, value=float(level + seed / 99))
        for name in names
        for seed in range(4)
        for level in CATALOG[name].levels
    ]
    rows = [Response(**{**vars(row), "metric": "frechet_distance"}) for row in rows]

    judged = judge(rows, {name: CATALOG[name] for name in names}, {"frechet_distance": find("fid")})

    assert [(one.finding.check, one.finding.claimed) for one in judged] == [
        ("noise", True),
        ("copying", False),
    ]
    assert all(one.adjusted_p == one.finding.p for one in judged)


def test_responses_lie_by_seed_level_and_repeat():
    check = CATALOG["overlap_null"]
    one = Response(check=check.name, seed=7, metric="density", level=2.0, repeat=3, value=1.5)
    other = Response(check=check.name, seed=9, metric="density", level=0.5, reason="None.")

    table = table_of(check, [other, one])

    assert table.seeds == (7, 9)
    assert table.values[0, 2, 3] == 1.5
    assert np.isfinite(table.values).sum() == 1
    assert table.reasons == ("None.",)

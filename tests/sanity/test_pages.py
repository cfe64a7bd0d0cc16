"""What is drawn and said: from verdicts alone."""

import numpy as np

from genbench.sanity.check import Finding, Verdict
from genbench.sanity.checks import CATALOG
from genbench.sanity.findings import demonstrations
from genbench.sanity.heatmap import cells_of
from genbench.sanity.judging import Judgement


def judgement(metric, check, verdict, *, claimed=True, strength=0.5, p=0.1):
    found = Finding(check=check, metric=metric, claimed=claimed, strength=strength, p=p)
    return Judgement(found, Verdict(verdict))


def test_sentences_name_only_what_is_decided():
    judged = [
        judgement("a", "collapse_within_modes", "-"),
        judgement("b", "collapse_within_modes", "·"),
        judgement("c", "copying", "+"),
        judgement("d", "copying", "-"),
    ]

    collapse, memory, copying, *_ = demonstrations(judged)

    assert "rewarded by `a`." in collapse
    assert "by none." in memory
    assert "seen by `c`;" in copying


def test_claims_are_coloured_and_the_rest_is_only_a_letter():
    judged = [
        judgement("a", "copying", "-", strength=-0.9),
        judgement("a", "noise", "+", claimed=False),
        judgement("b", "noise", "+", strength=None),
        judgement("c", "noise", "·", claimed=False),  # claims nothing at all: no row
        judgement("b", "copying", "·", p=None),  # no number: an empty cell
    ]

    rows, columns, strengths, letters = cells_of(judged, CATALOG, ["c", "b", "a"])

    assert rows == ["b", "a"]
    assert columns == ["noise", "copying"]  # by desideratum
    assert np.array_equal(strengths, [[1.0, np.nan], [np.nan, -0.9]], equal_nan=True)
    assert letters.tolist() == [["+", ""], ["+", "−"]]

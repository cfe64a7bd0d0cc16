"""Every built-in model that says what comes next keeps the laws of `genbench check`."""

import pytest

from genbench.check import check
from genbench.check.verdicts import Law
from genbench.models.find import HasNextLogProb, baselines

MODELS = [name for name, spec in baselines().items() if isinstance(spec.make(), HasNextLogProb)]
REFUSES = {"pixel_cnn": "needs square pictures"}  # what the toy is not
EVERY_CHANGE = {"ngram"}  # the others take five minutes


def test_they_are_found_in_the_catalog():
    assert {"laplace_smoothing", "ngram", "hidden_markov", "recurrent", "transformer_text"} <= set(
        MODELS
    )
    assert "gaussian" not in MODELS


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in EVERY_CHANGE else pytest.mark.long) for name in MODELS],
)
def test_it_passes_the_check(name):
    found = {each.law: each for each in check(name, deadline=300)}

    assert [each for each in found.values() if each.outcome == "fail"] == []
    if name in REFUSES:
        assert REFUSES[name] in found[Law.NEXT].reason
    else:
        assert {found[Law.NEXT].outcome, found[Law.ADDS_UP].outcome} == {"pass"}

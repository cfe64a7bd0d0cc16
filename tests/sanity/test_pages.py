"""What is drawn and said: from verdicts alone."""

import numpy as np
import pytest

from genbench.metrics import find
from genbench.sanity.check import Desideratum, Finding, Response, Verdict
from genbench.sanity.checks import CATALOG
from genbench.sanity.findings import demonstrations
from genbench.sanity.frames import checks_frame
from genbench.sanity.heatmap import cells_of, heatmap
from genbench.sanity.judging import Judgement
from genbench.sanity.report import report
from genbench.sanity.summary import Standing

FAULTS = ("noise", "shift", "mode_drop")  # of three families


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

    collapse, memory, _, copying, *_ = demonstrations(judged)

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


def test_agreement_with_people_stands_in_a_last_column():
    judged = [judgement("a", "noise", "+", strength=1.0), judgement("b", "noise", "·")]
    people = Standing(metric="b", desideratum=Desideratum.HUMAN, score=-0.5, low=-0.9, high=-0.1,
                      least=-1.0, passed=0, failed=1, undecided=0)  # fmt: skip

    with_people, without = (
        heatmap(judged, CATALOG, ["a", "b"], human).axes[0] for human in ({"b": people}, {})
    )

    names = [label.get_text() for label in with_people.get_xticklabels()]
    assert names == ["noise", "ranking of models"]
    texts = [text.get_text() for text in with_people.texts]
    assert texts == ["+", "", "·", "−", "discriminability", "human judgement"]
    assert [label.get_text() for label in without.get_xticklabels()] == ["noise"]


def test_checks_say_which_are_made_on_pictures():
    assert CATALOG["picture_blur"].samples() == "pictures"
    assert CATALOG["real_against_real_pictures"].samples() == "pictures"
    assert CATALOG["real_against_real"].samples() == "points"
    assert CATALOG["declared_bounds"].samples() == "points"  # it makes none

    frame = checks_frame(
        [judgement("a", "noise", "+"), judgement("a", "junk_pictures", "-")], CATALOG
    )
    assert frame.set_index("check").samples.to_dict() == {
        "noise": "points",
        "junk_pictures": "pictures",
    }


@pytest.mark.parametrize(("checks", "compared"), [(("noise",), False), (FAULTS, True)])
def test_metrics_are_held_against_one_another_where_there_is_enough(checks, compared, tmp_path):
    metrics = {name: find(name) for name in ("frechet_distance", "energy_distance")}
    chosen = {name: CATALOG[name] for name in checks}
    responses = [
        Response(check=check.name, seed=seed, metric=name, level=level, value=i + seed)
        for name in metrics
        for check in chosen.values()
        for seed in range(3)
        for i, level in enumerate(check.levels)
    ]

    report(responses, chosen, metrics, tmp_path, command="genbench sanity")

    readme = (tmp_path / "README.md").read_text()
    assert (tmp_path / "correlations.png").exists() == compared
    assert ("](correlations.png)" in readme) == compared
    assert "seeds 0 to 2;" in readme
    assert "- **noise**: Does noise on the samples count against a model? 2 +, 0 -, 0 ·" in readme
    assert ("| metric | discriminability |" if not compared else "| diversity |") in readme
    assert (tmp_path / "desiderata.csv").read_text().count("human judgement") == 1
    html = (tmp_path / "index.html").read_text()
    assert html.count("<figure>") == 1 + compared
    assert ("ranked within each check" in html) == compared

"""Standings, aliases and mutants, on findings made by hand."""

import pytest

from genbench.metrics import find
from genbench.sanity.check import Desideratum, Finding, Response, Verdict
from genbench.sanity.checks import CATALOG
from genbench.sanity.judging import Judgement
from genbench.sanity.mutants import MUTANTS
from genbench.sanity.summary import Standing, aliases, caught, standings

DECLARE_WRONG = {
    "wasserstein_distance__ideal_of_zero": "ideal",
    "mutual_information_gap__chance_of_zero": "chance",
    "precision__never_over_half": "bounds",
}


def judgement(check, metric="m", *, verdict="+", strength=1.0, claimed=True, by_seed=()):
    found = Finding(check=check, metric=metric, claimed=claimed, strength=strength,
                    by_seed=by_seed, p=0.5)  # fmt: skip
    return Judgement(found, Verdict(verdict))


def test_families_count_once_and_the_least_stays_visible():
    judged = [
        judgement("copying", strength=1.0),
        judgement("memory_gan", strength=0.0, verdict="·"),  # of the same family
        judgement("mode_drop", strength=-1.0, verdict="-"),
        judgement("collapse", strength=1.0, claimed=False),
    ]

    found = standings(judged, CATALOG)["m", Desideratum.DIVERSITY]

    assert found.score == pytest.approx((0.5 - 1) / 2)
    assert found.least == -1
    assert (found.passed, found.failed, found.undecided) == (1, 1, 1)
    assert found.low == -1
    assert found.high == 0.5


def test_seeds_widen_the_interval():
    steady = [judgement("noise", strength=0.5, by_seed=(0.5,) * 10)]
    wild = [judgement("noise", strength=0.5, by_seed=(0.0, 1.0) * 5)]

    one, other = (standings(j, CATALOG)["m", Desideratum.DISCRIMINABILITY] for j in (steady, wild))

    assert one.low == one.high == 0.5
    assert other.low < 0.3
    assert other.high > 0.7


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(0.1, 0.5, "+"), (-0.5, -0.1, "-"), (-0.1, 0.5, "·")]
)
def test_a_score_is_decided_if_its_interval_is_on_one_side_of_zero(low, high, verdict):
    one = Standing(metric="m", desideratum=Desideratum.HUMAN, score=0.0, low=low, high=high,
                   least=0.0, passed=0, failed=0, undecided=0)  # fmt: skip

    assert one.verdict == verdict


def test_metrics_that_are_one_another(rng):
    values = rng.normal(size=30)

    def rows(name, numbers):
        return [
            Response(check="noise", seed=seed, metric=name, level=0.0, value=float(number))
            for seed, number in enumerate(numbers)
        ]

    found = [*rows("a", values), *rows("b", 100 - 2 * values), *rows("c", values**3)]

    assert aliases(found, ["a", "b", "c"]) == [("b", "a")]
    assert aliases(found[:10] + found[30:40], ["a", "b"]) == []  # too few to tell


def test_a_mutant_is_caught_where_the_sound_metric_passes_and_it_does_not():
    name = "recall__precision"
    judged = [
        judgement("noise", "recall", verdict="-"),
        judgement("noise", name, verdict="-"),
        judgement("mode_drop", "recall"),
        judgement("mode_drop", name, verdict="·"),
        judgement("truncation", "recall"),
        judgement("truncation", name, verdict="-"),
        judgement("collapse", "recall"),
        judgement("collapse", name),
    ]

    assert caught(judged, [MUTANTS[name]]) == {name: ("truncation", "mode_drop")}
    assert caught(judged[:2], [MUTANTS[name]]) == {name: ()}


def test_a_claim_that_the_sound_metric_does_not_make_must_be_kept():
    name = "precision__claims_diversity"
    judged = [
        judgement("mode_drop", "precision", verdict="·", claimed=False),
        judgement("mode_drop", name, verdict="·"),
    ]

    assert caught(judged, [MUTANTS[name]]) == {name: ("mode_drop",)}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_mutants_claim_what_the_sound_metric_claims(mutant):
    sound = find(mutant.name.partition("__")[0])

    claims = {
        "catches": set(sound.catches) <= set(mutant.catches),
        "bounds": mutant.bounds == sound.bounds,
        "ideal": (mutant.ideal is None) == (sound.ideal is None),
        "chance": (mutant.chance is None) == (sound.chance is None),
    }
    assert all(same for claim, same in claims.items() if claim != DECLARE_WRONG.get(mutant.name))

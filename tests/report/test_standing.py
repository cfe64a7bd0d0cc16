"""Verdicts, groups and ranks: against scipy, in cases worked out by hand, and over many draws."""

import math

import numpy as np
import pytest
from scipy import stats

from genbench.report import standing
from genbench.report.intervals import Estimate, Pooled
from genbench.report.standing import (
    TOLD_APART,
    as_real,
    difference,
    letter,
    p_values,
    share_told_apart,
    standings,
    told_apart,
    wrongly_shut_out,
)


def drawn(rng, means, *, datasets=1, seeds=5, spread=0.01):
    """Draw what the seeds of models say; their spreads differ from data set to data set."""
    return [
        Pooled(
            tuple(
                Estimate(tuple(mean + spread * np.exp(0.8 * rng.normal()) * rng.normal(size=seeds)))
                for _ in range(datasets)
            )
        )
        for mean in means
    ]


@pytest.mark.parametrize("seeds", [3, 5, 12])
def test_on_one_data_set_it_is_the_test_of_welch(seeds):
    rng = np.random.default_rng(seeds)
    a, b = rng.normal(size=seeds), 0.5 + 3 * rng.normal(size=seeds)
    one, other = Estimate(tuple(a)), Pooled((Estimate(tuple(b)),))

    found = difference(one, other)

    expected = stats.ttest_ind(a, b, equal_var=False)
    interval = expected.confidence_interval(0.95)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-12)
    assert found.mean - found.half == pytest.approx(interval.low, rel=1e-12)
    assert found.mean + found.half == pytest.approx(interval.high, rel=1e-12)


def test_the_interval_of_one_data_set_is_that_of_student():
    values = (0.2, 0.5, 0.9, 1.4)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))

    for found in (Estimate(values), Pooled((Estimate(values),))):
        assert (found.low, found.high) == pytest.approx((low, high), rel=1e-12)


def test_over_data_sets_variances_add_and_degrees_of_freedom_are_satterthwaites():
    parts = [np.array([1.0, 2.0, 4.0]), np.array([3.0, 3.5, 3.6, 5.0, 1.0])]
    pooled = Pooled(tuple(Estimate(tuple(values)) for values in parts))

    terms = [values.var(ddof=1) / len(values) for values in parts]
    degrees = sum(terms) ** 2 / sum(t**2 / (len(v) - 1) for t, v in zip(terms, parts, strict=True))
    half = stats.t.ppf(0.975, degrees) * math.sqrt(sum(terms)) / 2
    assert pooled.mean == pytest.approx(np.mean([values.mean() for values in parts]))
    assert pooled.half == pytest.approx(half, rel=1e-12)


@pytest.mark.parametrize("seeds", [3, 5])
@pytest.mark.parametrize("datasets", [1, 5])
def test_intervals_cover_as_often_as_they_say(seeds, datasets):
    rng = np.random.default_rng([seeds, datasets])
    n = 4000

    covered = sum(abs(each.mean) <= each.half for each in drawn(rng, [0.0] * n, datasets=datasets,
                                                              seeds=seeds))  # fmt: skip

    assert covered / n == pytest.approx(0.95, abs=0.012)


@pytest.mark.long
def test_of_equal_models_the_leader_seldom_shuts_one_out():
    rng = np.random.default_rng(1)
    boards, models = 1000, 55

    wrong = 0
    for _ in range(boards):
        every = drawn(rng, [0.0] * models, datasets=5)
        leader = int(np.argmax([each.mean for each in every]))
        wrong += bool(told_apart(every)[leader].any())

    assert wrong / boards <= 0.07
    assert wrongly_shut_out(every) == pytest.approx(wrong / boards, abs=0.035)


def test_one_model_cannot_be_shut_out_and_more_models_are_so_more_often():
    rng = np.random.default_rng(2)
    every = drawn(rng, [0.0] * 200, datasets=5)

    assert wrongly_shut_out(every[:1]) == wrongly_shut_out([]) == 0
    assert wrongly_shut_out(every[:20]) < wrongly_shut_out(every)


def around(mean, spread=0.001):
    return Estimate(tuple(mean + spread * step for step in (-1, -0.5, 0, 0.5, 1)))


def test_three_separated_triples_are_three_groups():
    models = {f"{group}{i}": around(mean + i * 1e-4) for group, mean in (("x", 0.9), ("y", 0.6),
              ("z", 0.3)) for i in range(3)}  # fmt: skip
    found = standings(models)

    assert [found[name].letter for name in models] == ["A"] * 3 + ["B"] * 3 + ["C"] * 3
    assert [found[name].rank for name in models] == ["1-3"] * 3 + ["4-6"] * 3 + ["7-9"] * 3
    assert not any(place.hollow for place in found.values())


def test_equal_numbers_share_everything():
    found = standings({"b": around(0.5), "a": around(0.5), "c": around(0.2)})

    assert found["a"] == found["b"]
    assert list(found) == ["a", "b", "c"]
    assert (found["a"].rank, found["c"].rank) == ("1-2", "3")


def test_who_is_in_the_lead_group_only_for_its_scatter_has_a_hollow_letter():
    noisy = Estimate((0.1, 0.9, 0.2, 0.8, 0.3))
    found = standings({"first": around(0.9), "second": around(0.6), "noisy": noisy})

    assert (found["first"].letter, found["first"].hollow) == ("A", False)
    assert (found["second"].letter, found["second"].hollow) == ("B", False)
    assert (found["noisy"].letter, found["noisy"].hollow) == ("A", True)
    assert found["noisy"].rank == "1-3"


def test_who_is_as_good_as_the_best_outside_is_in_its_group_for_what_it_is():
    level = Estimate((0.25, 1.0, 0.25, 0.75, 0.25))
    found = standings({"first": around(0.9), "outside": Estimate((0.5,) * 5), "level": level})

    assert (found["outside"].letter, found["level"].letter) == ("B", "A")
    assert level.mean == 0.5
    assert not found["level"].hollow


def test_what_does_not_vary_is_told_apart_by_any_difference():
    fixed, same, other = (Estimate((value,) * 3) for value in (0.5, 0.5, 0.5 + 1e-9))

    assert p_values([fixed, same, other]).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert difference(fixed, other).half == 0


def test_a_p_value_at_the_limit_itself_tells_nothing_apart(monkeypatch):
    one, other = Estimate((1.0, 2.0, 4.0)), Estimate((3.0, 5.0, 9.0))
    limit = float(p_values([one, other])[0, 1])

    monkeypatch.setattr(standing, "TOLD_APART", limit)
    assert not told_apart([one, other]).any()
    monkeypatch.setattr(standing, "TOLD_APART", np.nextafter(limit, 1))
    assert told_apart([one, other])[0, 1]


def test_a_verdict_is_two_sided():
    spread = Estimate((-1.0, 0.0, 1.0))
    limit = float(stats.t.isf(TOLD_APART / 2, 4)) * math.sqrt(2 / 3)
    near, far = (Estimate(tuple(f * limit + v for v in spread.values)) for f in (0.999, 1.001))

    assert told_apart([spread, near]).tolist() == [[False] * 2] * 2
    assert told_apart([spread, far]).tolist() == [[False, True], [True, False]]
    assert share_told_apart([spread, near, far]) == (1, 3)


def test_clones_change_no_verdict_and_no_letter_of_others():
    rng = np.random.default_rng(3)
    models = dict(zip("abcdefgh", drawn(rng, np.linspace(0.9, 0.5, 8), datasets=3), strict=True))
    alone = standings(models)

    for model, own in models.items():
        crowd = standings(models | {f"{model} again {i}": own for i in range(4)})

        assert {m: (crowd[m].letter, crowd[m].hollow) for m in models} == {
            m: (place.letter, place.hollow) for m, place in alone.items()
        }
        assert crowd[f"{model} again 2"] == crowd[model]


def test_who_goes_or_comes_changes_no_verdict_on_others():
    rng = np.random.default_rng(4)
    every = drawn(rng, np.linspace(0.9, 0.85, 10), spread=0.01)
    kept = [0, 2, 3, 7, 9]

    assert (told_apart(every)[np.ix_(kept, kept)] == told_apart([every[i] for i in kept])).all()


def test_as_good_as_real_is_a_bound_and_not_the_want_of_a_difference():
    real = around(1.0, spread=0.01)

    assert as_real(around(0.99, spread=0.01), real)
    assert not as_real(around(0.9, spread=0.01), real)
    assert not as_real(Estimate((0.9, 1.0, 1.1)), real)  # not told apart, but nobody knows
    assert not as_real(Estimate((1.0, 1.0)), real)


def test_as_real_is_the_one_sided_bound():
    rng = np.random.default_rng(5)
    real, shift = Estimate(tuple(1 + 0.01 * rng.normal(size=5))), 0.01 * rng.normal(size=5)
    low = [
        stats.ttest_ind(model, real.values, equal_var=False).confidence_interval(0.9).low
        for model in (1.0 + shift, 0.97 + shift, 0.96 + shift, 0.95 + shift)
    ]

    found = [as_real(Estimate(tuple(m + shift)), real) for m in (1.0, 0.97, 0.96, 0.95)]

    assert found == [bound > -0.05 for bound in low]
    assert True in found
    assert False in found


def test_groups_beyond_z_have_two_letters():
    assert [letter(i) for i in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]

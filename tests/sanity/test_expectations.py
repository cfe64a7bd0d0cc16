"""Every expectation, on responses that are known to keep or to break it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import beta, binom, t

from genbench.metrics import find
from genbench.sanity.check import Check, Desideratum, Response, Responses
from genbench.sanity.expectations import (
    AsDeclared,
    Equals,
    Flat,
    KeepsSize,
    Proportional,
    Scales,
    Separates,
    Stays,
    WithinBounds,
    Worsens,
    losses_of,
)
from genbench.sanity.judging import settle, table_of

N_SEEDS = 8
LOW, HIGH, MATCH = find("mmd"), find("recall"), find("vendi_score")


def check_of(expects, levels=(0.0, 1.0, 2.0)):
    return Check(name="a check", asks="?", desideratum=Desideratum.DIVERSITY, knob="knob",
                 levels=levels, expects=expects)  # fmt: skip


def responses(values, *, levels=(0.0, 1.0, 2.0), ideals=None, chances=None, seconds=None):
    """A table (n_seeds, n_levels) or (n_seeds, n_levels, n_repeats) as responses."""
    values = np.asarray(values, dtype=float)
    values = values if values.ndim == 3 else values[:, :, None]
    none = np.full(values.shape, np.nan)
    parts = (none if part is None else np.broadcast_to(part, values.shape) for part in
             (ideals, chances, seconds))  # fmt: skip
    return Responses(tuple(range(len(values))), tuple(levels), values, *parts)


def verdict(expects, metric, table):
    finding = expects.judge(check_of(expects, table.levels), metric, table)
    return str(settle([finding])[0].verdict)


@pytest.mark.parametrize(
    ("metric", "sign", "expected"), [(LOW, 1, "+"), (LOW, -1, "-"), (HIGH, 1, "-"), (HIGH, -1, "+")]
)
def test_worsens_by_the_metrics_own_aim(rng, metric, sign, expected):
    values = sign * np.arange(3) + 0.1 * rng.normal(size=(N_SEEDS, 3))

    assert verdict(Worsens(("collapse",)), metric, responses(values)) == expected


def test_worsens_either_way_from_what_is_to_be_matched(rng):
    away = np.array([3.0, 1.0, -2.0]) + 0.1 * rng.normal(size=(N_SEEDS, 3))

    assert verdict(Worsens(("collapse",)), MATCH, responses(away)) == "+"
    assert verdict(Worsens(("collapse",)), MATCH, responses(away + 6)) == "+"
    nearer = responses(away[:, ::-1], ideals=3.0)
    assert verdict(Worsens(("collapse",)), MATCH, nearer) == "-"


def test_without_a_trend_it_is_undecided(rng):
    assert verdict(Worsens(("collapse",)), LOW, responses(rng.normal(size=(N_SEEDS, 3)))) == "·"


def test_a_match_without_an_ideal_finds_no_trend_where_there_is_none(rng):
    expects, wrong = Worsens(("collapse",)), []
    for _ in range(300):
        table = responses(rng.normal(size=(4, 5)), levels=tuple(range(5)))
        finding = expects.judge(check_of(expects, table.levels), MATCH, table)
        wrong.append(finding.p < 0.1 and not finding.wrong)

    assert np.mean(wrong) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)


def test_rows_that_lack_a_number_are_left_out_and_too_few_give_a_reason():
    table = responses([[0.0, 1.0, np.nan], [0.0, 1.0, 2.0]])
    table = replace(table, reasons=("Too few samples.",))

    finding = Worsens(("collapse",)).judge(check_of(None), LOW, table)

    assert len(losses_of(LOW, table)) == 1
    assert finding.p is None
    assert finding.note == "Too few samples."


def test_only_what_is_claimed_is_judged():
    assert Worsens(("collapse",)).claimed_by(find("recall"))
    assert not Worsens(("collapse",)).claimed_by(find("precision"))
    assert Worsens(("copying",)).claimed_by(find("authenticity"))


def test_stays_if_it_moves_less_than_draws_differ(rng):
    plain = rng.normal(size=(N_SEEDS, 1))

    assert verdict(Stays(), LOW, responses(np.hstack([plain, plain]), levels=(0, 1))) == "+"
    assert verdict(Stays(), LOW, responses(np.hstack([plain, plain + 9]), levels=(0, 1))) == "-"
    noisy = np.hstack([plain, plain + 2 * rng.normal(size=plain.shape)])
    assert verdict(Stays(), LOW, responses(noisy, levels=(0, 1))) == "·"


@pytest.mark.parametrize(("moved", "strength"), [(0, 1), (0.25, 0.5), (0.5, 0), (1, -1), (7, -1)])
def test_strength_says_how_far_it_moves_beside_what_draws_do(rng, moved, strength):
    plain = rng.normal(size=(N_SEEDS, 1))
    natural = t.ppf(0.975, N_SEEDS - 1) * plain.std(ddof=1)
    table = responses(np.hstack([plain, plain + moved * natural]), levels=(0, 1))

    found = Stays().judge(check_of(Stays(), (0, 1)), LOW, table)

    assert found.strength == pytest.approx(strength, abs=1e-6)


@pytest.mark.parametrize(
    ("moved", "expected"), [(0.5, "+"), (0.9, "·"), (1.2, "·"), (1.6, "·"), (4, "-")]
)
def test_how_far_draws_differ_is_itself_known_with_an_error(rng, moved, expected):
    """Eight draws tell their spread to a quarter: a change of about as much is neither."""
    plain = rng.normal(size=(N_SEEDS, 1))
    natural = t.ppf(0.975, N_SEEDS - 1) * plain.std(ddof=1)

    table = responses(np.hstack([plain, plain + moved * natural]), levels=(0, 1))

    assert verdict(Stays(), LOW, table) == expected


@pytest.mark.parametrize("tail", [1, 1e9], ids=["alike", "heavy"])
def test_changes_that_cancel_in_the_mean_are_changes(rng, tail):
    plain = rng.normal(size=(N_SEEDS, 1))
    changes = 10 * (-1.0) ** np.arange(N_SEEDS)[:, None]
    changes[-1] *= tail

    found = verdict(Stays(), LOW, responses(np.hstack([plain, plain + changes]), levels=(0, 1)))

    assert found == "-"


def test_one_change_of_many_is_no_sign(rng):
    plain = rng.normal(size=(N_SEEDS, 1))
    changed = plain.copy()
    changed[0] += 100

    found = verdict(Stays(), LOW, responses(np.hstack([plain, changed]), levels=(0, 1)))

    assert found == "·"


def test_equals_its_known_value_and_no_other(rng):
    values = 5 + rng.normal(size=(N_SEEDS, 1, 10))

    for truth, expected in ((5.0, "+"), (6.5, "-")):
        expects = Equals({"recall": lambda _, truth=truth: truth})
        assert verdict(expects, HIGH, responses(values, levels=(0,))) == expected


def test_one_wrong_level_is_enough(rng):
    values = np.stack([5 + rng.normal(size=N_SEEDS), 9 + rng.normal(size=N_SEEDS)], axis=1)

    assert verdict(Equals({"recall": lambda _: 5.0}), HIGH, responses(values, levels=(0, 1))) == "-"


def test_rounding_is_no_difference():
    values = np.full((N_SEEDS, 1), 1 / 3 + 1e-14)

    assert verdict(Equals({"recall": lambda _: 1 / 3}), HIGH, responses(values, levels=(0,))) == "+"


def test_a_perfect_model_is_held_to_the_ideal_and_one_that_knows_nothing_to_chance(rng):
    values = 2 + 0.1 * rng.normal(size=(N_SEEDS, 1))
    table = responses(values, levels=(0,), chances=2.0, ideals=0.0)

    assert verdict(AsDeclared(), LOW, table) == "-"
    assert verdict(AsDeclared(), find("coverage"), table) == "-"
    assert verdict(AsDeclared("one that knows nothing"), LOW, table) == "+"
    assert verdict(AsDeclared("one that knows nothing"), find("coverage"), table) == "+"
    assert not AsDeclared().claimed_by(find("precision"))  # it declares no ideal


def test_the_number_of_samples_that_is_enough():
    levels, n_seeds = (-10.0, 10.0, -20.0, 20.0), 40
    values = np.zeros((n_seeds, 4))
    values[:, 1] = np.where(np.arange(n_seeds) % 4, 1, -1)  # right in 3 of 4 draws
    values[:, 3] = 1
    expects = Separates(("noise",))

    finding = expects.judge(check_of(expects, levels), LOW, responses(values, levels=levels))

    assert finding.note.startswith("20 samples are enough; right in 100%")
    assert beta.ppf(0.05, 40, 1) > 0.9 > beta.ppf(0.05, 30, 11)
    values[:3, 3] = -1  # right in 37 of 40: the interval now reaches below nine in ten
    finding = expects.judge(check_of(expects, levels), LOW, responses(values, levels=levels))
    assert finding.note.startswith("more than 20")


def test_draws_without_a_number_are_not_right():
    values = np.tile([0.0, 1.0], (40, 1))
    values[:20] = np.nan

    expects = Separates(("noise",))
    finding = expects.judge(check_of(expects, (-9.0, 9.0)), LOW, responses(values, levels=(-9, 9)))

    assert finding.strength == 0


def test_two_infinite_values_are_a_tie():
    values = np.full((4, 2), np.inf)

    expects = Separates(("collapse",))
    finding = expects.judge(check_of(expects, (-9.0, 9.0)), LOW, responses(values, levels=(-9, 9)))

    assert finding.strength == 0


def test_one_value_beyond_the_bounds_refutes_them():
    values = np.array([[[0.0, 0.5, 1.0]]])

    assert verdict(WithinBounds(), HIGH, responses(values, levels=(0,))) == "+"
    assert verdict(WithinBounds(), HIGH, responses(values + 0.01, levels=(0,))) == "-"
    assert not WithinBounds().claimed_by(find("kid"))


@pytest.mark.parametrize(("exponent", "expected"), [(1.0, "+"), (2.0, "+"), (3.0, "-")])
def test_time_within_the_square(rng, exponent, expected):
    levels = (100.0, 200.0, 400.0)
    seconds = 1e-4 * np.array(levels) ** exponent * np.exp(0.01 * rng.normal(size=(N_SEEDS, 3)))
    if exponent == 2:
        seconds = 1e-4 * np.tile(np.array(levels) ** 1.99, (N_SEEDS, 1))
    table = responses(np.zeros((N_SEEDS, 3)), levels=levels, seconds=seconds[:, :, None])

    assert verdict(Scales(), LOW, table) == expected


def test_what_was_not_computed_has_no_time():
    check = replace(check_of(Scales(), (1.0, 2.0)), timed=True)
    skipped = [
        Response(check=check.name, seed=seed, metric="m", level=level, reason="None.")
        for seed in range(3)
        for level in check.levels
    ]

    finding = Scales().judge(check, LOW, table_of(check, skipped))

    assert finding.p is None
    assert settle([finding])[0].letter == ""


@pytest.mark.parametrize(("gap", "expected"), [(0.0, "+"), (0.3, "-")])
def test_a_known_share_of_whatever_the_first_level_is(rng, gap, expected):
    first = 0.9 + 0.05 * rng.normal(size=(N_SEEDS, 1))
    values = np.hstack([first, 0.5 * first + gap]) + 0.01 * rng.normal(size=(N_SEEDS, 2))
    expects = Proportional({"recall": lambda level: 1.0 if level == 0 else 0.5})

    assert verdict(expects, HIGH, responses(values, levels=(0, 1))) == expected
    assert not expects.claimed_by(LOW)
    assert expects.judge(check_of(expects), LOW, responses(values, levels=(0, 1))).p is None


def test_a_share_of_nothing_is_nothing():
    expects = Proportional({"recall": lambda level: 1 - level})

    assert verdict(expects, HIGH, responses(np.zeros((N_SEEDS, 2)), levels=(0, 0.5))) == "+"


@pytest.mark.parametrize(
    ("moved", "fakes", "expected", "strength"),
    [(0.1, 40, "+", 0.995), (10, 40, "-", 0.5), (0.1, 0.2, "·", None), (10, 0.2, "·", None)],
)
def test_flat_beside_fakes(rng, moved, fakes, expected, strength):
    plain = rng.normal(size=(N_SEEDS, 1))
    table = responses(np.hstack([plain, plain + moved, plain + fakes]))

    assert verdict(Flat(), LOW, table) == expected
    assert not Flat().judge(check_of(Flat()), LOW, table).claimed
    assert Flat().judge(check_of(Flat()), find("log_spectrum_distance"), table).claimed
    found = Flat().judge(check_of(Flat()), LOW, table).strength
    assert found == (None if strength is None else pytest.approx(strength))


def test_flat_is_not_judged_without_numbers():
    table = replace(responses(np.full((4, 3), np.nan)), reasons=("None.",))
    finding = Flat().judge(check_of(Flat()), LOW, table)

    assert settle([finding])[0].letter == ""
    assert finding.note == "None."


@pytest.mark.parametrize(("rejected", "expected"), [(0, "+"), (5, "+"), (9, "+"), (30, "-")])
def test_a_test_rejects_no_more_than_it_says(rejected, expected):
    values = np.full((10, 1, 10), 0.5)
    values.ravel()[:rejected] = 0.05  # at the level is a rejection

    finding = KeepsSize().judge(check_of(KeepsSize()), LOW, responses(values, levels=(0,)))

    assert str(settle([finding])[0].verdict) == expected
    assert finding.p == pytest.approx(binom.sf(rejected - 1, 100, 0.05))


def test_among_many_checks_somewhat_too_many_rejections_are_undecided():
    values = np.full((10, 1, 10), 0.5)
    values.ravel()[:13] = 0.01
    finding = KeepsSize().judge(check_of(KeepsSize()), LOW, responses(values, levels=(0,)))

    others = [replace(finding, p=0.5, check=str(n)) for n in range(40)]
    assert str(settle([finding, *others])[0].verdict) == "·"

"""Which metrics say the same, on responses made by hand."""

from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

from genbench.metrics import find
from genbench.sanity.check import Response
from genbench.sanity.checks import CATALOG
from genbench.sanity.correlations import correlation_figure, correlations

# Of three families, with five levels and more.
CHECKS = MappingProxyType({name: CATALOG[name] for name in ("noise", "shift", "mode_drop")})
SEEDS = range(4)


def responses(name, value, checks=CHECKS, seeds=SEEDS):
    """Answer by `value(at)`: the number of the level, the seed and the number of the check."""
    return [
        Response(
            check=check,
            seed=seed,
            metric=name,
            level=level,
            value=float(value(SimpleNamespace(level=i, seed=seed, check=k))),
        )
        for k, check in enumerate(checks)
        for seed in seeds
        for i, level in enumerate(CATALOG[check].levels)
    ]


def correlated(given, checks=CHECKS):
    metrics = {name: find(name) for name in given}
    found = [one for name, value in given.items() for one in responses(name, value)]
    names, table = correlations(found, checks, metrics)
    return {(a, b): table[i, j] for i, a in enumerate(names) for j, b in enumerate(names)}


def test_losses_count_not_values_nor_scales():
    found = correlated(
        {
            "frechet_distance": lambda at: at.level,
            "energy_distance": lambda at: 100 * at.check + np.exp(at.level) + 1000 * at.seed,
            "coverage": lambda at: -at.level,  # higher is better
            "recall": lambda at: at.level,
        }
    )

    assert found["frechet_distance", "frechet_distance"] == pytest.approx(1)
    assert found["frechet_distance", "energy_distance"] == pytest.approx(1)
    assert found["frechet_distance", "coverage"] == pytest.approx(1)
    assert found["frechet_distance", "recall"] == pytest.approx(-1)


def test_checks_weigh_the_same_whatever_their_levels():
    assert len({len(check.levels) for check in CHECKS.values()}) > 1
    found = correlated(
        {
            "frechet_distance": lambda at: at.level,
            "energy_distance": lambda at: -at.level if at.check == 2 else at.level,
        }
    )

    assert found["frechet_distance", "energy_distance"] == pytest.approx(1 / 3)


def test_families_of_checks_weigh_the_same():
    checks = {name: CATALOG[name] for name in ("noise", "shift", "mode_drop", "picture_noise",
                                               "picture_blur")}  # fmt: skip
    assert len({check.counted_as for check in checks.values()}) == 4
    names = ("frechet_distance", "energy_distance")
    found = [
        *responses(names[0], lambda at: at.level, checks),
        *responses(names[1], lambda at: -at.level if at.check > 2 else at.level, checks),
    ]

    _, table = correlations(found, checks, {name: find(name) for name in names})

    assert table[0, 1] == pytest.approx(1 / 2)


def test_only_checks_of_faults_count():
    checks = dict(CHECKS) | {"rotation": CATALOG["rotation"]}
    names = ("frechet_distance", "energy_distance")
    found = [
        *responses(names[0], lambda at: at.level, checks),
        *responses(names[1], lambda at: -at.level if at.check == 3 else at.level, checks),
    ]

    _, table = correlations(found, checks, {name: find(name) for name in names})

    assert table[0, 1] == pytest.approx(1)


def test_a_metric_that_does_not_answer_has_no_relation():
    rng = np.random.default_rng(0)
    found = correlated(
        {
            "frechet_distance": lambda at: at.level,
            "energy_distance": lambda _: rng.normal(),
            "coverage": lambda _: 0.5,  # never moves: nothing can be told
        }
    )

    assert abs(found["frechet_distance", "energy_distance"]) < 0.4
    assert {name for pair in found for name in pair} == {"frechet_distance", "energy_distance"}


def test_pairs_with_too_little_in_common_are_left_open():
    metrics = {name: find(name) for name in ("frechet_distance", "energy_distance", "coverage")}
    found = [
        *responses("frechet_distance", lambda at: at.level),
        *responses("energy_distance", lambda at: at.level),
        *responses("coverage", lambda at: at.level, ["noise", "shift"]),
    ]

    names, table = correlations(found, CHECKS, metrics)

    assert names == ["frechet_distance", "energy_distance"]
    assert np.isfinite(table).all()


def test_only_seeds_that_both_have_are_compared():
    metrics = {name: find(name) for name in ("frechet_distance", "energy_distance")}
    found = [
        *responses("frechet_distance", lambda at: at.level if at.seed < 2 else -at.level),
        *responses("energy_distance", lambda at: at.level, seeds=range(2)),
    ]

    _, table = correlations(found, CHECKS, metrics)

    assert table[0, 1] == pytest.approx(1)


def test_like_metrics_stand_side_by_side_and_are_drawn_so():
    given = {
        "frechet_distance": lambda at: at.level,
        "recall": lambda at: (at.level * 7 + 3 * at.check) % 5,
        "energy_distance": lambda at: 2 * at.level,
        "coverage": lambda at: (at.level * 7 + 3 * at.check) % 5 + 1e-3 * at.seed,
    }
    metrics = {name: find(name) for name in given}
    found = [one for name, value in given.items() for one in responses(name, value)]

    names, table = correlations(found, CHECKS, metrics)
    labels = [
        label.get_text() for label in correlation_figure(names, table).axes[0].get_yticklabels()
    ]

    assert {frozenset(names[:2]), frozenset(names[2:])} == {
        frozenset({"frechet_distance", "energy_distance"}),
        frozenset({"recall", "coverage"}),
    }
    assert labels == [name.replace("_", " ") for name in names]


def test_without_checks_of_faults_there_is_nothing_to_compare():
    names, table = correlations([], CHECKS, {"coverage": find("coverage")})

    assert names == []
    assert table.shape == (0, 0)

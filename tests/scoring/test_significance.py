"""Significance levels: all deals counted by hand, their level, and their sides."""

from itertools import combinations

import numpy as np
import pytest

from genbench.evidence import Comparison, Kernels
from genbench.ground.errors import BadInput, Unavailable
from genbench.metric import Metric
from genbench.scoring.significance import _p_value, significance


class Shift(Kernels):
    """As evidence, the comparison itself."""

    @classmethod
    def of(cls, comparison):
        return comparison


def shift_of_means(comparison: Comparison) -> float:
    """How far generated lie above test samples."""
    return float(comparison.generated.mean() - comparison.reference.test.mean())


def metric(aim):
    return Metric(compute=shift_of_means, needs=Shift, aim=aim, catches=())


TEST = np.array([[0.0], [1.0], [2.0], [4.0]])
GENERATED = np.array([[3.0], [5.0], [7.0]])


@pytest.mark.parametrize("aim", ["low", "high", "match"])
def test_approaches_the_share_of_all_deals_that_are_as_bad(aim):
    pool = np.concatenate([TEST, GENERATED]).ravel()
    deals = [
        np.mean(pool[list(chosen)]) - np.mean(np.delete(pool, chosen))
        for chosen in combinations(range(7), 3)
    ]
    given = GENERATED.mean() - TEST.mean()
    worse = {
        "low": np.array(deals) >= given - 1e-9,
        "high": np.array(deals) <= given + 1e-9,
        "match": np.abs(deals) >= given - 1e-9,
    }[aim]

    found = significance(metric(aim), test=TEST, generated=GENERATED, permutations=2000)

    assert found.value == pytest.approx(given)
    assert found.p_value == pytest.approx(worse.mean(), abs=4 * np.sqrt(0.25 / 2000))
    assert found.mean == pytest.approx(np.mean(deals), abs=4 * np.std(deals) / np.sqrt(2000))
    assert found.spread == pytest.approx(np.std(deals), rel=0.1)


@pytest.mark.long
def test_p_values_of_equal_distributions_are_uniform_or_larger():
    rng, B = np.random.default_rng(1), 19

    levels = np.array(
        [
            significance(
                "energy",
                test=rng.normal(size=(12, 1)),
                generated=rng.normal(size=(8, 1)),
                permutations=B,
                seed=seed,
            ).p_value
            for seed in range(150)
        ]
    )

    for level in (0.05, 0.1, 0.25, 0.5):
        assert (levels <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / 150)
    assert levels.min() == 1 / (B + 1)
    assert levels.mean() == pytest.approx((B + 2) / (2 * (B + 1)), abs=4 * 0.29 / np.sqrt(150))


def test_different_distributions_are_told_apart_by_metrics_of_any_aim():
    rng = np.random.default_rng(2)
    test, generated = rng.normal(size=(40, 2)), rng.normal(size=(30, 2)) + 3

    for name in ("sw1", "coverage", "density"):
        found = significance(name, test=test, generated=generated, permutations=39)
        assert found.p_value == pytest.approx(1 / 40), name


def test_equal_values_count_as_as_bad():
    assert _p_value("low", 1.0, np.ones(9)) == 1
    assert _p_value("match", 0.3, np.full(9, 0.1 + 0.2)) == 1
    assert _p_value("low", 2.0, np.arange(4.0)) == pytest.approx(3 / 5)


def test_sizes_are_kept_and_the_seed_decides():
    rng = np.random.default_rng(3)
    test, generated = rng.normal(size=(20, 1)), rng.normal(size=(9, 1))
    sizes = set()

    class Sized(Shift):
        @classmethod
        def of(cls, comparison):
            sizes.add((len(comparison.reference.test), len(comparison.generated)))
            return comparison

    sized = Metric(compute=shift_of_means, needs=Sized, aim="low", catches=())
    first, again, other = (
        significance(sized, test=test, generated=generated, seed=seed) for seed in (0, 0, 1)
    )

    assert sizes == {(20, 9)}
    assert first == again
    assert first.mean != other.mean


def test_refusals():
    with pytest.raises(BadInput, match=r"authenticity compares more than .* train, generated"):
        significance("authenticity", test=TEST, generated=GENERATED)
    with pytest.raises(BadInput, match="from 1 up"):
        significance("energy", test=TEST, generated=GENERATED, permutations=0)
    with pytest.raises(Unavailable, match="needs 2 generated samples"):
        significance("energy", test=TEST, generated=GENERATED[:1])

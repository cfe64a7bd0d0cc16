"""How many seeds would do: against verdicts on seeds that are drawn one by one."""

import numpy as np
import pytest
from scipy.stats import ttest_ind

from genbench.report.intervals import Estimate, Pooled
from genbench.report.power import MOST_SEEDS, POWER, power, seeds_needed
from genbench.report.standing import TOLD_APART, difference


def of(mean, spread, n=3):
    """Return seeds of just this mean and standard deviation."""
    values = np.linspace(-1, 1, n)
    return Estimate(tuple(mean + spread * values / values.std(ddof=1)))


def told_apart_by_scipy(means, spreads, n, draws=20_000):
    rng = np.random.default_rng(n)
    one, other = (
        mean + spread * rng.normal(size=(draws, n))
        for mean, spread in zip(means, spreads, strict=True)
    )
    return np.mean(ttest_ind(one, other, axis=1, equal_var=False).pvalue < TOLD_APART)


@pytest.mark.parametrize("spreads", [(1.0, 1.0), (1.0, 0.2)])
@pytest.mark.parametrize("apart", [1.0, 2.0, 5.0])
def test_so_many_seeds_tell_two_models_apart_and_one_less_does_not(apart, spreads):
    n = seeds_needed(of(apart, spreads[0]), of(0.0, spreads[1], n=5))

    assert told_apart_by_scipy((apart, 0), spreads, n) > POWER - 0.02
    assert told_apart_by_scipy((apart, 0), spreads, n - 1) < POWER + 0.02


def test_over_several_data_sets_verdicts_on_drawn_seeds_agree():
    spreads = {"one": (1.0, 0.1), "other": (0.3, 0.6)}
    apart = 1.2
    models = [
        Pooled(tuple(of(mean, spread) for spread in spreads[name]))
        for mean, name in ((apart, "one"), (0.0, "other"))
    ]
    n = seeds_needed(*models)

    def share(n, draws=1_500):
        rng = np.random.default_rng(n)
        told = 0
        for _ in range(draws):
            one, other = (
                Pooled(tuple(Estimate(tuple(mean + s * rng.normal(size=n))) for s in spreads[name]))
                for mean, name in ((apart, "one"), (0.0, "other"))
            )
            told += difference(one, other).p < TOLD_APART
        return told / draws

    assert share(n) > POWER - 0.04
    assert share(n - 1) < POWER + 0.04


def test_it_does_not_matter_who_comes_first():
    one, other = of(0.3, 1.0), of(0.0, 0.4, n=5)

    assert seeds_needed(one, other) == seeds_needed(other, one)


def test_without_spread_three_seeds_do_and_for_no_difference_none():
    assert seeds_needed(of(1.0, 0.0), of(0.0, 0.0)) == 3
    assert seeds_needed(of(1.0, 0.0), of(1.0, 0.0)) is None
    assert seeds_needed(of(0.0, 1.0), of(0.01, 1.0)) is None
    assert power(0.01, np.array([1.0, 1.0]), MOST_SEEDS) < POWER


def test_of_two_seeds_nothing_is_known():
    with pytest.raises(ValueError, match="fewer than three seeds"):
        seeds_needed(Estimate((1.0, 2.0)), of(0.0, 1.0))

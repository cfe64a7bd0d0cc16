"""Intervals of the law of losses hold what they say, in worlds whose law is known."""

import numpy as np
import pytest

from genbench.ground.randomness import rng_for
from genbench.sequences.scaling import resampling
from genbench.sequences.scaling.loss_law import LossLaw
from genbench.sequences.scaling.resampling import QUANTITIES, fit_with_intervals
from genbench.sequences.scaling.trials import Trials

TRUTH = LossLaw(
    floor=1.5, size_factor=60.0, size_exponent=0.35, data_factor=40.0, data_exponent=0.28
)
SIZES, AMOUNTS = (
    axis.ravel()
    for axis in np.meshgrid([1e4, 4e4, 1.6e5, 6.4e5], [1.6e4, 3.2e4, 6.4e4, 1.28e5, 2.3e5])
)


def coverage(repeats, times):
    """Share of worlds, of two seeds and a noise of 1 %, in which each interval holds the truth."""
    held = dict.fromkeys(QUANTITIES, 0)
    for seed in range(repeats):
        rng = rng_for(seed, "losses")
        losses = (loss * (1 + 0.01 * rng.normal(size=2)) for loss in TRUTH(SIZES, AMOUNTS))
        trials = Trials(SIZES, AMOUNTS, tuple(losses))
        found = fit_with_intervals(trials, rng=rng_for(seed, "again"), times=times)
        for name, quantity in QUANTITIES.items():
            held[name] += found.may_be(name, quantity(TRUTH))
    return {name: n / repeats for name, n in held.items()}


@pytest.fixture(autouse=True)
def _without_the_other_way(monkeypatch):
    """It has no part in intervals, and takes as long as they do."""
    monkeypatch.setattr(resampling, "fit_by_log_sum_exp", lambda *_: None)


@pytest.mark.long
def test_intervals_hold_the_truth_in_most_of_a_few_worlds():
    held = coverage(12, 40)

    # They were right in 94 of 100; those of one world are not independent.
    assert np.mean(list(held.values())) >= 0.8


@pytest.mark.long
def test_intervals_hold_the_truth_in_90_of_100_worlds():
    assert min(coverage(300, 200).values()) >= 0.9
